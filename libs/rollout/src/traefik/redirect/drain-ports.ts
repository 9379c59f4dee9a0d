import { entryPointsOf, goDuration, namedTree, subtree, textField, type Tree } from '@itsup/traefik';

import type { Prober } from './prove-redirect';
import { RolloutError } from '../../procedure/rollout-error';
import { waitFor, type Waiter } from '../../procedure/waiting';

export interface PortDrain {
  what: string;
  /** How long clients may stay. */
  limitMs: number;
  intervalMs: number;
  /** For how long nobody may have been connected. Default: a moment. */
  lingerMs?: number;
}

/**
 * Waits until no client is connected to these ports of this host any more.
 *
 * @returns how many still were when the time was up
 */
export async function drainPorts(
  context: Pick<Prober, 'docker'>,
  ports: number[],
  waiter: Waiter,
  { lingerMs = 0, limitMs, ...options }: PortDrain,
): Promise<number> {
  const { clock } = waiter;
  const due = clock.now() + limitMs;
  let open = 0;
  let freeSince: number | null = null;
  try {
    await waitFor(waiter, { ...options, limitMs: limitMs + lingerMs }, async () => {
      open = (await context.docker.connections()).filter(({ local }) => ports.includes(local.port)).length;
      if (open > 0) freeSince = null;
      else freeSince ??= clock.now();
      return freeSince === null ? clock.now() >= due || null : clock.now() - freeSince >= lingerMs || null;
    });
  } catch (error) {
    if (!(error instanceof RolloutError)) throw error;
  }
  return open;
}

/**
 * How long HTTP clients may keep a connection to an instance with this configuration, and five seconds: after that,
 * what is open is a stream, a websocket or idle.
 *
 * @returns milliseconds
 */
export function drainLimit(configuration: Tree): number {
  const times = entryPointsOf(configuration).map(({ name }) => {
    const definition = namedTree(subtree(configuration, 'entryPoints'), name);
    return milliseconds(textField(subtree(definition, 'transport'), 'keepAliveMaxTime') ?? '0');
  });
  return Math.max(10_000, ...times) + 5_000;
}

/** Go's durations (`1m30s`); a bare number is seconds, as Traefik takes it. */
function milliseconds(duration: string): number {
  return (goDuration(duration, 'seconds') ?? 0) / 1e6;
}
