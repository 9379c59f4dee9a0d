import path from 'node:path';

import { problemsOf } from '@itsup/config';
import type { ContainerSummary, Docker } from '@itsup/docker';
import { rm } from 'node:fs/promises';

import { removeEdgeNetwork } from '../execute/edges';
import { removePinsOf } from '@itsup/rollout';
import { deployedPath } from '../state/deployed';
import { openJournal, readJournal, rolloutsOf, type Journal, type StepHook } from '../state/journal';
import { acquireLock } from '../state/lock';
import { newRecordId, pruneRecords, writeRecord } from '../state/records';
import type { StackOutcome } from '../requests';
import { planDownOf } from './plan-stacks';
import type { Run } from '../run/run';
import { notTakenOver, planForgetting } from '../stack/successors';

export interface TakeDownOptions {
  /** In words, for the plan and the record. */
  reason: string;
  /** Named volumes too: data is gone. */
  volumes: boolean;
  lockWaitMs: number;
  commit: string | null;
  hook?: StepHook;
}

/** Steps of taking a stack down, in order. */
export const takeDownSteps = [
  'settle-routes',
  'remove-services',
  'remove-networks',
  'remove-volumes',
  'forget',
] as const;

const PROJECT_LABEL = 'com.docker.compose.project';
const DEPENDS_LABEL = 'com.docker.compose.depends_on';

/**
 * Takes a stack down: its routes first, then its containers by id, consumers before what they depend on, then its
 * networks, and volumes only when asked. Needs no Compose file, so a stack whose folder is gone goes the same way; of
 * one that was renamed, and whose containers are another stack's by now, only what is remembered goes.
 */
export async function takeDown(
  run: Run,
  spec: { stack: string; projectName: string },
  options: TakeDownOptions,
): Promise<StackOutcome> {
  const { context } = run;
  const { system, state, docker } = context;
  const began = system.now();
  const heir = run.successors.get(spec.stack) ?? null;
  const whole = planDownOf(run, spec, options.reason);
  const plan = heir === null ? whole : planForgetting(whole, heir);
  const outcome = (
    status: StackOutcome['status'],
    problems: StackOutcome['problems'] = [],
  ): StackOutcome => ({
    stack: spec.stack,
    status,
    plan,
    problems,
    durationMs: system.now() - began,
  });
  // A deploy that was killed may have left a pin where nothing else is left.
  const unsettled = (await readJournal(state, spec.stack)) !== null;
  if (plan.unchanged && !options.volumes && !unsettled) return outcome('unchanged');
  const early = heir === null ? null : notTakenOver(run, spec.stack, spec.projectName, heir);
  if (early !== null) return outcome('skipped', [early]);
  try {
    const lock = await acquireLock({
      file: path.join(state.stackDir(spec.stack), 'lock'),
      what: `stack ${spec.stack}`,
      command: 'down',
      waitMs: options.lockWaitMs,
      system,
      ...(context.signal && { signal: context.signal }),
      onWait: (holder) => context.reporter.line(spec.stack, `waits for the ${holder}`),
    });
    try {
      const id = newRecordId(began);
      const journal = await openJournal({
        state,
        stack: spec.stack,
        id,
        command: 'down',
        system,
        // Killed again, the state of a rollout is still there.
        inherited: rolloutsOf(await readJournal(state, spec.stack)),
        ...(options.hook && { hook: options.hook }),
      });
      await journal.step('settle-routes', async () => {
        await run.publisher.dropStack(spec.stack);
        // Of a rollout that was killed: the addresses in it will be somebody else's.
        await removePinsOf(state.dynamicDir, spec.stack);
      });
      if (heir === null) await removeAll(docker, spec.projectName, options, journal);
      await journal.step('forget', () => rm(deployedPath(state, spec.stack), { force: true }));
      run.deployed.delete(spec.stack);
      await writeRecord(state, {
        id,
        stack: spec.stack,
        command: 'down',
        outcome: 'down',
        startedAt: new Date(began).toISOString(),
        durationMs: system.now() - began,
        by: `${system.user}@${system.hostname}`,
        commit: options.commit,
        services: plan.services.map(({ service, action, reasons }) => ({ service, action, reasons })),
        steps: journal.durations,
        problems: [],
        restorable: false,
      });
      await pruneRecords(state, spec.stack);
      await journal.close();
      return outcome('down');
    } finally {
      await lock.release();
    }
  } catch (error) {
    return outcome(
      'failed',
      problemsOf(error).map((problem) => ({ ...problem, project: problem.project ?? spec.stack })),
    );
  }
}

async function removeAll(
  docker: Docker,
  projectName: string,
  { volumes }: TakeDownOptions,
  journal: Journal,
): Promise<void> {
  await journal.step('remove-services', () => removeProject(docker, projectName));
  await journal.step('remove-networks', () => removeNetworks(docker, projectName));
  if (volumes) await journal.step('remove-volumes', () => removeVolumes(docker, projectName));
}

/** All containers of the Compose project, one-off ones too, those first that others do not depend on. */
async function removeProject(docker: Docker, projectName: string): Promise<void> {
  const containers = await docker.listContainers({
    labelFilters: [`${PROJECT_LABEL}=${projectName}`],
    labels: [DEPENDS_LABEL],
  });
  for (const wave of stopWaves(containers)) {
    await docker.stop(wave);
    await docker.remove(wave, { force: true, volumes: true });
  }
}

/** Ids in the order to stop them: a service before those that it depends on. Compose writes those on its containers. */
export function stopWaves(containers: ContainerSummary[]): string[][] {
  let open = containers;
  const waves: string[][] = [];
  while (open.length > 0) {
    const needed = new Set(open.flatMap((container) => dependenciesOf(container)));
    const free = open.filter((container) => !needed.has(container.compose?.service ?? ''));
    const wave = free.length > 0 ? free : open;
    waves.push(wave.map((container) => container.id));
    open = open.filter((container) => !wave.includes(container));
  }
  return waves;
}

/** `db:service_healthy:false,cache:service_started:false` */
function dependenciesOf(container: ContainerSummary): string[] {
  const own = container.compose?.service ?? '';
  return (container.labels[DEPENDS_LABEL] ?? '')
    .split(',')
    .map((entry) => entry.split(':')[0] ?? '')
    .filter((name) => name !== '' && name !== own);
}

async function removeNetworks(docker: Docker, projectName: string): Promise<void> {
  const networks = await docker.listNetworks({ labelFilters: [`${PROJECT_LABEL}=${projectName}`] });
  for (const { name } of networks) await removeEdgeNetwork(docker, name);
}

async function removeVolumes(docker: Docker, projectName: string): Promise<void> {
  await docker.removeVolumes(await docker.listVolumes({ labelFilters: [`${PROJECT_LABEL}=${projectName}`] }));
}
