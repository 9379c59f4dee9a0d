import { composeOwner } from '@itsup/docker';

import type { Session } from '../pin/session';
import { regardlessOfHealth } from '../provider/docker-provider';
import { awaitReady } from '../readiness/await-ready';
import { awaitEngineHealth } from '../service/engine-health';
import type { ContainerFacts, RecreateRequest, RolloutSnapshot } from '../types';
import type { Hold } from './hold';

/** Waits until containers of a held recreate are ready. */
export function awaitHeld(
  session: Session,
  request: Pick<RecreateRequest, 'startDeadlineMs'>,
  containers: ContainerFacts[],
  { early, what }: { early: boolean; what: string },
): Promise<ContainerFacts[]> {
  return awaitReady(session.context, containers, {
    deadlineMs: () => request.startDeadlineMs,
    limits: session.limits,
    waiter: session.waiter('wait-healthy'),
    early,
    what,
  });
}

export interface Stopped {
  old: ContainerFacts[];
  /** All that it takes to make them once more. */
  snapshot: RolloutSnapshot;
  /** Where whoever comes waits; null: nowhere. */
  hold: Hold | null;
}

/**
 * The new containers did not come up: the old ones are started again, or made once more as they were, and whoever waits
 * is handed over to them.
 */
export async function restoreOld(
  session: Session,
  request: Pick<RecreateRequest, 'service' | 'drain' | 'startDeadlineMs'>,
  { old, snapshot, hold }: Stopped,
): Promise<void> {
  const { docker } = session.context;
  const known = new Set(old.map(({ id }) => id));
  const fresh = (await session.containers()).filter(({ id }) => !known.has(id)).map(({ id }) => id);
  if (fresh.length > 0) {
    // They may be at work on the data, which the old ones go on with: they get the time that they have to end.
    await docker.stop(fresh, { graceSeconds: null });
    // What is in their anonymous volumes they took over from the old ones.
    await docker.remove(fresh, { force: true, keepVolumes: true });
  }
  session.note('starts the old containers again');
  const ids = await docker.restore(snapshot);
  const lost = [...new Set(snapshot.flatMap((one) => one.lost ?? []))];
  if (lost.length > 0) session.note(`old containers that had to be made again lack ${lost.join(', ')}`);
  const restored = await docker.inspect(ids);
  const own = restored.filter(({ labels }) => composeOwner(labels).service === request.service);
  const ready = await awaitHeld(session, request, own, {
    early: hold !== null,
    what: 'the old containers to be ready again',
  });
  const serving = ready.map(regardlessOfHealth);
  if (!hold) return;
  await hold.release(serving, await session.published());
  await session.pinInManner('switch', session.provided(serving), {});
  await session.awaitLabels('await-labels', await awaitEngineHealth(session, 'await-labels', ready));
  await hold.closeWhenQuiet(request.drain.deadlineMs);
  await session.unpin('unpin');
}
