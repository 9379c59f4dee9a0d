import { mkdir } from 'node:fs/promises';

import { UserError, type Problem } from '@itsup/config';
import type { ComposeModel } from '@itsup/docker';
import { exposedByDefault } from '@itsup/routing';

import { prepareImages } from '../execute/image/prepare-images';
import { recordStack } from '../execute/record-stack';
import type { LoadedStack } from '../desired/loaded-stack';
import type { StackOutcome } from '../requests';
import { failedStack } from '../run/each-stack';
import { failureProblems } from '../run/failure/failure-problems';
import { beforeStack } from '../run/run-certificates';
import { hideSecrets } from '../run/secrets/hide-secrets';
import type { Run } from '../run/run';
import { withStack, type HeldStack } from '../run/with-stack';
import type { StackSpec } from '../stack/stack-spec';
import type { StepHook } from '../state/journal';
import { deployedOf } from '../swarm/deployed-label';
import { swarmNotes } from '../swarm/swarm-notes';
import { dataLabel, dataNode, servicesWithData } from './data-node';
import { settleBridges } from './bridge/settle';
import { servicesNow } from './bridge/tasks';
import { converge, publishRoutes } from './converge';
import { createFiles, removeOldFiles, wantedFiles } from './file-objects';
import { pinnedImages } from './pinned-images';
import { hasChanges } from '../swarm/swarm-operations';
import { loadOnSwarm, planLoadedOnSwarm, planOnSwarmStack, refuseOthers } from './plan-stack';
import { joinProxy, leaveProxied, proxyNetworkOf } from './proxy-network';
import { makeEdges, refuseWithoutProviders, removeOldEdges, renderStack } from './render-stack';
import { observeSwarm, servicesOf, type SwarmFacts } from './swarm-facts';

export interface DeployOnSwarmOptions {
  lockWaitMs?: number | undefined;
  commit: string | null;
  hook?: StepHook;
  /** A rollback brings its own model; it is never taken as unchanged by the record of the sources. */
  restore?: (run: Run, spec: StackSpec) => Promise<LoadedStack>;
  /**
   * Asks for the rows of what was deployed; what is not served is part of the record.
   * @param restored what a rollback went back to; null: the sources say what there is
   */
  askRows(run: Run, spec: StackSpec, restored: ComposeModel | null): Promise<Problem[]>;
  /** Id of the workspace. */
  workspace: string;
}

/**
 * Converges one stack on the swarm. Never rejects: whatever goes wrong is in the outcome.
 * @param facts of the beginning of the run; under the stack's lock the swarm is asked anew
 */
export async function deployOnSwarm(
  shared: Run,
  spec: StackSpec,
  facts: SwarmFacts,
  options: DeployOnSwarmOptions,
): Promise<StackOutcome> {
  const run = hideSecrets(shared);
  const { stack } = spec;
  const { system } = run.context;
  const began = system.now();
  try {
    const { lockWaitMs, commit, hook, restore } = options;
    const isRestored = restore !== undefined;
    const glance = isRestored ? null : await planOnSwarmStack(run, spec, facts, options.workspace);
    if (glance !== null && glance.loaded === null && glance.plan.unchanged) {
      return {
        stack,
        status: 'unchanged',
        plan: glance.plan,
        problems: [],
        durationMs: system.now() - began,
      };
    }
    const command = isRestored ? ('rollback' as const) : ('deploy' as const);
    const task = { stack, command, lockWaitMs, commit, ...(hook && { hook }) };
    const act = async (held: HeldStack): Promise<Done> => {
      if (glance === null || glance.loaded !== null || held.waited || hasChanges(glance.plan)) {
        return deployLocked(run, spec, options, held.waited ? null : (glance?.loaded ?? null), held);
      }
      // Routes in files alone differ: its one operation.
      held.plan = glance.plan;
      await publishRoutes(run, spec, held);
      return { status: 'deployed', loaded: null };
    };
    return await withStack(run, task, async (held) => {
      const { status, loaded } = await act(held);
      if (status === 'deployed') {
        const restored = isRestored ? (loaded?.model ?? null) : null;
        held.unserved = await held.journal.step('ask-rows', () => options.askRows(run, spec, restored));
      }
      return status;
    });
  } catch (error) {
    const problems = failureProblems(run, spec, error);
    return failedStack(stack, problems, system.now() - began);
  }
}

