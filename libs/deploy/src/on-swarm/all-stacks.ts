import { problemsOf, type Problem } from '@itsup/config';

import type { DeployContext } from '../context';
import type { StackPlan } from '../plan/model';
import {
  PROXY_STACK,
  type DeployRequest,
  type DeploySummary,
  type DownRequest,
  type PlanRequest,
  type PruneRequest,
  type StackOutcome,
  type WorkspacePlan,
} from '../requests';
import { prepareRun } from '../run/prepare-run';
import type { Run } from '../run/run';
import { schedule } from '../run/schedule';
import { readIdentity } from '../state/identity';
import type { StepHook } from '../state/journal';
import { deployOnSwarm } from './deploy-stack';
import { planOnSwarmStack } from './plan-stack';
import { observeSwarm, servicesOf, type SwarmFacts } from './swarm-facts';
import { removed, takeDownOnSwarm } from './take-down';

const PARALLEL = 4;
const NO_PROXY = 'a swarm has no proxy yet: there is nothing to deploy';

/** What a deploy would do on the swarm, and why; changes nothing. */
export async function planAllOnSwarm(context: DeployContext, request: PlanRequest): Promise<WorkspacePlan> {
  const run = await prepareRun(context, request, false);
  const facts = await observeSwarm(context.docker);
  const workspace = (await readIdentity(context.state))?.id ?? null;
  const stacks: StackPlan[] = [];
  const failed: WorkspacePlan['failed'] = [];
  for (const stack of run.order) {
    try {
      const problems = run.broken.get(stack);
      if (problems !== undefined) failed.push({ stack, problems });
      else stacks.push(await planAny(run, stack, facts, workspace));
    } catch (error) {
      failed.push({ stack, problems: problemsOf(error) });
    }
  }
  const { prunable, problems, engine } = run;
  return { stacks, failed, prunable, problems, engine };
}

async function planAny(
  run: Run,
  stack: string,
  facts: SwarmFacts,
  workspace: string | null,
): Promise<StackPlan> {
  if (stack === PROXY_STACK) return emptyPlan(stack, 'converge', [NO_PROXY]);
  const spec = run.specs.get(stack);
  if (spec === undefined) throw new Error(`${stack} is not in the workspace`);
  if (spec.kind !== 'down') return (await planOnSwarmStack(run, spec, facts, workspace)).plan;
  const services = [...servicesOf(facts, spec.projectName).keys()];
  return {
    ...emptyPlan(stack, 'down', []),
    projectName: spec.projectName,
    unchanged: services.length === 0,
    services: services.map((service) => removed(service, 'enabled: false')),
  };
}

/** Converges the stacks on the swarm: providers before consumers, the others side by side. */
export async function deployAllOnSwarm(
  context: DeployContext,
  request: DeployRequest,
  hook: StepHook | undefined,
): Promise<DeploySummary> {
  const run = await prepareRun(context, request, true);
  // Before anything else: without a swarm there is nothing that any stack could do.
  await observeSwarm(context.docker);
  const workspace = (await readIdentity(context.state))?.id ?? '';
  const outcomes = await schedule({
    order: run.order,
    parallel: request.parallel ?? PARALLEL,
    after: (stack) =>
      (run.specs.get(stack)?.providers ?? []).map((provider) => ({ stack: provider, mayFail: false })),
    isInterrupted: () => context.signal?.aborted === true,
    run: async (stack): Promise<StackOutcome> => {
      const spec = run.specs.get(stack);
      const problems = run.broken.get(stack);
      if (problems !== undefined) return failed(stack, problems);
      if (stack === PROXY_STACK) {
        return { ...failed(stack, []), status: 'unchanged', plan: emptyPlan(stack, 'converge', [NO_PROXY]) };
      }
      if (spec === undefined) return failed(stack, [unknown(stack)]);
      const { lockWaitMs, commit = null } = request;
      if (spec.kind === 'down') {
        const reason = 'enabled: false';
        return takeDownOnSwarm(run, spec, { reason, volumes: false, lockWaitMs, commit, workspace });
      }
      return deployOnSwarm(run, spec, { lockWaitMs, commit, workspace, ...(hook && { hook }) });
    },
    onOutcome: (outcome) => request.onOutcome?.(outcome),
  });
  return summaryOf(run, outcomes);
}

/** Takes stacks off the swarm, consumers before providers; volumes only when asked. */
export async function downOnSwarm(context: DeployContext, request: DownRequest): Promise<DeploySummary> {
  const run = await prepareRun(context, { workspace: request.workspace, stacks: request.stacks }, true);
  const reason = 'taken down';
  return takeDownAll(run, [...run.order].reverse(), request, reason);
}

/** Takes the stacks off the swarm that this workspace deployed and that have no folder any more. */
export async function pruneOnSwarm(context: DeployContext, request: PruneRequest): Promise<DeploySummary> {
  const run = await prepareRun(context, { workspace: request.workspace, stacks: [] }, true);
  const chosen = request.stacks ?? run.prunable;
  return takeDownAll(
    run,
    chosen.filter((stack) => run.prunable.includes(stack)),
    request,
    'its folder is gone',
  );
}

async function takeDownAll(
  run: Run,
  stacks: readonly string[],
  request: Pick<DownRequest, 'volumes' | 'lockWaitMs' | 'commit' | 'onOutcome'>,
  reason: string,
): Promise<DeploySummary> {
  const { context } = run;
  await observeSwarm(context.docker);
  const workspace = (await readIdentity(context.state))?.id ?? '';
  const outcomes: StackOutcome[] = [];
  for (const stack of stacks) {
    const projectName = run.specs.get(stack)?.projectName ?? run.deployed.get(stack)?.projectName;
    const { volumes = false, lockWaitMs, commit = null } = request;
    const outcome =
      projectName === undefined
        ? failed(stack, [unknown(stack)])
        : await takeDownOnSwarm(
            run,
            { stack, projectName },
            { reason, volumes, lockWaitMs, commit, workspace },
          );
    outcomes.push(outcome);
    request.onOutcome?.(outcome);
  }
  return { ...summaryOf(run, outcomes), prunable: run.prunable.filter((stack) => run.deployed.has(stack)) };
}

function summaryOf(run: Run, outcomes: StackOutcome[]): DeploySummary {
  const { prunable, problems, context } = run;
  return { outcomes, prunable, problems, interrupted: context.signal?.aborted === true };
}

function emptyPlan(stack: string, kind: StackPlan['kind'], notes: string[]): StackPlan {
  return {
    ...{ stack, projectName: stack, kind, services: [], edges: [], networks: [], files: [], operations: [] },
    ...{ unchanged: true, fromRecord: false, notes },
  };
}

function failed(stack: string, problems: Problem[]): StackOutcome {
  return { stack, status: 'failed', plan: null, problems, durationMs: 0 };
}

function unknown(stack: string): Problem {
  return {
    code: 'unknown-stack',
    severity: 'error',
    project: stack,
    message: `there is no project ${stack}`,
    help: `its folder would be projects/${stack}`,
  };
}
