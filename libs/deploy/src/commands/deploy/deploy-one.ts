import { availableParallelism } from 'node:os';

import type { Problem, UserError } from '@itsup/config';

import { OF_COMPOSE, type ComposeModel } from '@itsup/docker';
import { afterStack, beforeStack } from '../../run/run-certificates';
import { convergeStack } from '../../execute/converge-stack';
import { keepPage } from '../../maintenance/show-page';
import { hasHandover, recoverTraefik } from '../../execute/traefik/hand-over-traefik';
import { keepLinks, keptLinks } from '../../execute/network/keep-links';
import { outlast } from '../../engine/outlast';
import { prepareImages } from '../../execute/image/prepare-images';
import { proxyAccess } from '../../proxy/proxy-access';
import { recordStack } from '../../execute/record-stack';
import { recover } from '../../execute/recover';
import { rolloutContext } from '../../execute/rollout-context';
import { loadDesired, type LoadedStack } from '../../desired/load-desired';
import type { StackPlan } from '../../plan/model';
import { byProject, observe, type Observed } from '../../plan/observe';
import { NEW_MS, OLD_MS, unservedRows } from '../../serving/check-serving';
import { readDeployed, writeDeployed, type DeployedFile } from '../../state/deployed';
import type { StepHook } from '../../state/journal';
import { newRecordId, pruneRecords, readRecords, writeRecord } from '../../state/records';
import { failureProblems } from '../../run/failure/failure-problems';
import { hideSecrets, type StackRun } from '../../run/hide-secrets';
import type { StackOutcome } from '../../requests';
import { leavingNotes, leavingOf, refuseToCut } from '../../run/leaving-shared';
import { planLoaded, planOne, type Replace } from '../plan/plan-one';
import { loadOptions } from '../../run/load-options';
import { readsOtherFiles } from '../../proxy/state-in-use';
import { refusedRouters } from '../../serving/refused-routers';
import type { Run } from '../../run/run';
import { refusePaused } from '../../run/refusal/refuse-paused';
import { refuseTakenPorts } from '../../run/refusal/refuse-taken-ports';
import { refuseForeignStack, refuseRemoteEngine, refuseWithoutProviders } from '../../run/refusal/refusals';
import type { StackSpec } from '../../stack/stack-spec';
import { withStack, type HeldStack } from '../../run/with-stack';

export interface DeployOneOptions {
  /** Absent: ten minutes. */
  lockWaitMs?: number | undefined;
  commit: string | null;
  command?: 'deploy' | 'rollback' | 'restart';
  /** Services that are replaced even when nothing changed; null: all. */
  replace?: readonly string[] | null;
  /** As in the request. */
  mayCut?: boolean;
  parallelServices?: number | undefined;
  /** Tests stop a deploy at a step with it. */
  hook?: StepHook;
  /** A rollback brings its own model; it is never taken as unchanged by the record of the sources. */
  load?: (run: Run, spec: StackSpec) => Promise<LoadedStack>;
}

/** Converges one stack of containers. Never rejects: whatever goes wrong is in the outcome. */
export async function deployOne(
  shared: Run,
  spec: StackSpec,
  options: DeployOneOptions,
): Promise<StackOutcome> {
  const run = hideSecrets(shared);
  const { system } = run.context;
  const began = system.now();
  const outcome = async (of: () => Promise<StackOutcome>): Promise<StackOutcome> => {
    const done = await of();
    return { ...done, durationMs: system.now() - began };
  };
  const { stack } = spec;
  try {
    let loaded: LoadedStack | null = null;
    if (options.load === undefined) {
      // Without a lock: an unchanged stack is only looked at.
      const glance = await planOne(run, spec, run.observed);
      if (glance.loaded === null && glance.plan.unchanged) {
        const { plan } = glance;
        const unchanged = { stack, status: 'unchanged' as const, plan, problems: [], durationMs: 0 };
        return await outcome(() => served(run, spec, unchanged, options));
      }
      loaded = glance.loaded;
    }
    const { command = 'deploy', lockWaitMs, commit, hook } = options;
    const task = { stack, command, lockWaitMs, commit, ...(hook && { hook }) };
    return await outcome(async () => {
      let restored: ComposeModel | null = null;
      const ended = await withStack(run, task, async (held) => {
        const done = await deployLocked(run, spec, options, held.waited ? null : loaded, held);
        restored = restoredBy(options, done.loaded);
        return done.status;
      });
      return ended.status === 'failed' ? ended : served(run, spec, ended, { ...options, restored });
    });
  } catch (error) {
    const problems = failureProblems(run, spec, error);
    return { stack, status: 'failed', plan: null, problems, durationMs: system.now() - began };
  }
}

/** Most of their time they wait for the engine or an application, but each start takes a core for a while. */
const PARALLEL_SERVICES = Math.max(4, 2 * availableParallelism());

