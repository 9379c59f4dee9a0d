import type { Listener } from '@itsup/docker';

import type { HostFacts } from '../facts';
import { error, findings, type Finding } from '../finding';

/** The ports that Traefik is to listen on are free, or its own. */
export function checkPorts({
  listeners,
  proxyRuns,
  wanted,
}: Pick<HostFacts, 'listeners' | 'proxyRuns' | 'wanted'>): Finding[] {
  if (listeners === null) return [];
  const taken = wanted.ports.flatMap(({ port, protocol, entryPoint }) => {
    const others = listeners.filter(
      (one) => one.port === port && one.protocol === protocol && isPublic(one) && !isOurs(one, proxyRuns),
    );
    return others.length === 0 ? [] : [{ port, protocol, entryPoint, names: namesOf(others) }];
  });
  const ports = wanted.ports.map(({ port, protocol }) => `${port}${protocol === 'udp' ? '/udp' : ''}`);
  return findings(
    'ports',
    `${ports.join(', ')}: ${proxyRuns ? 'Traefik has them, or they are free' : 'free'}`,
    taken.map(({ port, protocol, entryPoint, names }) =>
      error(
        `port ${port}/${protocol} (entry point ${entryPoint}) is taken${names === '' ? '' : ` by ${names}`}`,
        `stop what has it (ss -lnp 'sport = :${port}'), or choose another port in projects/`,
      ),
    ),
  );
}

/**
 * Traefik listens on all addresses; the kernel lets it beside a socket of the loopback only with SO_REUSEPORT on both.
 */
function isPublic({ address }: Listener): boolean {
  return !address.startsWith('127.') && address !== '::1';
}

/** Without root the processes are not known: then a Traefik that runs is taken to have its ports. */
function isOurs({ processes }: Listener, proxyRuns: boolean): boolean {
  return proxyRuns && (processes.length === 0 || processes.some(({ name }) => name === 'traefik'));
}

function namesOf(listeners: Listener[]): string {
  return [
    ...new Set(
      listeners.flatMap(({ processes }) => processes.map(({ name, pid }) => `${name} (pid ${pid})`)),
    ),
  ].join(', ');
}
