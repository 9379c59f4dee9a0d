import type { Session } from '../pin/session';
import type { NotReady } from '../readiness/not-ready';
import type { RecreateRequest } from '../types';
import type { Hold } from './hold';

/**
 * The new containers are not stopped for being slow. Who waits is told that nobody serves; then the labels alone lead
 * to them.
 *
 * @param hold null: nobody waits
 */
export async function leaveRunning(
  session: Session,
  {
    joinEdges,
    publishRoutes,
    fileRoutes,
    drain,
  }: Pick<RecreateRequest, 'joinEdges' | 'publishRoutes' | 'fileRoutes' | 'drain'>,
  { containers }: NotReady,
  hold: Hold | null,
): Promise<void> {
  await session.retry(() => joinEdges(containers.map(({ id }) => id)));
  if (publishRoutes) await session.retry(() => publishRoutes(fileRoutes ?? {}));
  if (!hold) return;
  hold.refuse();
  await session.unpin('unpin');
  await hold.closeWhenQuiet(drain.deadlineMs);
  session.note(hold.account());
}
