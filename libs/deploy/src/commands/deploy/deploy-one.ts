import { availableParallelism } from 'node:os';

import type { UserError } from '@itsup/config';

import type { ComposeModel } from '@itsup/docker';
import { beforeStack } from '../../run/run-certificates';
import { convergeStack } from '../../execute/converge-stack';
import { keepPage } from '../../maintenance/show-page';
import { hasHandover, recoverTraefik } from '../../execute/traefik/hand-over-traefik';
import { keepLinks, keptLinks } from '../../execute/network/keep-links';
import { observeNow } from '../../engine/list-engine';
import { retryOnRestart } from '../../engine/retry-on-restart';
import { prepareImages } from '../../execute/image/prepare-images';
import { proxyAccess } from '../../proxy/proxy-access';
import { recordStack } from '../../execute/record-stack';
import { recordStarting } from '../../execute/record-starting';
import { recover } from '../../execute/recover';
import { rolloutContext } from '../../execute/rollout-context';
import { loadDesired } from '../../desired/load-desired';
import type { LoadedStack } from '../../desired/loaded-stack';
import type { StackPlan } from '../../plan/model';
import { readDeployed, type DeployedFile } from '../../state/deployed';
import type { StepHook } from '../../state/journal';
import { failureProblems } from '../../run/failure/failure-problems';
import { hideSecrets, type StackRun } from '../../run/secrets/hide-secrets';
import type { StackOutcome } from '../../requests';
import { leavingNotes, leavingOf, refuseToCut } from '../../run/leaving-shared';
import { askRows, served, type RecordedAs } from './served';
import { planLoaded, planOne, type Replace } from '../plan/plan-one';
import { loadOptions } from '../../run/load-options';
import { readsOtherFiles } from '../../proxy/state-in-use';
import { failedStack } from '../../run/each-stack';
import type { Run } from '../../run/run';
import { refuseImageLabels } from '../../run/refusal/refuse-image-labels';
import { refusePaused } from '../../run/refusal/refuse-paused';
import { refuseTakenPorts } from '../../run/refusal/refuse-taken-ports';
import { refuseForeignStack, refuseRemoteEngine, refuseWithoutProviders } from '../../run/refusal/refusals';
import type { StackSpec } from '../../stack/stack-spec';
import { withStack, type HeldStack } from '../../run/with-stack';

export interface DeployOneOptions extends RecordedAs {
  /** Absent: ten minutes. */
  lockWaitMs?: number | undefined;
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
      const early = await planOne(run, spec, run.observed);
      if (early.loaded === null && early.plan.unchanged) {
        const { plan } = early;
        const unchanged = { stack, status: 'unchanged' as const, plan, problems: [], durationMs: 0 };
        return await outcome(() => served(run, spec, unchanged, options));
      }
      loaded = early.loaded;
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
    return failedStack(stack, problems, system.now() - began);
  }
}

/** Most of their time they wait for the engine or an application, but each start takes a core for a while. */
const PARALLEL_SERVICES = Math.max(4, 2 * availableParallelism());

/** @param early the desired state from before the lock; it is good unless somebody deployed meanwhile */
async function deployLocked(
  run: StackRun,
  spec: StackSpec,
  options: DeployOneOptions,
  early: LoadedStack | null,
  held: HeldStack,
): Promise<{ status: 'deployed' | 'unchanged'; loaded: LoadedStack | null }> {
  const { context } = run;
  const { state } = context;
  const { id, journal, unfinished } = held;
  const refused: { service: string; error: UserError }[] = [];
  // Someone may have deployed while we waited for the lock.
  const deployed = await readDeployed(state, spec.stack);
  if (deployed !== null) run.deployed.set(spec.stack, deployed);
  let observed = await observeNow(context.docker);
  const proxy = await proxyAccess(state, observed, context.docker, (text) => {
    if (spec.project !== null) context.reporter.line(spec.stack, `note: ${text}`);
  });
  const rollout = rolloutContext(context, proxy);
  for (const one of unfinished) {
    const error = await journal.step('recover', () => recover(run, spec, one, journal, rollout));
    if (error !== null) refused.push({ service: one.service, error });
  }
  held.unsettled = refused.length > 0;
  if (unfinished.length > 0) observed = await observeNow(context.docker);
  if (spec.project === null && hasHandover(state)) {
    const stack = early ?? (await loadDesired(spec, loadOptions(run, spec, [])));
    await journal.step('recover', () => recoverTraefik({ context, loaded: stack }));
    observed = await observeNow(context.docker);
  }
  let loaded: LoadedStack | null;
  let plan: StackPlan;
  if (options.load) {
    refuseForeignStack(run, spec, observed.get(spec.projectName) ?? [], deployed);
    loaded = await options.load(run, spec);
    plan = await planLoaded(run, loaded, observed, replaceOf(options));
  } else if (early !== null) {
    loaded = early;
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
    const prepared = await prepareImages(context, loaded, plan, journal, run);
    if (prepared !== null) {
      loaded = prepared;
      observed = await observeNow(context.docker);
      plan = await planLoaded(run, loaded, observed, replaceOf(options));
      held.plan = plan;
    }
    await refuseTakenPorts(run, loaded, plan);
    await refuseImageLabels(run, loaded, plan);
    await beforeStack(run, spec.stack, loaded.desired.services);
    const links = keptLinks(run.specs, spec, leaving?.services ?? [], observed);
    if (links.length > 0) await journal.step('keep-links', () => keepLinks(run, links));
    const done = loaded;
    const carriedOut = plan;
    const left = new Set<string>();
    const converging = convergeStack({
      context,
      loaded,
      plan,
      journal,
      publisher: run.publisher,
      rollout,
      deployed,
      kept: new Map(),
      left,
      // The parts of the proxy lean on each other.
      parallel: spec.project === null ? 1 : (options.parallelServices ?? PARALLEL_SERVICES),
      starts: run.starts,
      readsOtherFiles: readsOtherFiles(run.inUse),
      certificates:
        spec.project === null
          ? { unwanted: run.givenUp.fingerprints, wanted: run.certificates.wantedEver() }
          : {},
    });
    await converging.finally(() =>
      recordStarting({ context, loaded: done, plan: carriedOut, left, rollout }),
    );
    await journal.step('record', async () => {
      run.deployed.set(
        spec.stack,
        await retryOnRestart(context, spec.stack, () =>
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
