import type { HostFacts } from '../facts';
import { findings, warning, type Finding } from '../finding';

/** Docker's own ports, without and with TLS; the second may ask for a client's certificate, so it is left alone. */
const ENGINE_PORT = 2375;
/** Where Traefik's API stood open while deploys published it without a secret. */
const OPEN_TRAEFIK_PORT = 8082;

/** APIs that answer whoever reaches this host: every account of it reaches the loopback. */
export function checkOpenApis({
  listeners,
  proxyRuns,
}: Pick<HostFacts, 'listeners' | 'proxyRuns'>): Finding[] {
  if (listeners === null) return [];
  const tcp = listeners.filter(({ protocol }) => protocol === 'tcp');
  const engine = tcp.find(({ port }) => port === ENGINE_PORT);
  const traefik = tcp.find(
    ({ port, processes }) =>
      port === OPEN_TRAEFIK_PORT && proxyRuns && processes.some(({ name }) => name === 'traefik'),
  );
  return findings('open APIs', null, [
    engine === undefined
      ? null
      : warning(
          `something answers on ${engine.address}:${ENGINE_PORT}, the port of Docker's API without a password: who reaches that reads the secrets of every project`,
          "if it is the container proxy-dockerproxy-1, an earlier version's: itsup deploy proxy; else take `tcp://` out of the engine's hosts",
        ),
    traefik === undefined
      ? null
      : warning(
          `Traefik's API is open to every account of this host, on port ${OPEN_TRAEFIK_PORT}`,
          'an earlier version started it: itsup deploy proxy',
        ),
  ]);
}
