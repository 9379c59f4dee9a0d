import { drain, undoDrain } from '../drain/drain';
import { regardlessOfHealth } from '../provider/docker-provider';
import { endsOf } from '../provider/provided-configuration';
import { Interrupted, RolloutError } from '../procedure/rollout-error';
import type { Session } from '../pin/session';
import type { ContainerFacts, DrainOptions } from '../types';

export interface UndoOptions {
  /** Ids of the containers that served before. */
  old: string[];
  drain: DrainOptions;
  /** The pin leads to the new containers, or may do so. */
  switched: boolean;
  /** Some of the old may have been told to drain without a switch. */
  drained?: boolean;
}

/**
 * Back to the old containers: pin, what is under way at the new ones, new containers away, labels, pin away. Every step
 * is safe to repeat, and whatever is cut off leaves the old containers serving through their pin.
 */
export async function undo(session: Session, options: UndoOptions): Promise<void> {
  const isOld = (container: ContainerFacts): boolean => options.old.includes(container.id);
  const all = await session.containers();
  const old = all.filter(isOld);
  if (options.switched) {
    await session.pinAsPublished('switch', old.map(despiteUnhealthy));
  }
  if (options.switched || options.drained) await undoDrain(session.context, old, options.drain);
  const fresh = all.filter((container) => !isOld(container));
  if (options.switched) await awaitOldRoutes(session, old, fresh);
  if (options.switched) await drainFresh(session, fresh, options.drain);
  if (fresh.length > 0) {
    await session.context.docker.remove(
      fresh.map(({ id }) => id),
      { force: true },
    );
  }
  if (!(await session.isPinned())) return;
  const remaining = (await session.context.docker.inspect(options.old)).filter(
    (container) => container.status === 'running',
  );
  // A container that is unhealthy by now goes on serving through the pin; without it, it would not.
  await session.awaitLabels('await-labels', remaining.map(despiteUnhealthy));
  await session.unpin('unpin');
}

/**
 * The drain hook made the old ones unhealthy, and Traefik's docker provider shows the new ones' routes alone until they
 * are healthy again. Where they do not become it, nothing is gained by keeping new containers that are not fit.
 */
async function awaitOldRoutes(
  session: Session,
  old: ContainerFacts[],
  fresh: ContainerFacts[],
): Promise<void> {
  try {
    await session.awaitSuperseded('switch', fresh.map(regardlessOfHealth), old.map(regardlessOfHealth));
  } catch (error) {
    if (error instanceof Interrupted || !(error instanceof RolloutError)) throw error;
    session.note(error.message);
  }
}

/**
 * Requests that the new containers took before the way back end there too. After Ctrl-C the next deploy waits for the
 * rest.
 */
async function drainFresh(session: Session, fresh: ContainerFacts[], options: DrainOptions): Promise<void> {
  const running = fresh.filter((container) => container.status === 'running');
  if (running.length === 0) return;
  const ends = endsOf(session.provided(running.map(regardlessOfHealth)));
  await drain(session.context, running, ends, options, session.waiter('drain'), (text) => session.note(text));
}

/** The drain hook makes it unhealthy, and so does a busy host; it served when the rollout began. */
function despiteUnhealthy(container: ContainerFacts): ContainerFacts {
  return container.health?.status === 'unhealthy'
    ? { ...container, health: { ...container.health, status: 'healthy' } }
    : container;
}
