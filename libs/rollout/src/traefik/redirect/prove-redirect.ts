import { entryPointsOf, type Tree } from '@itsup/traefik';
import type { AddressFamily } from '@itsup/docker';

import type { HandoverContext, Shadow } from '../types';
import { RolloutError } from '../../procedure/rollout-error';
import { isLoopback } from '../temporary/shadow-configuration';

const probeSeconds = 3;

/** What it takes to look at connections, and to make some. */
export interface Prober {
  connect: HandoverContext['connect'];
  docker: Pick<HandoverContext['docker'], 'connections' | 'run'>;
}

/**
 * Ports that containers on the default bridge can reach at this host: packets from there pass the same chains as
 * packets from outside, which packets on the loopback do not.
 */
export async function reachablePorts(
  context: Pick<Prober, 'docker'>,
  image: string,
  ports: number[],
): Promise<number[]> {
  if (ports.length === 0) return [];
  // nc ends with 1 when it cannot connect; how a connection ends that it could make does not matter.
  const script =
    "gateway=$(ip route | sed -n 's/^default via \\([^ ]*\\).*/\\1/p'); " +
    `for port in ${ports.join(' ')}; do timeout ${probeSeconds + 2} nc -w ${probeSeconds} "$gateway" "$port" ` +
    '</dev/null >/dev/null 2>&1; [ $? -eq 1 ] || echo "$port"; done; true';
  const { stdout } = await context.docker.run(
    { image, entrypoint: 'sh', command: ['-c', script] },
    { timeoutSeconds: 20 + probeSeconds * ports.length },
  );
  return stdout.split('\n').filter(Boolean).map(Number);
}

/** An address of this host at which the old instance answers, and the port that connections to it have to arrive at. */
export interface Loopback {
  address: string;
  port: number;
  shadowPort: number;
}

/**
 * Where the old instance answers this host itself: every TCP port, over each family that the packet filter has rules
 * for.
 *
 * @param shadows entry points that the old instance has too
 */
export async function answeringLoopbacks(
  context: Pick<Prober, 'connect'>,
  shadows: Shadow[],
  families: AddressFamily[],
): Promise<Loopback[]> {
  const found: Loopback[] = [];
  for (const { protocol, host, port, shadowPort } of shadows) {
    if (protocol !== 'tcp' || isLoopback(host)) continue;
    for (const address of addressesOf(host, families)) {
      const held = await context.connect(address, port, probeSeconds * 1000).catch(() => null);
      held?.close();
      if (held !== null) found.push({ address, port, shadowPort });
    }
  }
  return found;
}

function addressesOf(host: string, families: AddressFamily[]): string[] {
  const every = host === '' || host === '::';
  const addresses = every ? ['127.0.0.1', '::1'] : [host === '0.0.0.0' ? '127.0.0.1' : host];
  return addresses.filter((address) => families.includes(address.includes(':') ? 'ipv6' : 'ipv4'));
}

/**
 * Makes sure that the redirect works before anything relies on it.
 *
 * @param before how connections arrived at the old instance
 * @throws RolloutError when new connections do not arrive at the temporary instance
 */
export async function proveRedirect(
  context: Prober,
  { loopbacks, reachable }: Pick<ReachedBefore, 'loopbacks' | 'reachable'>,
  image: string,
): Promise<void> {
  for (const { address, port, shadowPort } of loopbacks) {
    const held = await context.connect(address, port, probeSeconds * 1000).catch(() => null);
    try {
      // Traefik closes at once where an allow list leaves this host out: that has arrived all the same.
      const arrived =
        held === null
          ? []
          : await context.docker.connections({
              localPort: shadowPort,
              remotePort: held.localPort,
              ended: true,
            });
      if (arrived.length === 0) {
        const family = address.includes(':') ? 'IPv6' : 'IPv4';
        throw new RolloutError(`the packet filter does not redirect port ${port} over ${family}`);
      }
    } finally {
      held?.close();
    }
  }
  const after = await reachablePorts(context, image, reachable);
  const lost = reachable.filter((port) => !after.includes(port));
  if (lost.length === 0) return;
  throw new RolloutError(
    `the firewall of this host drops redirected connections to port ${lost.join(', ')}; it is not the INPUT chain that does`,
    ['let packets of connections that were redirected pass: they carry the connection tracking state DNAT'],
  );
}

function publicTcpPorts(shadows: Shadow[]): number[] {
  return shadows
    .filter(({ protocol, host }) => protocol === 'tcp' && !isLoopback(host))
    .map(({ port }) => port);
}

export interface ReachedBefore {
  /** Where the old instance answers this host itself. */
  loopbacks: Loopback[];
  /** Public TCP ports that containers can reach; of the others nobody can tell whether the firewall lets them pass. */
  reachable: number[];
  hidden: number[];
}

/**
 * How connections arrive at the old instance before any is redirected.
 *
 * @param shadows entry points of the temporary instance
 * @param current static configuration of the old instance
 */
export async function reachedBefore(
  context: Prober,
  shadows: Shadow[],
  current: Tree,
  image: string,
  families: AddressFamily[],
): Promise<ReachedBefore> {
  const known = entryPointsOf(current).map(({ port }) => port);
  const existing = shadows.filter(({ port }) => known.includes(port));
  const loopbacks = await answeringLoopbacks(context, existing, families);
  const ports = publicTcpPorts(existing);
  const reachable = await reachablePorts(context, image, ports);
  return { loopbacks, reachable, hidden: ports.filter((port) => !reachable.includes(port)) };
}
