import type { Problem } from '@itsup/config';

import type { ServicePlan } from '../plan/model';
import { rollOut } from '../rollout/index';
import type { Convergence } from './converge-stack';
import { attachToConsumers } from './edges';
import { InterruptedError } from './interrupted-error';
import { NotHealthyError } from './wait-healthy';

const DRAIN_DEADLINE_MS = 30_000;

/**
 * Replaces the containers of one service while it serves.
 * @throws NotHealthyError with what is left and what to do next; InterruptedError where that is not what ran before
 */
export async function rollService(convergence: Convergence, plan: ServicePlan): Promise<void> {
  const { context, loaded, journal, publisher, rollout } = convergence;
  const { spec, compose } = loaded;
  const drain = loaded.options.get(plan.service)?.drain;
  const outcome = await rollOut(
    rollout,
    {
      project: spec.stack,
      composeProject: spec.projectName,
      service: plan.service,
      replicas: plan.replicas,
      start: (total) =>
        compose.up({
          services: [plan.service],
          noDeps: true,
          noRecreate: true,
          noBuild: true,
          pull: 'never',
          scale: { [plan.service]: total },
        }),
      joinEdges: (ids) => attachToConsumers(context.docker, spec, plan.service, ids),
      fileRoutes: publisher.routesOf(spec.stack, plan.service),
      publishRoutes: (routes) => publisher.publishService(spec.stack, plan.service, routes),
      drain: { hook: drain?.hook ?? 'auto', deadlineMs: drain?.deadlineMs ?? DRAIN_DEADLINE_MS },
      healthBudgetMs: null,
    },
    journal,
  );
  if (outcome.result === 'done') return;
  if (outcome.result === 'interrupted') {
    if (outcome.leftover !== null) throw new InterruptedError(`${plan.service}: ${outcome.leftover}`);
    context.signal?.throwIfAborted();
  }
  throw new NotHealthyError(rolloutProblem(spec.stack, plan.service, outcome), outcome.details);
}

function rolloutProblem(
  stack: string,
  service: string,
  outcome: { reason: string; leftover: string | null },
): Problem {
  const left = outcome.leftover === null ? 'the old version keeps serving' : `left over: ${outcome.leftover}`;
  return {
    code: 'rollout-failed',
    severity: 'error',
    project: stack,
    message: `${stack}: ${service} could not be rolled: ${outcome.reason}`,
    help: `${left}; correct it and run: nx deploy ${stack}`,
  };
}
