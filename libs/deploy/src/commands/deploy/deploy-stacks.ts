import { problemsOf, type Problem } from '@itsup/config';
import { isCheckedVersion } from '@itsup/traefik';

import { afterRun, beforeRun, beforeStack, hasGivenUp } from '../../run/run-certificates';
import type { DeployContext } from '../../context';
import { withAlert } from '../../alert/send-alert';
import { recordFirst } from '../../images/record-first';
import { keepHoneypotRules } from '../../proxy/honeypot/keep-rules';
import { dropUnreadablePins, sweepPins } from '../../proxy/stray-pins';
import { STATIC_FILE } from '../../publish/published-file';
import type { StepHook } from '../../state/journal';
import { deployExternal } from './deploy-external';
import { deployOne, type DeployOneOptions } from './deploy-one';
import { askRows, served } from './served';
import { takeDown } from '../down/take-down';
import { PROXY_STACK, type DeployRequest, type DeploySummary, type StackOutcome } from '../../requests';
import { planDisabled } from '../plan/plan-stacks';
import { unknownStack } from '../../run/refusal/unknown-stack';
import { OnSwarm } from '../../on-swarm/any-stack';
import { prepareRun } from '../../run/prepare-run';
import { unheardProjects } from '../../run/proxy-needed';
import { failedStack } from '../../run/each-stack';
import type { Run } from '../../run/run';
import { rememberClaims } from '../../ownership/claims-file';
import { readsOtherFiles } from '../../proxy/state-in-use';
import { retireObjects } from './retire-objects';
import { schedule } from '../../run/schedule/schedule';
import { PARALLEL } from '../../run/schedule/slots';
import { DISABLED, type StackSpec } from '../../stack/stack-spec';

/** The service of the proxy's stack that answers and logs lookups. */
const HONEYPOT = 'dns';
/**
 * Converges the stacks. Rejects only for what concerns the run as a whole (no engine, a second checkout); what goes
 * wrong with a stack is in its outcome, and stops its consumers alone. Either way `alert.command` is told.
 * @param hook for tests: told of every step of every stack
 */
export async function deployStacks(
  context: DeployContext,
  request: DeployRequest,
  hook?: StepHook,
): Promise<DeploySummary> {
  const run = (): Promise<DeploySummary> => converge(context, request, hook);
  return withAlert(
    context,
    request,
    'deploy',
    run,
    ({ outcomes }) => outcomes,
    ({ warnings = [] }) => warnings,
  );
}

