import { rm } from 'node:fs/promises';

import { UserError } from '@itsup/config';
import { STACK_LABEL } from '@itsup/docker';
import { removePinsOf } from '@itsup/rollout';

import { idleService } from '../plan/service/idle-service';
import type { ServicePlan, StackPlan } from '../plan/model';
import type { Operation } from '../plan/operation';
import { downOnSwarm } from '../plan/order/down-operations';
import type { StackOutcome } from '../requests';
import { hideSecrets } from '../run/secrets/hide-secrets';
import type { Run } from '../run/run';
import { withStack } from '../run/with-stack';
import { deployedPath } from '../state/deployed';
import { WORKSPACE_LABEL } from '../swarm/deployed-label';
import { removeOldFiles } from './file-objects';
import { bridgeStackOf } from './bridge/bridged-services';
import { leaveProxied } from './proxy-network';
import { removeUnlessUsed } from './render-stack';
import { observeSwarm, servicesOf, type SwarmFacts } from './swarm-facts';

export interface TakeDownOnSwarmOptions {
  /** In words, for the plan and the record. */
  reason: string;
  /** Its volumes on this machine too: data is gone. */
  volumes: boolean;
  lockWaitMs?: number | undefined;
  commit: string | null;
  /** Id of the workspace. */
  workspace: string;
}

const POLL_MS = 500;
/** A task may take its whole grace period to end; then the engine ends it. */
const GONE_MS = 300_000;

/** Takes a stack off the swarm: its services, when these have ended its networks, configs and secrets. */
export async function takeDownOnSwarm(
  shared: Run,
  { stack, projectName }: { stack: string; projectName: string },
  options: TakeDownOnSwarmOptions,
): Promise<StackOutcome> {
  const run = hideSecrets(shared);
  const { docker, state } = run.context;
  const { reason, volumes, lockWaitMs, commit, workspace } = options;
  const facts = await observeSwarm(docker);
  const observed = servicesOf(facts, projectName);
  const bridges = servicesOf(facts, bridgeStackOf(projectName));
  const plan = planDownOnSwarm(run, { stack, projectName }, facts, { reason, volumes });
  if (plan.operations.length === 0) {
    return { stack, status: 'unchanged', plan, problems: [], durationMs: 0 };
  }
  return withStack(run, { stack, command: 'down', lockWaitMs, commit }, async (held) => {
    held.plan = plan;
    const strange = [...observed].filter(([, { service }]) => service.labels[WORKSPACE_LABEL] !== workspace);
    if (strange.length > 0) {
      throw new UserError({
        code: 'foreign-stack',
        severity: 'error',
        project: stack,
        message: `the stack ${projectName} on the swarm was not deployed by this workspace: it is left alone`,
        help: `remove it by hand: docker stack rm ${projectName}; its volumes stay`,
      });
    }
    const { journal } = held;
    const acts: Acts = {
      'drop-routes': () =>
        journal.step('settle-routes', async () => {
          await run.publisher.dropStack(stack);
          // Of a rollout that was killed: the addresses in it will be somebody else's.
          await removePinsOf(state.dynamicDir, stack);
          await docker.swarm.removeStack(bridgeStackOf(projectName));
        }),
      'remove-project': () =>
        journal.step('remove-services', async () => {
          await docker.swarm.removeStack(projectName);
          const all = [...observed.values(), ...bridges.values()];
          await untilGone(
            run,
            projectName,
            all.map(({ service }) => service.id),
          );
          await removeOldFiles(docker, stack, new Set());
          await leaveProxied(docker, stack, workspace);
          await removeUnusedEdges(run, workspace);
        }),
      'remove-project-volumes': () =>
        journal.step('remove-volumes', async () => {
          const labelFilters = [`${STACK_LABEL}=${projectName}`];
          await docker.removeVolumes(await docker.listVolumes({ labelFilters }));
        }),
      forget: async () => {
        await journal.step('forget', () => rm(deployedPath(state, stack), { force: true }));
        run.deployed.delete(stack);
      },
    };
    for (const { kind } of plan.operations) await actOf(acts, kind)();
    return 'down';
  });
}

/** How each operation of `downOnSwarm` is done. */
type Acts = Partial<Record<Operation['kind'], () => Promise<void>>>;

function actOf(acts: Acts, kind: Operation['kind']): () => Promise<void> {
  const act = acts[kind];
  if (act === undefined) throw new TypeError(`${kind} in the plan of a stack that leaves a swarm`);
  return act;
}

/** What taking a stack off the swarm does; without an operation there is nothing of it, also not in the records. */
export function planDownOnSwarm(
  { publisher, deployed }: Pick<Run, 'publisher' | 'deployed'>,
  { stack, projectName }: { stack: string; projectName: string },
  facts: SwarmFacts,
  { reason, volumes }: { reason: string; volumes: boolean },
): StackPlan {
  const services = [...servicesOf(facts, projectName).keys()];
  const isThere = services.length > 0 || publisher.hasRoutes(stack) || deployed.has(stack);
  return {
    ...{ stack, projectName, kind: 'down', edges: [], networks: [], files: publisher.pending(stack) },
    services: services.map((service) => removed(service, reason)),
    operations: isThere || volumes ? downOnSwarm(services, { volumes }) : [],
    ...{ unchanged: !isThere && !volumes, fromRecord: false, notes: [] },
  };
}

/** The plan of a service that goes. */
function removed(service: string, reason: string): ServicePlan {
  return { ...idleService(service, 0), action: 'remove', reasons: [reason] };
}

/** Networks between stacks are of neither: they go with the last of the two that used them. */
async function removeUnusedEdges({ context: { docker } }: Run, workspace: string): Promise<void> {
  const edges = await docker.listNetworks({ labelFilters: [`${WORKSPACE_LABEL}=${workspace}`] });
  for (const { name } of edges) await removeUnlessUsed(docker, name);
}

/** The CLI returns at once; a deploy that follows would trip over networks that are still there. */
async function untilGone({ context }: Run, projectName: string, services: readonly string[]): Promise<void> {
  const { docker, system, reporter } = context;
  const until = system.now() + GONE_MS;
  for (;;) {
    const tasks = (await docker.swarm.listTasks()).filter(({ serviceId }) => services.includes(serviceId));
    const networks = await docker.listNetworks({ labelFilters: [`${STACK_LABEL}=${projectName}`] });
    const left = (await docker.swarm.listServices()).filter(({ stack }) => stack === projectName);
    if (tasks.length === 0 && left.length === 0) {
      // The engine removes a network when its last task is gone, and says so too early.
      for (const { name } of networks) await removeUnlessUsed(docker, name);
      if (networks.length === 0) return;
    }
    if (system.now() > until) {
      throw new UserError({
        code: 'not-gone',
        severity: 'error',
        message: `${projectName} is removed, and not gone after ${GONE_MS / 1000} s: ${[...tasks.map(({ id }) => `task ${id}`), ...networks.map(({ name }) => `network ${name}`)].join(', ')}`,
        help: `look who uses it: docker network inspect <network>; then again: itsup down`,
      });
    }
    reporter.status?.(null, 'waits for tasks and networks to go', `${tasks.length + networks.length} left`);
    await system.sleep(POLL_MS);
  }
}
