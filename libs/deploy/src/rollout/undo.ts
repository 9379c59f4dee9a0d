import { undoDrain } from './drain';
import { isServing } from './provided-configuration';
import type { Session } from './session';
import type { ContainerFacts, DrainOptions } from './types';

export interface UndoOptions {
  /** Ids of the containers that served before. */
  old: string[];
  drain: DrainOptions;
  /** The pin leads to the new containers, or may do so. */
  switched: boolean;
}

/**
 * Back to the old containers: pin, new containers away, labels, pin away. Every step is safe to repeat, and whatever is cut off leaves
 * the old containers serving through their pin.
 */
export async function undo(session: Session, options: UndoOptions): Promise<void> {
  const isOld = (container: ContainerFacts): boolean => options.old.includes(container.id);
  const all = await session.containers();
  const old = all.filter(isOld);
  if (options.switched) {
    await session.pinAsPublished('switch', old.map(regardlessOfDrain));
    await undoDrain(session.context, old, options.drain);
  }
  const fresh = all.filter((container) => !isOld(container)).map((container) => container.id);
  if (fresh.length > 0) await session.context.docker.remove(fresh, { force: true });
  const remaining = await session.context.docker.inspect(options.old);
  await session.awaitLabels('await-labels', remaining.filter(isServing));
  await session.unpin('unpin');
}

/** The drain hook may have made it unhealthy; it serves all the same. */
function regardlessOfDrain(container: ContainerFacts): ContainerFacts {
  return container.health?.status === 'unhealthy'
    ? { ...container, health: { ...container.health, status: 'healthy' } }
    : container;
}
