import path from 'node:path';

import { routeWorkspace } from '@itsup/routing';

import type { DeployContext } from '../context';
import { readDeployed } from '../state/deployed';
import { listStacks } from '../state/identity';
import { readJournal } from '../state/journal';
import { lockedBy } from '../state/lock';
import { readRecords } from '../state/records';
import { byCodeUnit } from '../sort';
import type { ContainerSummary } from '@itsup/docker';
import { PROXY_STACK, type StackStatus, type StatusRequest } from './model';
import { stackSpecs, type StackSpec } from './stack-spec';

const PROJECT_LABEL = 'com.docker.compose.project';

/** What runs and what the last deploys did, from one listing of the engine. */
export async function statusOf(context: DeployContext, request: StatusRequest): Promise<StackStatus[]> {
  const { docker, root, state } = context;
  const [listing, known] = await Promise.all([
    docker.listContainers({ labelFilters: [PROJECT_LABEL] }),
    listStacks(state),
  ]);
  const byProject = new Map<string, ContainerSummary[]>();
  for (const container of listing) {
    if (container.compose === null || container.compose.oneoff) continue;
    const own = byProject.get(container.compose.project) ?? [];
    byProject.set(container.compose.project, [...own, container]);
  }
  const specs = stackSpecs(root, request.workspace, routeWorkspace(request.workspace));
  const orphans = known.filter((stack) => !specs.has(stack));
  const names = request.stacks ?? [
    PROXY_STACK,
    ...request.workspace.projects.map((project) => project.name),
    ...orphans,
  ];
  const statuses = await Promise.all(
    names.map((stack) => statusOfStack(context, stack, specs.get(stack) ?? null, byProject)),
  );
  // A stack that was taken down leaves its records, and nothing that anybody has to know of.
  return statuses.filter((status) => status.state !== 'orphan' || status.services.length > 0);
}

async function statusOfStack(
  { state, system }: DeployContext,
  stack: string,
  spec: StackSpec | null,
  byProject: Map<string, ContainerSummary[]>,
): Promise<StackStatus> {
  const [deployed, journal, records, holder] = await Promise.all([
    readDeployed(state, stack),
    readJournal(state, stack),
    readRecords(state, stack, 1),
    lockedBy(path.join(state.stackDir(stack), 'lock'), system),
  ]);
  const containers = byProject.get(spec?.projectName ?? deployed?.projectName ?? stack) ?? [];
  const names = new Set([
    ...Object.keys(deployed?.services ?? {}),
    ...containers.map((container) => container.compose?.service ?? ''),
  ]);
  const services = [...names].sort(byCodeUnit).map((service): StackStatus['services'][number] => ({
    service,
    wanted: deployed?.services[service]?.replicas ?? null,
    containers: containers
      .filter((container) => container.compose?.service === service)
      .map(({ id, name, state: containerState, health, image, status }) => ({
        id,
        name,
        state: containerState,
        health,
        image,
        status,
      })),
  }));
  const finished = new Set(
    Object.values(deployed?.services ?? {}).flatMap((service) =>
      service.containers.filter((container) => container.finished).map(({ id }) => id),
    ),
  );
  return {
    stack,
    state: stateOf(spec, services, finished),
    services,
    lastDeploy: records[0] ?? null,
    // Who holds the lock is still writing that journal.
    unfinished: journal !== null && holder === null ? `${journal.command} of ${journal.startedAt}` : null,
    lockedBy: holder,
  };
}

function stateOf(
  spec: StackSpec | null,
  services: StackStatus['services'],
  finished: ReadonlySet<string>,
): StackStatus['state'] {
  if (spec === null) return 'orphan';
  if (spec.kind === 'external') return 'external';
  const containers = services.flatMap((service) => service.containers);
  if (containers.length === 0) return spec.kind === 'down' ? 'disabled' : 'absent';
  const well = (container: (typeof containers)[number]): boolean =>
    finished.has(container.id) ||
    (container.state === 'running' && (container.health === null || container.health === 'healthy'));
  const complete = services.every(
    (service) => service.containers.filter(well).length >= (service.wanted ?? 0),
  );
  if (complete && containers.every(well)) return 'running';
  return containers.some((container) => container.state === 'running') ? 'degraded' : 'stopped';
}
