import path from 'node:path';

import type { SwarmNode, SwarmTask } from '@itsup/docker';
import { routeWorkspace } from '@itsup/routing';

import type { DeployContext } from '../context';
import { PROXY_STACK, type StackStatus, type StatusRequest } from '../requests';
import { stackSpecs } from '../stack/stack-spec';
import { readDeployed } from '../state/deployed';
import { listStacks } from '../state/identity';
import { readJournal } from '../state/journal';
import { lockedBy } from '../state/lock';
import { readRecords } from '../state/records';
import { deployedOf } from '../swarm/deployed-label';
import type { ObservedService } from '../swarm/plan-swarm';
import { observeSwarm, servicesOf, type SwarmFacts } from './swarm-facts';

/** What of the workspace runs on the swarm, and where; from one look at the swarm. */
export async function statusOnSwarm(context: DeployContext, request: StatusRequest): Promise<StackStatus[]> {
  const { docker, root, state } = context;
  const facts = await observeSwarm(docker);
  const specs = stackSpecs(root, request.workspace, routeWorkspace(request.workspace));
  const orphans = (await listStacks(state)).filter((stack) => !specs.has(stack));
  const names = request.stacks ?? [...[...specs.keys()].filter((name) => name !== PROXY_STACK), ...orphans];
  const statuses = await Promise.all(
    names.map(async (stack): Promise<StackStatus> => {
      const spec = specs.get(stack);
      const deployed = await readDeployed(state, stack);
      const projectName = spec?.projectName ?? deployed?.projectName ?? stack;
      const observed = servicesOf(facts, projectName);
      const [lastDeploy = null] = await readRecords(state, stack, 1);
      const now = context.system.now();
      const services = [...observed].map(([name, one]) => serviceStatus(name, one, facts, now));
      const journal = await readJournal(state, stack);
      const holder = await lockedBy(path.join(state.stackDir(stack), 'lock'), context.system);
      return {
        stack,
        state: standing(spec?.kind, spec === undefined, [...observed.values()]),
        services,
        unserved: [],
        published: null,
        drift: [...observed].flatMap(([name, one]) => driftOf(name, one)),
        packetFilter: null,
        stateFolder: null,
        successor: null,
        lastDeploy,
        certificates: null,
        maintenance: null,
        unfinished: journal !== null && holder === null ? `${journal.command} of ${journal.startedAt}` : null,
        lockedBy: holder,
      };
    }),
  );
  return statuses.filter(({ state: standingOf, services }) => standingOf !== 'orphan' || services.length > 0);
}

function standing(
  kind: 'converge' | 'down' | 'external' | undefined,
  isOrphan: boolean,
  observed: readonly ObservedService[],
): StackStatus['state'] {
  if (isOrphan) return 'orphan';
  if (kind === 'external') return 'external';
  if (observed.length === 0) return kind === 'down' ? 'disabled' : 'absent';
  const counts = observed.map(({ service, tasks }) => ({
    wanted: service.replicas ?? 1,
    there: tasks.filter(({ state }) => state === 'running' || state === 'complete').length,
  }));
  if (counts.every(({ wanted, there }) => there >= wanted)) return 'running';
  return counts.some(({ there }) => there > 0) ? 'degraded' : 'stopped';
}

/** Tasks that are wanted, and of a service without a running one the newest that ended: why it does not run. */
function serviceStatus(
  name: string,
  { service, tasks }: ObservedService,
  { nodes }: SwarmFacts,
  now: number,
): StackStatus['services'][number] {
  const newestFirst = [...tasks].sort((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt));
  const wanted = newestFirst.filter(
    ({ desiredState, state }) => desiredState === 'running' || state === 'complete',
  );
  const ended = newestFirst.filter(({ error }) => error !== '').slice(0, 1);
  const isUp = wanted.some(({ state }) => state === 'running' || state === 'complete');
  return {
    service: name,
    wanted: service.replicas,
    containers: [...wanted, ...(isUp ? [] : ended.filter((task) => !wanted.includes(task)))].map((task) => ({
      id: task.id,
      name: `${service.name}.${task.slot === 0 ? task.nodeId : task.slot}`,
      state: task.state,
      health: null,
      image: deployedOf(service)?.image ?? service.image,
      status: wordsOf(task, nodes, now),
      unhealthySince: null,
    })),
  };
}

/** `Up 5 minutes on alpha`, as the engine says it of a container; of others why they do not run. */
function wordsOf(
  { state, nodeId, error, since }: SwarmTask,
  nodes: readonly SwarmNode[],
  now: number,
): string {
  const node = nodes.find(({ id }) => id === nodeId)?.hostName;
  const where = node === undefined ? '' : ` on ${node}`;
  if (state === 'running') return `Up ${age(now - Date.parse(since))}${where}`;
  return `${state}${where}${error === '' ? '' : `: ${error}`}`;
}

function age(ms: number): string {
  const units = [
    ['day', 86_400_000],
    ['hour', 3_600_000],
    ['minute', 60_000],
    ['second', 1000],
  ] as const;
  const [name, size] = units.find(([, one]) => ms >= one) ?? ['second', 1000];
  const count = Math.max(0, Math.floor(ms / size));
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}

function driftOf(name: string, { service }: ObservedService): StackStatus['drift'] {
  const left = deployedOf(service);
  const drift: StackStatus['drift'] = [];
  if (left === null) {
    drift.push({ kind: 'unknown', service: name, message: `${name} was not made by a deploy` });
  } else if (service.replicas !== null && service.replicas !== left.replicas) {
    const message = `${name} was scaled by hand: ${service.replicas} instead of ${left.replicas}`;
    drift.push({ kind: 'unknown', service: name, message });
  }
  if (service.update?.state.startsWith('rollback') === true || service.update?.state === 'paused') {
    const message = `the last update of ${name} failed and is ${service.update.state}: ${service.update.message}`;
    drift.push({ kind: 'image', service: name, message });
  }
  return drift;
}
