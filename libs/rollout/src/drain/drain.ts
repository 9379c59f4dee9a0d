import { Interrupted, RolloutError } from '../procedure/rollout-error';
import type { ContainerFacts, DrainOptions, RolloutContext } from '../types';
import { waitFor, type Waiter } from '../procedure/waiting';

/** Where nothing says otherwise: the convention of the file, and half a minute. */
export const DEFAULT_DRAIN: DrainOptions = { hook: 'auto', deadlineMs: 30_000 };

const hookTimeoutMs = 5_000;
const lookEveryMs = 50;
/** A look at the containers costs a process. */
const betweenEveryMs = 500;

/** The command that tells a container that it is being drained; null: there is none. */
export function drainHook(container: ContainerFacts, options: DrainOptions): string[] | null {
  if (options.hook !== 'auto') return options.hook;
  return usesDrainFile(container) ? ['touch', '/tmp/drain'] : null;
}

/** Takes the file of the convention away again, for a container that goes on serving. */
export async function undoDrain(
  context: RolloutContext,
  containers: ContainerFacts[],
  options: DrainOptions,
): Promise<void> {
  if (options.hook !== 'auto') return;
  await Promise.all(
    containers
      .filter((container) => container.status === 'running' && usesDrainFile(container))
      .map((container) =>
        context.docker
          .exec(container.id, ['rm', '-f', '/tmp/drain'], { timeoutMs: hookTimeoutMs })
          .catch(() => undefined),
      ),
  );
}

/**
 * Waits until nothing is under way at the old containers any more. Traefik sends them nothing new, and lets go of idle
 * connections within `idleConnTimeout` of its transports; so a connection that is still established is in use, be it by
 * a slow response, an upload, a websocket or a TCP stream. So is what siblings and other stacks have open to it; those
 * go on opening connections for as long as the engine's DNS names the container.
 *
 * @returns false when the deadline passed with connections still open
 */
export async function drain(
  context: RolloutContext,
  old: ContainerFacts[],
  ends: { address: string; port: number }[],
  options: DrainOptions & {
    /** The containers go on: nothing tells them to end, and of what is open to them only what comes to these counts. */
    only?: readonly string[];
    /** Called between two looks, e.g. to see that what serves instead is fit. What it throws ends the drain. */
    between?: () => Promise<unknown>;
  },
  waiter: Waiter,
  note: (text: string) => void,
): Promise<boolean> {
  const { only } = options;
  if (only === undefined)
    await Promise.all(old.map((container) => runHook(context, container, options, note)));
  const deadline = {
    what: 'requests at the old containers to finish',
    limitMs: options.deadlineMs,
    intervalMs: lookEveryMs,
  };
  const { connections } = context;
  const pids = old.flatMap(({ pid, addresses }) =>
    pid !== undefined && pid > 0 && Object.keys(addresses).length > 0 ? [pid] : [],
  );
  const countInto = pids.length === 0 ? undefined : connections?.countInto?.bind(connections);
  if (ends.length === 0 && !countInto) return true;
  let open = 0;
  let refusal: unknown = null;
  let lookedAt = waiter.clock.now();
  const between = async (): Promise<void> => {
    if (!options.between || waiter.clock.now() - lookedAt < betweenEveryMs) return;
    lookedAt = waiter.clock.now();
    try {
      await options.between();
    } catch (error) {
      refusal = error;
      throw error;
    }
  };
  try {
    await waitFor(waiter, deadline, async () => {
      await between();
      if (connections === null) return null;
      open = ends.length === 0 ? 0 : await connections.countTo(ends);
      // Siblings and consumers of other stacks come without Traefik, and no pin leads them away: the stop has to meet a
      // quiet moment.
      if (open === 0 && countInto) open = await countInto(pids, only);
      return open === 0 ? true : null;
    });
    return true;
  } catch (error) {
    if (refusal !== null || error instanceof Interrupted || !(error instanceof RolloutError)) throw error;
    if (connections !== null)
      note(`${open} connection${open === 1 ? '' : 's'} still open at the end of the drain; they are cut`);
    return connections === null;
  }
}

async function runHook(
  context: RolloutContext,
  container: ContainerFacts,
  options: DrainOptions,
  note: (text: string) => void,
): Promise<void> {
  const hook = drainHook(container, options);
  if (hook === null || container.status !== 'running') return;
  try {
    const { exitCode, output } = await context.docker.exec(container.id, hook, { timeoutMs: hookTimeoutMs });
    if (exitCode !== 0) note(`the drain hook of ${container.name} ended with ${exitCode}: ${output.trim()}`);
  } catch (error) {
    note(
      `the drain hook of ${container.name} could not run: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function usesDrainFile(container: ContainerFacts): boolean {
  return container.health?.test.some((part) => part.includes('/tmp/drain')) ?? false;
}
