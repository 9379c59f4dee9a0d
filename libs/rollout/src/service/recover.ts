import { awaitReady } from '../readiness/await-ready';
import { finish } from './finish';
import { regardlessOfHealth } from '../provider/docker-provider';
import { isStarting, readinessOf } from '../readiness/readiness';
import { Interrupted } from '../procedure/rollout-error';
import { finishMove } from './move';
import { recoverScaling } from './scale';
import { recoverRecreate } from './recover-recreate';
import { Session } from '../pin/session';
import { stepsOf, type StepRunner } from '../procedure/step-runner';
import type {
  ContainerFacts,
  DynamicConfiguration,
  RolloutContext,
  RolloutJournal,
  RolloutOutcome,
  RolloutState,
  RolloutStep,
} from '../types';
import { undo } from './undo';

export interface RecoveryCallbacks {
  joinEdges(ids: string[]): Promise<void>;
  publishRoutes: ((routes: DynamicConfiguration) => Promise<void>) | null;
}

/**
 * Brings what a killed rollout left to a clean state without losing a request: forward when the switch had begun and
 * the new containers are fit, back when the old ones still run, forward again when they do not. Afterwards there is no
 * pin, and the stack is planned as ever. Where neither can serve, only the pin goes away, and the plan starts the
 * service anew.
 *
 * @param state what the journal holds
 */
export async function recoverRollout(
  context: RolloutContext,
  state: RolloutState,
  journal: RolloutJournal,
  callbacks: RecoveryCallbacks,
): Promise<RolloutOutcome> {
  const session = new Session(context, state);
  const steps = stepsOf(context, state, journal);
  const outcome = (result: RolloutOutcome['result'], reason: string): RolloutOutcome => ({
    result,
    reason,
    details: [],
    leftover: result === 'done' ? null : 'an unfinished rollout; the next deploy of this stack tries again',
    durations: steps.durations,
  });
  try {
    if (state.move) {
      await finishMove(session, (name, run) => steps.run(name, run));
      await journal.save(null);
      return outcome('done', '');
    }
    if (state.scale) {
      await recoverScaling(session, state);
      await journal.save(null);
      return outcome('done', '');
    }
    if (state.recreate) {
      await recoverRecreate(session, state);
      await journal.save(null);
      return outcome('done', '');
    }
    const all = await session.containers();
    const old = all.filter((container) => state.old.includes(container.id));
    const fresh = all.filter((container) => !state.old.includes(container.id));
    const oldServes =
      old.length === state.old.length && old.every((container) => container.status === 'running');
    const forward = state.direction === 'forward' || !oldServes;
    const oldRuns = old.some((container) => container.status === 'running');
    const back = (): Promise<void> => undo(session, { old: state.old, drain: state.drain, switched: true });
    if (forward && fresh.length >= state.replicas && fresh.every((one) => isFit(one, oldRuns))) {
      const progress = { ready: false, committed: false };
      try {
        await goForward(session, steps, state, { old, fresh, progress }, callbacks);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        if (error instanceof Interrupted || progress.committed) throw error;
        if (oldRuns) {
          session.note(`goes back to the old containers, for the new ones are not fit: ${reason}`);
          await back();
        } else if (progress.ready) throw error;
        else await letGo(session, reason);
      }
    } else if (oldRuns) await back();
    else await letGo(session, 'none of them runs');
    await journal.save(null);
    return outcome('done', '');
  } catch (error) {
    if (error instanceof Interrupted) return outcome('interrupted', 'interrupted');
    return outcome('failed', error instanceof Error ? error.message : String(error));
  }
}

/** Nothing that a pin could lead to is fit; without it the plan starts the service anew, or the fixed version of it. */
async function letGo(session: Session, reason: string): Promise<void> {
  if (!(await session.isPinned())) return;
  session.note(
    `neither the old nor the new containers are fit (${reason}); the deploy goes on with what the files say now`,
  );
  await session.unpin('unpin').catch((error: unknown) => {
    if (error instanceof Interrupted) throw error;
  });
}

interface Progress {
  /** The new containers are fit to serve. */
  ready: boolean;
  /** The old ones are being stopped. */
  committed: boolean;
}

async function goForward(
  session: Session,
  steps: StepRunner<RolloutStep>,
  state: RolloutState,
  containers: { old: ContainerFacts[]; fresh: ContainerFacts[]; progress: Progress },
  callbacks: RecoveryCallbacks,
): Promise<void> {
  const ids = containers.fresh.map((container) => container.id);
  const fresh = await steps.run('wait-healthy', () =>
    awaitReady(session.context, containers.fresh, {
      deadlineMs: () => state.startDeadlineMs ?? null,
      limits: session.limits,
      waiter: session.waiter('wait-healthy'),
      early: true,
    }),
  );
  containers.progress.ready = true;
  await steps.run('join-edges', () => session.retry(() => callbacks.joinEdges(ids)));
  await steps.run('switch', () =>
    session.pinAsWanted('switch', fresh.map(regardlessOfHealth), state.fileRoutes, containers.old),
  );
  await finish(session, steps, {
    old: containers.old,
    fresh,
    drain: state.drain,
    fileRoutes: state.fileRoutes,
    publishRoutes: callbacks.publishRoutes,
    onPointOfNoReturn: () => (containers.progress.committed = true),
  });
}

/**
 * Ready, or without a health check and running. One that is still starting is not worth waiting for when the old ones
 * serve; when they do not, the killed rollout may have led the traffic to it already.
 */
function isFit(container: ContainerFacts, oldRuns: boolean): boolean {
  const { state } = readinessOf(container);
  return state === 'ready' || state === 'unchecked' || (!oldRuns && isStarting(container));
}
