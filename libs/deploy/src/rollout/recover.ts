import { awaitReady } from './await-ready';
import { finish } from './finish';
import { judge } from './health';
import { Interrupted } from './rollout-error';
import { settleScaling } from './scale';
import { Session, stepsOf } from './session';
import type { StepRunner } from './step-runner';
import type {
  ContainerFacts,
  DynamicConfiguration,
  RolloutContext,
  RolloutJournal,
  RolloutOutcome,
  RolloutState,
  RolloutStep,
} from './types';
import { undo } from './undo';

export interface RecoveryCallbacks {
  joinEdges(ids: string[]): Promise<void>;
  publishRoutes: ((routes: DynamicConfiguration) => Promise<void>) | null;
}

/**
 * Brings what a killed rollout left to a clean state without losing a request: forward when the switch had begun and the new containers
 * are fit, back when the old ones still run, forward again when they do not. Afterwards there is no pin, and the stack is planned as
 * ever. Where neither can serve, only the pin goes away, and the plan starts the service anew.
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
    if (state.scale) {
      await settleScaling(session, state);
      await journal.save(null);
      return outcome('done', '');
    }
    const all = await session.containers();
    const old = all.filter((container) => state.old.includes(container.id));
    const fresh = all.filter((container) => !state.old.includes(container.id));
    const oldServes =
      old.length === state.old.length && old.every((container) => container.status === 'running');
    const forward = state.direction === 'forward' || !oldServes;
    if (forward && fresh.length >= state.replicas && fresh.every(isFit)) {
      await goForward(context, session, steps, state, { old, fresh }, callbacks);
    } else if (old.some((container) => container.status === 'running')) {
      await undo(session, { old: state.old, drain: state.drain, switched: true });
    } else {
      await session.unpin('unpin');
    }
    await journal.save(null);
    return outcome('done', '');
  } catch (error) {
    if (error instanceof Interrupted) return outcome('interrupted', 'interrupted');
    return outcome('failed', error instanceof Error ? error.message : String(error));
  }
}

async function goForward(
  context: RolloutContext,
  session: Session,
  steps: StepRunner<RolloutStep>,
  state: RolloutState,
  containers: { old: ContainerFacts[]; fresh: ContainerFacts[] },
  callbacks: RecoveryCallbacks,
): Promise<void> {
  const ids = containers.fresh.map((container) => container.id);
  await steps.run('join-edges', () => callbacks.joinEdges(ids));
  const fresh = await steps.run('wait-healthy', () =>
    awaitReady(context, ids, {
      budgetMs: null,
      limits: session.limits,
      waiter: session.waiter('wait-healthy'),
      network: session.network,
    }),
  );
  await steps.run('switch', () => session.pinAsWanted('switch', fresh, state.fileRoutes, containers.old));
  await finish(session, steps, {
    old: containers.old,
    fresh,
    drain: state.drain,
    fileRoutes: state.fileRoutes,
    publishRoutes: callbacks.publishRoutes,
    onPointOfNoReturn: () => undefined,
  });
}

/** Ready, or without a health check and running; a container that is still starting is not worth waiting for when the old ones serve. */
function isFit(container: ContainerFacts): boolean {
  const { state } = judge(container);
  return state === 'ready' || state === 'unchecked';
}