interface Done {
  status: 'deployed' | 'unchanged';
  /** null: Compose was not asked. */
  loaded: LoadedStack | null;
}

async function deployLocked(
  run: Run,
  spec: StackSpec,
  { workspace, restore }: DeployOnSwarmOptions,
  glance: LoadedStack | null,
  held: HeldStack,
): Promise<Done> {
  const { context } = run;
  const { docker, reporter } = context;
  const { journal } = held;
  const isSettled = await settleBridges(run, spec.stack, spec.projectName, held);
  const facts = await observeSwarm(docker);
  const observed = servicesOf(facts, spec.projectName);
  refuseOthers(run, spec, observed, workspace);
  let loaded = glance ?? (await loadOnSwarm(run, spec, facts, restore && (() => restore(run, spec))));
  let plan = await planLoadedOnSwarm(run, loaded, observed, workspace);
  held.plan = plan;
  for (const note of plan.notes) reporter.line(spec.stack, `note: ${note}`);
  for (const { message } of swarmNotes(spec.stack, loaded.model, () => undefined)) {
    reporter.line(spec.stack, `note: ${message}`);
  }
  refuseWithoutProviders(loaded, (provider, service, network) => {
    const one = servicesOf(facts, provider).get(service);
    return one !== undefined && deployedOf(one.service)?.aspects[`network ${network}`] !== undefined;
  });
  const withData = servicesWithData(loaded.model);
  const data =
    withData.length === 0
      ? null
      : dataNode(
          spec.stack,
          spec.projectName,
          facts,
          withData.some((name) => observed.has(name)),
        );
  const files = await wantedFiles(run, loaded);

  const prepared = await prepareImages(context, loaded, plan, journal, run);
  if (prepared !== null) {
    loaded = prepared;
    plan = await planLoadedOnSwarm(run, loaded, observed, workspace);
    held.plan = plan;
  }
  const images = await pinnedImages(docker, spec.stack, loaded.desired.services, facts.nodes.length);
  const proxyNetwork = proxyNetworkOf(loaded.model, exposedByDefault(run.request.workspace.settings));
  const file = renderStack(loaded, { workspace, images, files, withData, proxyNetwork });
  if (hasChanges(plan)) await beforeStack(run, spec.stack, loaded.desired.services);
  const done = loaded;
  const makeObjects = async (): Promise<void> => {
    if (data?.isNew) await docker.swarm.setNodeLabel(data.node.id, dataLabel(spec.projectName), 'true');
    if (data?.node.id === facts.nodeId) await makeFolders(done);
    await createFiles(docker, done, files, workspace);
    await makeEdges(docker, done, workspace);
    if (proxyNetwork !== null) await joinProxy(run, proxyNetwork, { stack: spec.stack, workspace });
  };
  const removeOldObjects = async (): Promise<void> => {
    // Those of before stay for one more deploy: the engine's way back needs them.
    const old = [...observed.values()].flatMap(({ service }) => service.files);
    await removeOldFiles(docker, spec.stack, new Set([...files.map(({ name }) => name), ...old]));
    await removeOldEdges(run, done);
    if (proxyNetwork === null) await leaveProxied(docker, spec.stack, workspace);
  };
  const settle = async (): Promise<void> => {
    if (!isSettled) await settleBridges(run, spec.stack, spec.projectName, held);
  };
  const before = await servicesNow(docker, spec.projectName);
  await converge({ run, loaded, file, held, observed: before, makeObjects, settle, removeOldObjects }, plan);
  const { id } = held;
  await journal.step('record', async () => {
    run.deployed.set(spec.stack, await recordStack(run, loaded, plan, plan.unchanged ? null : id));
  });
  return { status: plan.unchanged ? 'unchanged' : 'deployed', loaded };
}

/** As Compose does on its machine; a swarm fails a task whose folder is not there. */
async function makeFolders({ spec, model }: LoadedStack): Promise<void> {
  for (const { volumes = [] } of Object.values(model.services)) {
    for (const { type, source, bind } of volumes) {
      if (type !== 'bind' || source === undefined || bind?.create_host_path === false) continue;
      await mkdir(source, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'EEXIST') return;
        throw new UserError({
          code: 'mount-missing',
          severity: 'error',
          project: spec.stack,
          message: `${source} is mounted, is not there and cannot be made: ${error.message}`,
          help: 'create it, or correct the path',
        });
      });
    }
  }
}
