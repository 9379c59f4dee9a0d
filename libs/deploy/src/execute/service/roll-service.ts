import type { Problem } from '@itsup/config';

import type { ServicePlan } from '../../plan/model';
import {
  DEFAULT_DRAIN,
  moveService,
  rollOut,
  RolloutError,
  scaleService,
  type RolloutOutcome,
  type RolloutRequest,
} from '@itsup/rollout';
import type { Convergence } from '../convergence';
import { attachToConsumers } from '../network/edges';
import { runPreStart, runPreStop } from './hooks';
import { InterruptedError } from '../../run/failure/interrupted-error';
import { containersOf } from './service-containers';
import { NotHealthyError } from '../../run/failure/not-healthy-error';
import { stillStarting } from './still-starting';

const FAILED = {
  rolled: 'rollout-failed',
  moved: 'move-failed',
  scaled: 'scaling-failed',
  recreated: 'recreate-failed',
} as const;

/**
 * Replaces the containers of one service while it serves.
 * @throws NotHealthyError with what is left and what to do next; InterruptedError where that is not what ran before
 */
export async function rollService(convergence: Convergence, plan: ServicePlan): Promise<void> {
  const { loaded, journal, publisher, rollout } = convergence;
  const { stack } = loaded.spec;
  const outcome = await rollOut(
    rollout,
    {
      ...requestOf(convergence, plan),
      fileRoutes: publisher.routesOf(stack, plan.service),
      publishRoutes: (routes) => publisher.publishService(stack, plan.service, routes),
    },
    journal.forService(plan.service),
  );
  throwUnlessDone(convergence, plan, outcome, 'rolled', 'the old version keeps serving');
}

/**
 * Brings one service to its number of containers while it serves.
 * @throws NotHealthyError, InterruptedError, as `rollService`
 */
export async function scaleLosslessly(convergence: Convergence, plan: ServicePlan): Promise<void> {
  if (plan.current.length >= plan.replicas) convergence.started?.();
  const request = { ...requestOf(convergence, plan), keep: plan.current, surplus: plan.retired };
  const outcome = await scaleService(
    convergence.rollout,
    request,
    convergence.journal.forService(plan.service),
  );
  throwUnlessDone(convergence, plan, outcome, 'scaled', 'as many as before keep serving');
}

/**
 * Takes one service off the networks of its plan while it serves.
 * @throws NotHealthyError, InterruptedError, as `rollService`
 */
export async function moveOff(convergence: Convergence, plan: ServicePlan): Promise<void> {
  const { project, composeProject, service, drain } = requestOf(convergence, plan);
  for (const { network } of plan.networks) {
    const request = { project, composeProject, service, network, drain };
    const outcome = await moveService(
      convergence.rollout,
      request,
      convergence.journal.forService(plan.service),
    );
    throwUnlessDone(convergence, plan, outcome, 'moved', 'it serves as before');
  }
}

/** What replacing a service takes, however it is done. */
export function requestOf(
  convergence: Convergence,
  plan: ServicePlan,
): Omit<RolloutRequest, 'fileRoutes' | 'publishRoutes'> {
  const { context, loaded } = convergence;
  const { spec, compose } = loaded;
  const hasPreStart = (loaded.model.services[plan.service]?.pre_start ?? []).length > 0;
  const drain = loaded.options.get(plan.service)?.drain;
  return {
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
    preStart: hasPreStart ? (total) => preStart(convergence, plan, total) : undefined,
    preStop: (ids) => runPreStop(convergence, plan.service, ids),
    joinEdges: (ids) => {
      // They are ready, or left to become it: what is left is mostly a wait for the old ones to have nothing to do.
      convergence.started?.();
      return attachToConsumers(context.docker, spec, plan.service, ids);
    },
    drain: {
      hook: drain?.hook ?? DEFAULT_DRAIN.hook,
      deadlineMs: drain?.deadlineMs ?? DEFAULT_DRAIN.deadlineMs,
    },
    startDeadlineMs: loaded.options.get(plan.service)?.start.deadlineMs ?? null,
  };
}

/** Compose makes the new containers, unstarted, and the hooks run with the volumes of the first of them. */
async function preStart(
  convergence: Convergence,
  { service, current }: ServicePlan,
  total: number,
): Promise<void> {
  const { context, loaded } = convergence;
  await loaded.compose.up({
    services: [service],
    noStart: true,
    noDeps: true,
    noRecreate: true,
    noBuild: true,
    pull: 'never',
    scale: { [service]: total },
  });
  const [made] = (await containersOf(context.docker, loaded, service)).filter((id) => !current.includes(id));
  if (made === undefined) return;
  try {
    await runPreStart(convergence, service, made);
  } catch (error) {
    if (!(error instanceof NotHealthyError)) throw error;
    // What the hook said comes with what the rollout says.
    const reason = error.message.replace(`${loaded.spec.stack}: `, '');
    throw new RolloutError(reason, error.details);
  }
}

/**
 * @param whatServes after a failure that left nothing over
 * @throws NotHealthyError, StillStartingError, InterruptedError
 */
export function throwUnlessDone(
  { context, loaded, left }: Convergence,
  { service }: ServicePlan,
  outcome: RolloutOutcome,
  participle: keyof typeof FAILED,
  whatServes: string,
): void {
  if (outcome.result === 'done') return;
  if (outcome.result === 'interrupted') {
    if (outcome.leftover !== null) throw new InterruptedError(`${service}: ${outcome.leftover}`);
    context.signal?.throwIfAborted();
  }
  const { stack } = loaded.spec;
  if (outcome.result === 'unready') {
    left.add(service);
    throw stillStarting(stack, service, outcome.reason, outcome.details);
  }
  const remains = outcome.leftover === null ? whatServes : `left over: ${outcome.leftover}`;
  const problem: Problem = {
    code: FAILED[participle],
    severity: 'error',
    project: stack,
    message: `${stack}: ${service} could not be ${participle}: ${outcome.reason}`,
    help: `${remains}; correct it and run: itsup deploy ${stack}`,
  };
  throw new NotHealthyError(problem, outcome.details);
}