async function converge(
  given: DeployContext,
  request: DeployRequest,
  hook: StepHook | undefined,
): Promise<DeploySummary> {
  const { settings } = request.workspace;
  const honeypotRules = keepHoneypotRules(given, settings);
  // Before the containers of a new network ask for their first name, if that can be.
  const docker = settings.dns.enabled
    ? given.docker.with({ onNetwork: () => honeypotRules.touch() })
    : given.docker;
  const context = { ...given, docker };
  // Before anything else: without a swarm there is nothing that any stack could do.
  const swarm = settings.engine === 'swarm' ? await OnSwarm.of(context) : null;
  const run = await prepareRun(context, request, true, { fetches: true });
  const withProxy = run.order.includes(PROXY_STACK) && !run.broken.has(PROXY_STACK);
  if (isCheckedVersion(request.workspace.settings.versions.traefik)) await dropUnreadablePins(context);
  const unheard = unheardProjects(run.publisher.versionsOf(STATIC_FILE).present, run.routing.projects);
  if (run.along !== null) context.reporter.line(null, `the proxy is deployed along: ${run.along}`);
  await beforeRun(run, withProxy);
  if (withProxy) await beforeRoutesOfTheProxy(run);
  await run.publisher.begin(withProxy);
  if (readsOtherFiles(run.inUse)) await publishAnew(run);
  // Runs in the background: it is slower than a deploy that changes nothing.
  if (withProxy) honeypotRules.touch();
  let proxyFaults: readonly Problem[] = [];
  // Also of a stack that was skipped because of the proxy.
  const withReason = (outcome: StackOutcome): StackOutcome =>
    run.along === null || outcome.stack === PROXY_STACK ? outcome : withFaults(outcome, proxyFaults);
  const scheduled = await schedule({
    order: run.order,
    parallel: request.parallel ?? PARALLEL,
    // The others wait for the proxy, and go on without it when it fails, but for those whose ports it was to bring.
    after: (stack) => [
      ...(stack === PROXY_STACK ? [] : [{ stack: PROXY_STACK, mayFail: !unheard.has(stack) }]),
      ...(run.specs.get(stack)?.providers ?? []).map((provider) => ({ stack: provider, mayFail: false })),
    ],
    isInterrupted: () => context.signal?.aborted === true,
    run: async (stack) => {
      const outcome = await deployStack(run, stack, request, { hook, swarm });
      if (stack === PROXY_STACK) proxyFaults = outcome.problems;
      return outcome;
    },
    onOutcome: (outcome) => request.onOutcome?.(withReason(outcome)),
  });
  const outcomes = scheduled.map(withReason);
  // An interrupt leaves no time to look who needs what; the next deploy does.
  if (withProxy && context.signal?.aborted !== true) await retireObjects(run);
  // Their lookups are worth a note when they stay unlogged, not a failed deploy: the fallback resolvers answer.
  const because = await honeypotRules.applied();
  if (because !== null)
    context.reporter.line(PROXY_STACK, `lookups of containers outside proxynet are not logged: ${because}`);
  if (settings.dns.enabled && !withProxy && !honeypotRuns(run))
    context.reporter.line(
      null,
      'note: the DNS server that logs lookups does not run: each lookup of a container takes 4 s. Start it: itsup deploy proxy',
    );
  await rememberClaims(context.state, context.system, claimsOf(run, outcomes));
  await sweepPins(context);
  await recordFirst(context, run.firstFetched);
  const hasDeployed = outcomes.some(({ status }) => status === 'deployed');
  if (hasDeployed && withProxy && context.signal?.aborted !== true) {
    await letGo(run, request, outcomes, swarm);
  }
  const warnings = context.signal?.aborted === true ? [] : await afterRun(run, hasDeployed);
  return {
    outcomes,
    prunable: run.prunable,
    problems: run.problems,
    warnings,
    interrupted: context.signal?.aborted === true,
  };
}

/** Names that this run gave up: Traefik would renew their certificates, so it goes once more. */
async function letGo(
  run: Run,
  request: DeployRequest,
  outcomes: StackOutcome[],
  swarm: OnSwarm | null,
): Promise<void> {
  const index = outcomes.findIndex(({ stack }) => stack === PROXY_STACK);
  const before = outcomes[index];
  if (before === undefined || before.status === 'failed' || !(await hasGivenUp(run))) return;
  run.context.reporter.line(PROXY_STACK, `Traefik is replaced: it ${run.replaceTraefik}`);
  const after = await deployStack(run, PROXY_STACK, request, { hook: undefined, swarm });
  if (after.status !== 'failed') return;
  outcomes[index] = after;
  request.onOutcome?.(after);
}

/**
 * A stack that the proxy was taken along for is not served without it: what failed there is told here, where it was
 * asked.
 */
function withFaults(outcome: StackOutcome, faults: readonly Problem[]): StackOutcome {
  if (faults.length === 0) return outcome;
  const isDone = outcome.status === 'deployed' || outcome.status === 'unchanged';
  return {
    ...outcome,
    status: isDone ? 'failed' : outcome.status,
    problems: [...faults, ...outcome.problems],
  };
}

/**
 * The routes of what runs, in a folder that has none of them: it is new, and the proxy that comes must not be without
 * those of stacks that are deployed after it, or not at all.
 */
