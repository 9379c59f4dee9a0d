import { regardlessOfHealth } from '../provider/docker-provider';
import { Interrupted } from '../procedure/rollout-error';
import { awaitReady } from '../readiness/await-ready';
import type { RolloutState } from '../types';
import { awaitEngineHealth } from './engine-health';
import type { Session } from '../pin/session';
import { undo } from './undo';

/**
 * Recovers a held recreate that was killed: its listeners ended with it, so the pin must not lead there any longer.
 * Where the old containers run, nobody was stopped, and they get their traffic back; where new ones run, these do as
 * soon as they are ready. Else the pin goes, and the plan starts what the files say.
 */
export async function recoverRecreate(session: Session, state: RolloutState): Promise<void> {
  const all = await session.containers();
  const old = all.filter(({ id }) => state.old.includes(id));
  if (old.length > 0 && old.length === state.old.length && old.every(({ status }) => status === 'running')) {
    await undo(session, { old: state.old, drain: state.drain, switched: true });
    return;
  }
  const fresh = all.filter(({ id, status }) => !state.old.includes(id) && status === 'running');
  if (fresh.length > 0 && (await session.isPinned())) {
    try {
      const ready = await awaitReady(session.context, fresh, {
        deadlineMs: () => state.startDeadlineMs ?? null,
        limits: session.limits,
        waiter: session.waiter('wait-healthy'),
        early: true,
      });
      await session.pinInManner('switch', session.provided(ready.map(regardlessOfHealth)), {});
      await session.awaitLabels('await-labels', await awaitEngineHealth(session, 'await-labels', ready));
    } catch (error) {
      if (error instanceof Interrupted) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      session.note(
        `what was recreated is not fit (${reason}); the deploy goes on with what the files say now`,
      );
    }
  }
  await session.unpin('unpin');
}