/** Remembers that the stack's deploy ended without serving all, or that it serves all by now. */
async function markUnserved(run: Run, { stack }: StackSpec, unserved: readonly Problem[]): Promise<void> {
  const known = run.deployed.get(stack);
  // Nobody holds the lock here, so another deploy may have been meanwhile: what it says of the stack stands.
  const deployed = known === undefined ? null : await readDeployed(run.context.state, stack);
  if (deployed === null || deployed.record !== known?.record) return;
  if ((deployed.unserved === true) === unserved.length > 0) return;
  const { unserved: _before, ...rest } = deployed;
  const file: DeployedFile = unserved.length > 0 ? { ...rest, unserved: true } : rest;
  run.deployed.set(stack, file);
  await writeDeployed(run.context.state, file);
  if (unserved.length > 0) return;
  // What was deployed then is served by now, so that deploy did not fail for good.
  const records = await readRecords(run.context.state, stack);
  const own = records.find(({ id }) => id === deployed.record);
  if (own !== undefined) await writeRecord(run.context.state, { ...own, outcome: 'deployed', problems: [] });
}

/** How long Traefik may take to make up its mind about what was just deployed. */
const VERDICT_MS = 2_000;

/**
 * The outcome, unless Traefik refuses a router of the stack or has no certificate for it: then what runs is not what
 * serves. Of what is unchanged after a deploy that failed, or that did not serve, the rows are asked for too.
 * @param by what is recorded of it, and what a rollback went back to
 */
export async function served(
  run: Run,
  spec: StackSpec,
  outcome: StackOutcome,
  by: Pick<DeployOneOptions, 'command' | 'commit'> & { restored?: ComposeModel | null },
): Promise<StackOutcome> {
  const { system } = run.context;
  const isNew = outcome.status === 'deployed';
  const failedBefore = outcome.status === 'unchanged' ? await failedLast(run, spec) : null;
  if (failedBefore !== null) {
    const unserved = await unservedRows(run, spec, await relist(run), OLD_MS, by.restored);
    if (unserved.some(({ severity }) => severity === 'error'))
      return { ...outcome, status: 'failed', problems: [...outcome.problems, ...unserved] };
    await markUnserved(run, spec, []);
    if (failedBefore !== 'unserved') await recordUnchanged(run, spec, by);
    if (unserved.length > 0) return { ...outcome, problems: [...outcome.problems, ...unserved] };
  }
  const until = system.now() + (isNew ? VERDICT_MS : 0);
  const observed = isNew ? await relist(run) : run.observed;
  let refused = await refusedRouters(run, spec, observed);
  while (refused.length > 0 && system.now() < until) {
    await system.sleep(200);
    refused = await refusedRouters(run, spec, observed);
  }
  if (refused.length > 0)
    return { ...outcome, status: 'failed', problems: [...outcome.problems, ...refused] };
  return afterStack(run, observed, outcome);
}

/**
 * How the last deploy failed: what it deployed is not served, or it did not get to an end, so that the sources, which
 * are what runs, are not those that it had; null: it did not.
 */
async function failedLast(run: Run, { stack }: StackSpec): Promise<'unserved' | 'undone' | null> {
  const [last] = await readRecords(run.context.state, stack, 1);
  const deployed = run.deployed.get(stack);
  const isFailed = last?.outcome === 'failed' || last?.outcome === 'interrupted';
  if (isFailed && last.id !== deployed?.record) return 'undone';
  return deployed?.unserved === true ? 'unserved' : null;
}

/** Asks for the rows of a stack that was just deployed, and remembers whether all are served. */
export async function askRows(
  run: Run,
  spec: StackSpec,
  restored: ComposeModel | null = null,
): Promise<Problem[]> {
  if (run.context.ask === undefined) return [];
  const unserved = await unservedRows(run, spec, await relist(run), NEW_MS, restored);
  await markUnserved(run, spec, unserved);
  return unserved;
}

/** The last word on a stack whose last deploy failed is that its sources are again what runs. */
async function recordUnchanged(
  { context }: Run,
  { stack }: StackSpec,
  { command = 'deploy', commit }: Pick<DeployOneOptions, 'command' | 'commit'>,
): Promise<void> {
  const { state, system } = context;
  const now = system.now();
  await writeRecord(state, {
    ...{ id: newRecordId(now), stack, command, outcome: 'unchanged' },
    ...{ startedAt: new Date(now).toISOString(), durationMs: 0 },
    ...{ by: `${system.user}@${system.hostname}`, commit },
    ...{ services: [], steps: [], problems: [], restorable: false },
  });
  await pruneRecords(state, stack);
}

