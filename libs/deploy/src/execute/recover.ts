import type { UserError } from '@itsup/config';

import type { Run } from '../run/run';
import { refusal } from '../run/refusal/refusals';
import type { StackSpec } from '../stack/stack-spec';
import { recoverRollout, type RolloutContext, type RolloutState } from '@itsup/rollout';
import type { Journal } from '../state/journal';
import { attachToConsumers } from './network/edges';

/**
 * Finishes or undoes what a killed deploy left of a rollout, before anything is planned.
 *
 * @returns null when that is done, else the refusal. A plan that replaces the service may go on all the same: that is
 * how a broken version is removed.
 */
export async function recover(
  run: Run,
  spec: StackSpec,
  state: RolloutState,
  journal: Journal,
  rollout: RolloutContext,
): Promise<UserError | null> {
  run.context.reporter.line(
    spec.stack,
    `finishes the rollout of ${state.service} that an earlier deploy left`,
  );
  const outcome = await recoverRollout(rollout, state, journal.forService(state.service), {
    joinEdges: (ids) => attachToConsumers(run.context.docker, spec, state.service, ids),
    publishRoutes: (routes) => run.publisher.publishService(spec.stack, state.service, routes),
  });
  if (outcome.result === 'done') return null;
  run.context.signal?.throwIfAborted();
  return refusal({
    code: 'recovery-failed',
    project: spec.stack,
    message: `the unfinished rollout of ${state.service} could not be settled: ${outcome.reason}`,
    help: `correct that, or deploy a version of ${state.service} that works: itsup deploy ${spec.stack}`,
  });
}
