import { Interrupted, RolloutError } from '../procedure/rollout-error';
import { waitFor, type Waiter } from '../procedure/waiting';
import type { ProvidedService } from '../provider/provided-configuration';
import type { ConnectionTable } from '../types';

type End = ProvidedService['ends'][number];

/** Older ones are long: uploads, streams, websockets. Nobody has to wait for these. */
const SHORT_MS = 1_000;
/** What is still under way when the traffic is led to the listeners gets so long. */
const LAST_REQUESTS_MS = 5_000;
const LOOK_EVERY_MS = 50;
/** A request that chose its way right before the switch may connect a moment later, on a busy host. */
const ENDED_FOR_MS = 250;

/**
 * Waits until only short requests are under way at the containers: what Traefik kept open from before is gone, and no
 * connection is older than a second. Everybody is served meanwhile.
 *
 * @param limitMs how long what takes longer may keep the others waiting for nothing
 * @returns the connections that nobody should wait for any longer, as `listTo` names them; none: it is quiet, or what
 * is under way ends soon enough for `awaitEnded`, as slow requests of a site do of which there always are some
 * @throws Interrupted
 */
export async function awaitQuiet(
  connections: Pick<ConnectionTable, 'listTo'>,
  ends: End[],
  limitMs: number,
  waiter: Waiter,
): Promise<string[]> {
  const seen = new Map<string, number>();
  let began: number | null = null;
  let long: string[] = [];
  let hopeless: string[] = [];
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
        const openFor = (ms: number): string[] =>
          [...seen].filter(([, since]) => now - since >= ms).map(([key]) => key);
        long = openFor(SHORT_MS);
        hopeless = openFor(Math.min(LAST_REQUESTS_MS, now - began));
        return now - began >= SHORT_MS && long.length === 0 ? true : null;
      },
    );
    return [];
  } catch (error) {
    if (error instanceof Interrupted || !(error instanceof RolloutError)) throw error;
    return hopeless;
  }
}

/**
 * Waits a few seconds until nothing has been under way at the containers for a moment but the connections that were not
 * worth waiting for.
 *
 * @returns how many others are open nevertheless
 * @throws Interrupted
 */
export async function awaitEnded(
  connections: Pick<ConnectionTable, 'listTo'>,
  ends: End[],
  except: readonly string[],
  waiter: Waiter,
): Promise<number> {
  const known = new Set(except);
  let since: number | null = null;
  let open = 0;
  const limits = { limitMs: LAST_REQUESTS_MS, intervalMs: LOOK_EVERY_MS };
  try {
    await waitFor(waiter, { what: 'requests at the old containers to finish', ...limits }, async () => {
      open = (await connections.listTo(ends)).filter((key) => !known.has(key)).length;
      if (open > 0) since = null;
      else since ??= waiter.clock.now();
      return since !== null && waiter.clock.now() - since >= ENDED_FOR_MS ? true : null;
    });
    return 0;
  } catch (error) {
    if (error instanceof Interrupted || !(error instanceof RolloutError)) throw error;
    return open;
  }
}

/**
 * The same table for `awaitQuiet`, where requests of HTTP/2 share a connection, new ones with old ones: how long that
 * has been open says nothing of them. Traefik keeps none of a pin's for later, so it ends with its last request, once
 * nothing new comes, and `awaitEnded` sees that.
 *
 * @param before what was open before the pin: another transport's, of which each ends when it is not used any more
 */
export function withoutShared(
  connections: Pick<ConnectionTable, 'listTo'>,
  before: readonly string[],
): Pick<ConnectionTable, 'listTo'> {
  const known = new Set(before);
  return {
    listTo: async (ends: End[]) => {
      const shared = ends.filter((end) => isShared(end));
      const own = ends.filter((end) => !isShared(end));
      const [open, others] = await Promise.all([
        own.length === 0 ? [] : connections.listTo(own),
        shared.length === 0 ? [] : connections.listTo(shared),
      ]);
      return [...open, ...others.filter((key) => known.has(key))];
    },
  };
}

/** Whether Traefik may speak HTTP/2 to it. */
function isShared({ scheme }: End): boolean {
  return scheme === 'h2c' || scheme === 'https';
}
