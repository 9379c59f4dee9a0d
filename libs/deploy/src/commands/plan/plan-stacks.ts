import { problemsOf, type Problem } from '@itsup/config';

import type { DeployContext } from '../../context';
import type { StackPlan } from '../../plan/model';
import { rangeChange } from '../../proxy/proxynet';
import { planDown } from '../../plan/plan-stack';
import { readRecords } from '../../state/records';
import { containersFor } from '../../plan/observe';
import { forEachBounded } from '../../for-each-bounded';
import type { PlanRequest, WorkspacePlan } from '../../requests';
import { planEmptyHost } from './plan-empty-host';
import { handoverCost, rootNote } from '../../proxy/explain-traefik';
import { leavingNotes, leavingOf } from '../../run/leaving-shared';
import { planOne } from './plan-one';
import { unknownStack } from '../../run/refusal/unknown-stack';
import { OnSwarm } from '../../on-swarm/any-stack';
import { hiddenPlan, hiddenProblem } from '../../run/secrets/hidden-plan';
import { prepareRun } from '../../run/prepare-run';
import type { Run } from '../../run/run';
import { originOf, refuseWithoutProviders, strangerOf } from '../../run/refusal/refusals';
import { heldNote } from '../deploy/retire-objects';
import { DISABLED, type StackSpec } from '../../stack/stack-spec';
import { successionNotes } from '../../run/successors';

const PARALLEL = 4;

/**
 * What deploy would do and why; changes nothing. Without an engine: the plan against an empty host. It is for people to
 * read, also those who may see no secret (a pull request's), so it holds none.
 */
export async function planStacks(context: DeployContext, request: PlanRequest): Promise<WorkspacePlan> {
  const run = await prepareRun(context, request, false);
  const swarm = request.workspace.settings.engine === 'swarm' ? await OnSwarm.of(context) : null;
  const plans = new Map<string, StackPlan>();
  const failed: WorkspacePlan['failed'] = [];
  await forEachBounded(run.order, PARALLEL, async (stack) => {
    const spec = run.specs.get(stack);
    const problems = run.broken.get(stack);
    if (problems !== undefined) failed.push({ stack, problems });
    else if (spec === undefined) failed.push({ stack, problems: [unknownStack(stack)] });
    else {
      try {
        plans.set(stack, await planAny(run, spec, swarm));
      } catch (error) {
        failed.push({ stack, problems: problemsOf(error) });
      }
    }
  });
  const { hideAll, order } = run;
  const withoutSecrets = (problems: readonly Problem[]): Problem[] =>
    problems.map((problem) => hiddenProblem(problem, hideAll));
  return {
    stacks: order.flatMap((stack) => plans.get(stack) ?? []).map((plan) => hiddenPlan(plan, hideAll)),
    failed: order.flatMap((stack) =>
      failed
        .filter((one) => one.stack === stack)
        .map(({ problems }) => ({ stack, problems: withoutSecrets(problems) })),
    ),
    prunable: run.prunable,
    problems: withoutSecrets(run.problems),
    engine: run.engine,
  };
}

/** The plan of a stack of any kind. */
async function planAny(run: Run, spec: StackSpec, swarm: OnSwarm | null): Promise<StackPlan> {
  if (spec.kind === 'external') return { ...planExternal(run, spec), notes: await failedLast(run, spec) };
  if (swarm !== null && spec.project !== null) {
    const plan = await swarm.plan(run, spec);
    return { ...plan, notes: [...plan.notes, ...(await failedLast(run, spec))] };
  }
  if (spec.kind === 'down') return planDisabled(run, spec);
  if (!run.engine.reachable) return planEmptyHost(run, spec);
  const planned = await planOne(run, spec, run.observed);
  const { loaded } = planned;
  const known = [
    ...successionNotes(run, spec),
    ...(spec.project === null ? run.held.map(heldNote) : []),
    ...(await failedLast(run, spec)),
  ];
  const plan = { ...planned.plan, notes: [...planned.plan.notes, ...known] };
  if (loaded === null || plan.unchanged) return plan;
  const cost = spec.project === null ? await handoverCost(run.context, plan, run.publisher) : null;
  const root = spec.project === null ? rootNote(plan, run.publisher) : null;
  const ofTraefik = [cost, root].flatMap((note) => (note === null ? [] : [note]));
  const leaving = await leavingOf(run, loaded);
  const range = spec.project === null ? await rangeChange(run.context.docker, spec.proxynet) : null;
  const notes = [
    ...plan.notes,
    ...(leaving === null ? [] : leavingNotes(leaving)),
    ...missingProviders(run, spec),
    ...(range === null ? [] : [range]),
    ...ofTraefik,
  ];
  return { ...plan, notes };
}

/** Nothing to do is not the same as all well: what failed last is tried again, and asked for again. */
async function failedLast({ context }: Run, { stack }: StackSpec): Promise<string[]> {
  const [last] = await readRecords(context.state, stack, 1);
  if (last?.outcome !== 'failed') return [];
  return [`its last deploy failed: ${last.problems[0] ?? 'without a word'}; a deploy tries again`];
}

/** Only routes: they come with the proxy's deploy or with the project's own. */
export function planExternal(run: Run, spec: StackSpec): StackPlan {
  const files = run.publisher.pending(spec.stack);
  return {
    stack: spec.stack,
    projectName: spec.projectName,
    kind: 'external',
    services: [],
    edges: [],
    networks: [],
    files,
    operations:
      files.length === 0 ? [] : [{ id: 'publish-routes', kind: 'publish-routes', after: [], reasons: [] }],
    unchanged: files.length === 0,
    fromRecord: false,
    notes: [],
  };
}

/** A project that is switched off goes, unless what runs under its name is somebody else's. */
export function planDisabled(run: Run, spec: StackSpec): StackPlan {
  const plan = planDownOf(run, spec, DISABLED);
  const own = run.observed.get(spec.projectName) ?? [];
  const stranger = strangerOf(run, spec, own, run.deployed.get(spec.stack) ?? null);
  if (stranger === undefined) return plan;
  const note = `containers of a Compose project ${spec.projectName} run, made from ${originOf(stranger)}: left alone; deploy with --adopt takes them down`;
  return { ...plan, services: [], edges: [], operations: [], unchanged: true, notes: [note] };
}

export function planDownOf(
  run: Run,
  spec: Pick<StackSpec, 'stack' | 'projectName'>,
  reason: string,
): StackPlan {
  const deployed = run.deployed.get(spec.stack) ?? null;
  const containers = containersFor(run.observed, spec.projectName, deployed?.edges ?? []);
  const plan = planDown(spec.stack, spec.projectName, containers, deployed, reason);
  const unchanged = plan.unchanged && deployed === null && !run.publisher.hasRoutes(spec.stack);
  const operations = unchanged ? [] : plan.operations;
  return { ...plan, files: run.publisher.pending(spec.stack), operations, unchanged };
}

/** In a plan a provider that does not run is worth a word: the same run may start it. */
function missingProviders(run: Run, spec: StackSpec): string[] {
  try {
    refuseWithoutProviders(spec, run.observed);
    return [];
  } catch (error) {
    const planned = new Set(run.order);
    return problemsOf(error)
      .filter(() => !spec.providers.every((provider) => planned.has(provider)))
      .map((problem) => `${problem.message}; ${problem.help ?? ''}`);
  }
}
