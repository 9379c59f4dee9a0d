import {
  DEPENDENCIES_LABEL,
  type ContainerSummary,
  dependenciesOf,
  type Docker,
  ofComposeProject,
} from '@itsup/docker';
import { rm } from 'node:fs/promises';

import { problemsOf } from '@itsup/config';

import { loadDesired } from '../../desired/load-desired';
import { projectText } from '../../desired/environment/project-text';
import { runPreStop } from '../../execute/service/hooks';
import { leadOn } from '../../execute/service/lead-on';
import { removeEdgeNetwork } from '../../execute/network/edges';
import type { DownKind, DownOperation } from '../../plan/operation';
import { downOperations, forgetOperations } from '../../plan/order/down-operations';
import { removePinsOf } from '@itsup/rollout';
import { deployedPath, type DeployedFile } from '../../state/deployed';
import { forgetStarting } from '../../state/starting';
import { readJournal, type StepHook } from '../../state/journal';
import { hideSecrets } from '../../run/secrets/hide-secrets';
import type { StackOutcome } from '../../requests';
import { loadOptions } from '../../run/load-options';
import { planDownOf } from '../plan/plan-stacks';
import type { Run } from '../../run/run';
import { notTakenOver, planForgetting } from '../../run/successors';
import { withStack } from '../../run/with-stack';

export interface TakeDownOptions {
  /** In words, for the plan and the record. */
  reason: string;
  /** Volumes too, named and anonymous: data is gone. */
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
  const services = plan.services.map(({ service }) => service);
  const operations = heir === null ? downOperations(services, options) : forgetOperations();
  const { lockWaitMs, commit, hook } = options;
  const task = { stack, command: 'down' as const, lockWaitMs, commit, ...(hook && { hook }) };
  return withStack(run, task, async (held) => {
    const { journal } = held;
    held.plan = { ...plan, operations };
    let ledOn: (() => Promise<void>) | null = null;
    const leadBack = async (): Promise<void> => {
      const end = ledOn;
      ledOn = null;
      if (end !== null) await journal.step('unpin', end);
    };
    const acts: Acts = {
      'drop-routes': () =>
        journal.step('settle-routes', async () => {
          await run.publisher.dropStack(stack);
          // Of a rollout that was killed: the addresses in it will be somebody else's.
          await removePinsOf(state.dynamicDir, stack);
        }),
      'lead-on': async () => {
        ledOn = await journal.step('hand-on', () => leadOn(run, spec));
      },
      'remove-project': async ({ volumes }) => {
        const beforeStop = await preStopOf(run, stack);
        const stops = { run: beforeStop, after: dependenciesRecorded(run.deployed.get(stack)), volumes };
        await journal.step('remove-services', () => removeProject(docker, projectName, stops));
      },
      'remove-project-networks': () =>
        journal.step('remove-networks', () => removeNetworks(docker, projectName)),
      'remove-project-volumes': () =>
        journal.step('remove-volumes', () => removeVolumes(docker, projectName)),
      'lead-back': leadBack,
      forget: async () => {
        await journal.step('forget', async () => {
          await forgetStarting(state, stack);
          await rm(deployedPath(state, stack), { force: true });
        });
        run.deployed.delete(stack);
      },
    };
    try {
      for (const operation of operations) await carryOut(acts, operation);
    } finally {
      // After a failure too.
      await leadBack();
    }
    return 'down';
  });
}

type Acts = {
  [Kind in DownKind]: (operation: Extract<DownOperation, { kind: Kind }>) => Promise<void>;
};

function carryOut<Kind extends DownKind>(
  acts: Acts,
  operation: Extract<DownOperation, { kind: Kind }>,
): Promise<void> {
  return acts[operation.kind as Kind](operation);
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

interface Stops {
  /** What runs before a container is stopped. */
  run: BeforeStop | null;
  /** Services that a service depends on, by its name. */
  after: ReadonlyMap<string, readonly string[]>;
  /** Anonymous volumes go along. */
  volumes: boolean;
}

/** By service, as the last deploy wrote it down. */
function dependenciesRecorded(deployed: DeployedFile | undefined): Stops['after'] {
  const services = Object.entries(deployed?.services ?? {});
  return new Map(services.flatMap(([name, { dependsOn }]) => (dependsOn ? [[name, dependsOn]] : [])));
}

/**
 * All containers of the Compose project, one-off ones too, those first that others do not depend on. Their anonymous
 * volumes stay unless volumes are to go, as with `docker compose down`.
 */
async function removeProject(
  docker: Docker,
  projectName: string,
  { run: beforeStop, after, volumes }: Stops,
): Promise<void> {
  const containers = await docker.listContainers({
    labelFilters: ofComposeProject(projectName),
    labels: [DEPENDENCIES_LABEL],
  });
  for (const wave of stopWaves(containers, after)) {
    for (const { id, compose } of containers) {
      if (compose !== null && !compose.oneoff && wave.includes(id)) await beforeStop?.(compose.service, id);
    }
    await docker.stop(wave);
    await docker.remove(wave, { force: true, volumes });
  }
}

/**
 * Ids in the order to stop them: a service before those that it depends on.
 *
 * @param recorded what a service depends on, by its name; of one that is not there Compose's label tells it, which
 *   names those alone that were started in the same call
 */
export function stopWaves(containers: ContainerSummary[], recorded: Stops['after'] = new Map()): string[][] {
  let open = containers;
  const waves: string[][] = [];
  while (open.length > 0) {
    const needed = new Set(open.flatMap((container) => others(container, recorded)));
    const free = open.filter((container) => !needed.has(container.compose?.service ?? ''));
    const wave = free.length > 0 ? free : open;
    waves.push(wave.map((container) => container.id));
    open = open.filter((container) => !wave.includes(container));
  }
  return waves;
}

function others({ compose, labels }: ContainerSummary, recorded: Stops['after']): string[] {
  const service = compose?.service ?? '';
  return (recorded.get(service) ?? dependenciesOf(labels)).filter((name) => name !== service);
}

async function removeNetworks(docker: Docker, projectName: string): Promise<void> {
  const networks = await docker.listNetworks({ labelFilters: ofComposeProject(projectName) });
  for (const { name } of networks) await removeEdgeNetwork(docker, name);
}

async function removeVolumes(docker: Docker, projectName: string): Promise<void> {
  await docker.removeVolumes(await docker.listVolumes({ labelFilters: ofComposeProject(projectName) }));
}
