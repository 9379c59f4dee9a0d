import {
  COMPOSE_LABELS,
  type ContainerSummary,
  dependenciesOf,
  type Docker,
  ofComposeProject,
} from '@itsup/docker';
import { rm } from 'node:fs/promises';

import { problemsOf } from '@itsup/config';

import { loadDesired } from '../desired/load-desired';
import { projectText } from '../desired/project-text';
import { runPreStop } from '../execute/hooks';
import { leadOn } from '../execute/lead-on';
import { removeEdgeNetwork } from '../execute/edges';
import { removePinsOf } from '@itsup/rollout';
import { deployedPath } from '../state/deployed';
import { readJournal, type Journal, type StepHook } from '../state/journal';
import { hideSecrets } from '../run/hide-secrets';
import type { StackOutcome } from '../requests';
import { loadOptions } from './plan-one';
import { planDownOf } from './plan-stacks';
import type { Run } from '../run/run';
import { notTakenOver, planForgetting } from '../run/successors';
import { withStack } from '../run/with-stack';

export interface TakeDownOptions {
  /** In words, for the plan and the record. */
  reason: string;
  /** Named volumes too: data is gone. */
  volumes: boolean;
  /** Absent: ten minutes. */
  lockWaitMs?: number;
  commit: string | null;
  hook?: StepHook;
}

/**
 * Takes a stack down: its routes first, then its containers by id, consumers before what they depend on, then its
 * networks, and volumes only when asked. Needs no Compose file, so a stack whose folder is gone goes the same way; of
 * one that was renamed, and whose containers are another stack's by now, only what is remembered goes.
 */
export async function takeDown(
  shared: Run,
  spec: { stack: string; projectName: string },
  options: TakeDownOptions,
): Promise<StackOutcome> {
  const run = hideSecrets(shared);
  const { state, docker } = run.context;
  const { stack, projectName } = spec;
  const heir = run.successors.get(stack) ?? null;
  const whole = planDownOf(run, spec, options.reason);
  const plan = heir === null ? whole : planForgetting(whole, heir);
  // A deploy that was killed may have left a pin where nothing else is left.
  const unsettled = (await readJournal(state, stack)) !== null;
  const without = (status: StackOutcome['status'], problems: StackOutcome['problems']): StackOutcome => {
    return { stack, status, plan, problems, durationMs: 0 };
  };
  if (plan.unchanged && !options.volumes && !unsettled) return without('unchanged', []);
  const early = heir === null ? null : notTakenOver(run, stack, projectName, heir);
  if (early !== null) return without('skipped', [early]);
  const { lockWaitMs, commit, hook } = options;
  const task = { stack, command: 'down' as const, lockWaitMs, commit, ...(hook && { hook }) };
  return withStack(run, task, async (held) => {
    const { journal } = held;
    held.plan = plan;
    await journal.step('settle-routes', async () => {
      await run.publisher.dropStack(stack);
      // Of a rollout that was killed: the addresses in it will be somebody else's.
      await removePinsOf(state.dynamicDir, stack);
    });
    const beforeStop = heir === null ? await preStopOf(run, stack) : null;
    if (heir === null) {
      const end = await journal.step('hand-on', () => leadOn(run, spec));
      try {
        await removeAll(docker, projectName, options, journal, beforeStop);
      } finally {
        await journal.step('unpin', end);
      }
    }
    await journal.step('forget', () => rm(deployedPath(state, stack), { force: true }));
    run.deployed.delete(stack);
    return 'down';
  });
}

/** Runs what its file says comes before the stop of a container. */
type BeforeStop = (service: string, container: string) => Promise<void>;

/** The `pre_stop` hooks of a project whose Compose file is there and has some; null: there are none to run. */
async function preStopOf(run: Run, stack: string): Promise<BeforeStop | null> {
  const spec = run.specs.get(stack);
  if (spec === undefined) return null;
  const { context } = run;
  try {
    if (!spec.sources.some((file) => projectText(file, file)?.includes('pre_stop'))) return null;
    const loaded = await loadDesired(spec, loadOptions(run, spec, []));
    return (service, container) => runPreStop({ context, loaded }, service, [container]);
  } catch (error) {
    const reason = problemsOf(error).map(({ message }) => message);
    context.reporter.line(stack, `note: pre_stop is left out: ${reason.join('; ')}`);
    return null;
  }
}

async function removeAll(
  docker: Docker,
  projectName: string,
  { volumes }: TakeDownOptions,
  journal: Journal,
  beforeStop: BeforeStop | null,
): Promise<void> {
  await journal.step('remove-services', () => removeProject(docker, projectName, beforeStop));
  await journal.step('remove-networks', () => removeNetworks(docker, projectName));
  if (volumes) await journal.step('remove-volumes', () => removeVolumes(docker, projectName));
}

/** All containers of the Compose project, one-off ones too, those first that others do not depend on. */
async function removeProject(
  docker: Docker,
  projectName: string,
  beforeStop: BeforeStop | null,
): Promise<void> {
  const containers = await docker.listContainers({
    labelFilters: ofComposeProject(projectName),
    labels: [COMPOSE_LABELS.dependsOn],
  });
  for (const wave of stopWaves(containers)) {
    for (const { id, compose } of containers) {
      if (compose !== null && !compose.oneoff && wave.includes(id)) await beforeStop?.(compose.service, id);
    }
    await docker.stop(wave);
    await docker.remove(wave, { force: true, volumes: true });
  }
}

/** Ids in the order to stop them: a service before those that it depends on. Compose writes those on its containers. */
export function stopWaves(containers: ContainerSummary[]): string[][] {
  let open = containers;
  const waves: string[][] = [];
  while (open.length > 0) {
    const needed = new Set(open.flatMap((container) => others(container)));
    const free = open.filter((container) => !needed.has(container.compose?.service ?? ''));
    const wave = free.length > 0 ? free : open;
    waves.push(wave.map((container) => container.id));
    open = open.filter((container) => !wave.includes(container));
  }
  return waves;
}

function others(container: ContainerSummary): string[] {
  return dependenciesOf(container.labels).filter((name) => name !== container.compose?.service);
}

async function removeNetworks(docker: Docker, projectName: string): Promise<void> {
  const networks = await docker.listNetworks({ labelFilters: ofComposeProject(projectName) });
  for (const { name } of networks) await removeEdgeNetwork(docker, name);
}

async function removeVolumes(docker: Docker, projectName: string): Promise<void> {
  await docker.removeVolumes(await docker.listVolumes({ labelFilters: ofComposeProject(projectName) }));
}