async function publishAnew({ specs, broken, observed, publisher }: Run): Promise<void> {
  for (const { stack, kind, project, projectName, composeFile } of specs.values()) {
    if (kind !== 'converge' || project === null || broken.has(stack) || publisher.hasRoutes(stack)) continue;
    const own = observed.get(projectName) ?? [];
    const runs = own.some(({ state, sources }) => state === 'running' && sources.includes(composeFile));
    if (runs) await publisher.settle(stack);
  }
}

/** What the stacks claim that are now as the sources say: from here on it stands. */
function claimsOf(run: Run, outcomes: readonly StackOutcome[]): Record<string, readonly string[]> {
  const done = outcomes.filter(({ status }) => status === 'deployed' || status === 'unchanged');
  return Object.fromEntries(
    done.flatMap(({ stack }) => {
      const claims = run.routing.holdings.get(stack);
      return claims === undefined ? [] : [[stack, claims]];
    }),
  );
}

/** As of the beginning; where the proxy is deployed along, that sees to it. */
function honeypotRuns({ observed }: Run): boolean {
  const containers = observed.get(PROXY_STACK) ?? [];
  return containers.some(
    ({ service, state, health }) => service === HONEYPOT && state === 'running' && health !== 'unhealthy',
  );
}

async function deployStack(
  run: Run,
  stack: string,
  request: DeployRequest,
  { hook, swarm }: { hook: StepHook | undefined; swarm: OnSwarm | null },
): Promise<StackOutcome> {
  const spec = run.specs.get(stack);
  const problems = run.broken.get(stack);
  if (problems !== undefined) return failedStack(stack, problems);
  if (spec === undefined) return failedStack(stack, [unknownStack(stack)]);
  const options = {
    lockWaitMs: request.lockWaitMs,
    commit: request.commit ?? null,
    mayCut: request.mayCut ?? false,
    parallelServices: request.parallelServices,
    ...(hook && { hook }),
  };
  if (swarm !== null && spec.kind !== 'external') return deployOnSwarm(swarm, run, spec, options);
  switch (spec.kind) {
    case 'converge':
      return deployOne(run, spec, options);
    case 'down': {
      const plan = planDisabled(run, spec);
      for (const note of plan.notes) run.context.reporter.line(stack, `note: ${note}`);
      if (plan.unchanged) return { stack, status: 'unchanged', plan, problems: [], durationMs: 0 };
      return takeDown(run, spec, { ...options, reason: DISABLED, volumes: false });
    }
    case 'external':
      return deployExternal(run, spec, options).catch((error: unknown) =>
        failedStack(stack, problemsOf(error)),
      );
  }
}

/** A project is services of the swarm; the proxy is a container beside it, which is to reach them all. */
async function deployOnSwarm(
  swarm: OnSwarm,
  run: Run,
  spec: StackSpec,
  options: DeployOneOptions,
): Promise<StackOutcome> {
  if (spec.project !== null) {
    const { lockWaitMs, commit, hook } = options;
    const outcome = await swarm.deploy(run, spec, { lockWaitMs, commit, askRows, ...(hook && { hook }) });
    return spec.kind === 'down' || outcome.status === 'failed'
      ? outcome
      : served(run, spec, outcome, options);
  }
  const outcome = await deployOne(run, spec, options);
  if (outcome.status === 'failed') return outcome;
  const problems = await swarm.afterProxy(run);
  return problems.length === 0 ? outcome : { ...outcome, status: 'failed', problems };
}

/** Routes of hosts outside Docker, and of the proxy itself, come with the proxy. */
async function beforeRoutesOfTheProxy(run: Run): Promise<void> {
  for (const { stack, kind } of run.specs.values()) {
    const isPublishedNow = kind === 'external' || stack === PROXY_STACK;
    if (isPublishedNow && !run.broken.has(stack) && run.publisher.pending(stack).length > 0)
      await beforeStack(run, stack, []);
  }
}