/** @param glance the desired state from before the lock; it is good unless somebody deployed meanwhile */
async function deployLocked(
  run: StackRun,
  spec: StackSpec,
  options: DeployOneOptions,
  glance: LoadedStack | null,
  held: HeldStack,
): Promise<{ status: 'deployed' | 'unchanged'; loaded: LoadedStack | null }> {
  const { context } = run;
  const { state } = context;
  const { id, journal, unfinished } = held;
  const refused: { service: string; error: UserError }[] = [];
  // Someone may have deployed while we waited for the lock.
  const deployed = await readDeployed(state, spec.stack);
  if (deployed !== null) run.deployed.set(spec.stack, deployed);
  let observed = await relist(run);
  const proxy = await proxyAccess(state, observed, context.docker, (text) => {
    if (spec.project !== null) context.reporter.line(spec.stack, `note: ${text}`);
  });
  const rollout = rolloutContext(context, proxy);
  for (const one of unfinished) {
    const error = await journal.step('recover', () => recover(run, spec, one, journal, rollout));
    if (error !== null) refused.push({ service: one.service, error });
  }
  held.unsettled = refused.length > 0;
  if (unfinished.length > 0) observed = await relist(run);
  if (spec.project === null && hasHandover(state)) {
    const stack = glance ?? (await loadDesired(spec, loadOptions(run, spec, [])));
    await journal.step('recover', () => recoverTraefik({ context, loaded: stack }));
    observed = await relist(run);
  }
  let loaded: LoadedStack | null;
  let plan: StackPlan;
  if (options.load) {
    refuseForeignStack(run, spec, observed.get(spec.projectName) ?? [], deployed);
    loaded = await options.load(run, spec);
    plan = await planLoaded(run, loaded, observed, replaceOf(options));
  } else if (glance !== null) {
    loaded = glance;
    plan = await planLoaded(run, loaded, observed);
  } else ({ plan, loaded } = await planOne(run, spec, observed));
  held.plan = plan;
  const kept = refused.find(({ service }) => !replaces(plan, service));
  if (kept !== undefined) throw kept.error;
  if (loaded !== null) {
    for (const note of loaded.notes) context.reporter.line(spec.stack, `note: ${note}`);
    await refuseRemoteEngine(run, loaded);
    refuseWithoutProviders(spec, observed);
    const leaving = await leavingOf(run, loaded);
    if (leaving !== null) {
      if (!options.mayCut) refuseToCut(spec.stack, leaving);
      for (const note of leavingNotes(leaving)) context.reporter.line(spec.stack, `note: ${note}`);
    }
    refusePaused(plan, observed.get(spec.projectName) ?? []);
    const prepared = await prepareImages(context, loaded, plan, journal, run.firstFetched);
    if (prepared !== null) {
      loaded = prepared;
      observed = await relist(run);
      plan = await planLoaded(run, loaded, observed, replaceOf(options));
      held.plan = plan;
    }
    await refuseTakenPorts(run, loaded, plan);
    await beforeStack(run, spec.stack, loaded.desired.services);
    const links = keptLinks(run.specs, spec, leaving?.services ?? [], observed);
    if (links.length > 0) await journal.step('keep-links', () => keepLinks(run, links));
    await convergeStack({
      context,
      loaded,
      plan,
      journal,
      publisher: run.publisher,
      rollout,
      kept: new Map(),
      // The parts of the proxy lean on each other.
      parallel: spec.project === null ? 1 : (options.parallelServices ?? PARALLEL_SERVICES),
      readsOtherFiles: readsOtherFiles(run.inUse),
      certificates:
        spec.project === null
          ? { unwanted: run.givenUp.fingerprints, wanted: run.certificates.wantedEver() }
          : {},
    });
    const done = loaded;
    await journal.step('record', async () => {
      run.deployed.set(
        spec.stack,
        await outlast(context, spec.stack, () =>
          recordStack(run, done, plan, untouched(plan, deployed) ? null : id),
        ),
      );
    });
  } else {
    // Files alone differ: routes, or a comment of the proxy's configuration.
    await journal.step('settle-routes', async () => {
      if (spec.project === null) await run.publisher.publishStatic();
      await run.publisher.settle(spec.stack);
    });
  }
  if (untouched(plan, deployed)) return { status: 'unchanged', loaded };
  await keepPage(context, spec);
  if (context.ask !== undefined)
    held.unserved = await journal.step('ask-rows', () => askRows(run, spec, restoredBy(options, loaded)));
  return { status: 'deployed', loaded };
}

/** What a rollback went back to; null: it is none, and the sources say what there is. */
function restoredBy({ command }: DeployOneOptions, loaded: LoadedStack | null): ComposeModel | null {
  return command === 'rollback' ? (loaded?.model ?? null) : null;
}

/** Whether the plan gets rid of the service's present containers, whatever their state. */
function replaces(plan: StackPlan, service: string): boolean {
  return plan.services.some(
    (one) => one.service === service && ['rollout', 'recreate', 'remove'].includes(one.action),
  );
}

/** Nothing was done to a stack that has a record already: one of its own would say nothing. */
function untouched(plan: StackPlan, deployed: DeployedFile | null): boolean {
  return plan.unchanged && deployed !== null;
}

function replaceOf({ replace }: DeployOneOptions): Replace | null {
  return replace === undefined ? null : { services: replace, reason: 'restart asked for' };
}

export async function relist(run: Run): Promise<Observed> {
  const listing = await run.context.docker.listContainers({ labelFilters: [...OF_COMPOSE] });
  return byProject(observe(listing));
}
