import { Interrupted, RolloutError } from '../procedure/rollout-error';
import { waitFor, type Waiter } from '../procedure/waiting';
import type { ConnectionTable } from '../types';

/** Older ones are long: uploads, streams, websockets. Nobody has to wait for these. */
const SHORT_MS = 1_000;
const LOOK_EVERY_MS = 50;
/** A request that chose its way right before the switch may connect a moment later, on a busy host. */
const ENDED_FOR_MS = 250;

/**
 * Waits until only short requests are under way at the containers: what Traefik kept open from before is gone, and no
 * connection is older than a second. Everybody is served meanwhile.
 *
 * @param limitMs how long what takes longer may keep the others waiting for nothing
 * @returns the connections that are still open when the time is up, as `listTo` names them; none: it is quiet
 * @throws Interrupted
 */
export async function awaitQuiet(
  connections: ConnectionTable,
  ends: { address: string; port: number }[],
  limitMs: number,
  waiter: Waiter,
): Promise<string[]> {
  const seen = new Map<string, number>();
  let began: number | null = null;
  let long: string[] = [];
  try {
    await waitFor(
      waiter,
      { what: 'long requests at the old containers to finish', limitMs, intervalMs: LOOK_EVERY_MS },
      async () => {
        const now = waiter.clock.now();
        began ??= now;
        const open = new Set(await connections.listTo(ends));
        for (const key of [...seen.keys()]) if (!open.has(key)) seen.delete(key);
        for (const key of open) if (!seen.has(key)) seen.set(key, now);
        long = [...seen].filter(([, since]) => now - since >= SHORT_MS).map(([key]) => key);
        return now - began >= SHORT_MS && long.length === 0 ? true : null;
      },
    );
    return [];
  } catch (error) {
    if (error instanceof Interrupted || !(error instanceof RolloutError)) throw error;
    return long;
  }
}

/**
 * Waits until nothing has been under way at the containers for a moment but the connections that were not worth waiting
 * for.
 * @throws Interrupted
 */
export async function awaitEnded(
  connections: ConnectionTable,
  ends: { address: string; port: number }[],
  options: { except: readonly string[]; limitMs: number },
  waiter: Waiter,
): Promise<void> {
  const except = new Set(options.except);
  let since: number | null = null;
  try {
    await waitFor(
      waiter,
      {
        what: 'requests at the old containers to finish',
        limitMs: options.limitMs,
        intervalMs: LOOK_EVERY_MS,
      },
      async () => {
        const open = await connections.listTo(ends);
        if (!open.every((key) => except.has(key))) since = null;
        else since ??= waiter.clock.now();
        return since !== null && waiter.clock.now() - since >= ENDED_FOR_MS ? true : null;
      },
    );
  } catch (error) {
    if (error instanceof Interrupted || !(error instanceof RolloutError)) throw error;
  }
}
