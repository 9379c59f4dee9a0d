import path from 'node:path';

import { compareText, type Problem } from '@itsup/config';
import { routeWorkspace } from '@itsup/routing';

import type { DeployContext } from '../../context';
import { certificatesOrNull } from '../../certificates/certificates';
import { Digester } from '../../desired/digest';
import { maintenancePages, type MaintenancePage } from '../../maintenance/pages';
import { isWell, observe } from '../../plan/observe';
import { readDeployed } from '../../state/deployed';
import { listStacks, readIdentity } from '../../state/identity';
import { readJournal } from '../../state/journal';
import { lockedBy } from '../../state/lock';
import { readRecords } from '../../state/records';
import type { ContainerDetails, ContainerSummary } from '@itsup/docker';
import { containerDrift, fileDrift } from './drift';
import { PROXY_STACK, type StackStatus, type StatusRequest } from '../../requests';
import { ownPacketRules } from '../../proxy/packet-rules';
import { composeContainers } from '../../engine/list-engine';
import { unservedNow } from '../../explain/observe-running';
import { publishedRouters } from '../../publish/kept-entry-points';
import { statusOnSwarm } from '../../on-swarm/status';
import { stackSpecs, type StackSpec } from '../../stack/stack-spec';
import { stateInUseProblem } from '../../run/refusal/check-state';
import { successorsOf } from '../../run/successors';

/** What runs and what the last deploys did, from one listing of the engine. */
export async function statusOf(context: DeployContext, request: StatusRequest): Promise<StackStatus[]> {
  if (request.workspace.settings.engine !== 'swarm') return statusOnMachine(context, request);
  const wantsProxy = request.stacks?.includes(PROXY_STACK) ?? true;
  const stacks = request.stacks?.filter((stack) => stack !== PROXY_STACK);
  return [
    ...(wantsProxy ? await statusOnMachine(context, { ...request, stacks: [PROXY_STACK] }) : []),
    ...(await statusOnSwarm(context, { ...request, ...(stacks && { stacks }) })),
  ];
}

/** Of what runs as containers of this machine; on a swarm that is the proxy alone. */
async function statusOnMachine(context: DeployContext, request: StatusRequest): Promise<StackStatus[]> {
  const { docker, root, state } = context;
  const [listing, known, identity] = await Promise.all([
    composeContainers(docker),
    listStacks(state),
    readIdentity(state),
  ]);
  const digester = new Digester(identity?.digestKey ?? '');
  const byProject = new Map<string, ContainerSummary[]>();
  for (const container of listing) {
    if (container.compose === null || container.compose.oneoff) continue;
    const own = byProject.get(container.compose.project) ?? [];
    byProject.set(container.compose.project, [...own, container]);
  }
  const specs = stackSpecs(root, request.workspace, routeWorkspace(request.workspace));
  const stateFolder = await stateFolderRemark(context, listing);
  const orphans = known.filter((stack) => !specs.has(stack));
  const names = request.stacks ?? [
    PROXY_STACK,
    ...request.workspace.projects.map((project) => project.name),
    ...orphans,
  ];
  const certificates = await certificatesOrNull(context, request.workspace, listing);
  const shared = {
    ...{ context, specs, byProject, digester, stateFolder },
    unhealthySince: await unhealthySinces(docker, listing),
    published: (await publishedRouters(state)).stacks,
    unserved: await unservedNow(context, request.workspace, listing),
    pages: await maintenancePages(context),
  };
  const statuses = await Promise.all(
    names.map(async (stack) => ({
      ...(await statusOfStack(shared, stack)),
      certificates: certificates?.filter(({ wanted }) => wanted.stack === stack) ?? null,
    })),
  );
  // A stack that was taken down leaves its records, and nothing that anybody has to know of.
  return statuses.filter(
    ({ state: standing, services, successor, maintenance }) =>
      standing !== 'orphan' || services.length > 0 || successor !== null || maintenance !== null,
  );
}

/** A state folder that cannot be looked at is told as such: status is there to find such things. */
async function stateFolderRemark(
  context: DeployContext,
  listing: readonly ContainerSummary[],
): Promise<string | null> {
  const problem = await stateInUseProblem(context, listing);
  return problem === null ? null : [problem.message, problem.help].filter(Boolean).join('; ');
}

interface Shared {
  context: DeployContext;
  specs: ReadonlyMap<string, StackSpec>;
  byProject: ReadonlyMap<string, ContainerSummary[]>;
  digester: Digester;
  stateFolder: string | null;
  /** By container. */
  unhealthySince: ReadonlyMap<string, string>;
  /** Stacks with a route in some file. */
  published: ReadonlySet<string>;
  /** Of all projects; what concerns the proxy itself has none. */
  unserved: readonly Problem[];
  pages: readonly MaintenancePage[];
}

/** Since when the checks of unhealthy containers fail; nothing is asked where there are none. */
async function unhealthySinces(
  docker: DeployContext['docker'],
  listing: readonly ContainerSummary[],
): Promise<ReadonlyMap<string, string>> {
  const ids = listing.filter(({ health }) => health === 'unhealthy').map(({ id }) => id);
  if (ids.length === 0) return new Map();
  const found = await docker.inspectContainers(ids);
  return new Map(
    found.flatMap(({ id, health, healthcheck }) => {
      const since = health === null ? null : failingSince(health, healthcheck?.intervalMs ?? 0);
      return since === null ? [] : [[id, since] as const];
    }),
  );
}

/** The engine keeps five checks; of a longer streak the others are counted back. */
function failingSince(
  { failingStreak, log }: NonNullable<ContainerDetails['health']>,
  intervalMs: number,
): string | null {
  const failed = log.slice(log.findLastIndex(({ exitCode }) => exitCode === 0) + 1);
  const [first] = failed;
  if (first === undefined) return null;
  const before = Math.max(0, failingStreak - failed.length) * intervalMs;
  return new Date(Date.parse(first.start) - before).toISOString();
}

async function statusOfStack(
  { context, specs, byProject, digester, stateFolder, unhealthySince, published, unserved, pages }: Shared,
  stack: string,
): Promise<Omit<StackStatus, 'certificates'>> {
  const { docker, root, state, system } = context;
  const spec = specs.get(stack) ?? null;
  const [recorded, journal, records, holder] = await Promise.all([
    readDeployed(state, stack),
    readJournal(state, stack),
    readRecords(state, stack, 1),
    lockedBy(path.join(state.stackDir(stack), 'lock'), system),
  ]);
  const successor =
    recorded === null ? null : (successorsOf(new Map([[stack, recorded]]), specs).get(stack) ?? null);
  // What was renamed, or taken down, has nothing of its own any more.
  const deployed = successor === null ? recorded : null;
  const projectName = spec?.projectName ?? deployed?.projectName;
  const containers = projectName === undefined ? [] : (byProject.get(projectName) ?? []);
  const names = new Set([
    ...Object.keys(deployed?.services ?? {}),
    ...containers.map((container) => container.compose?.service ?? ''),
  ]);
  const services = [...names].sort(compareText).map((service): StackStatus['services'][number] => ({
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
        unhealthySince: unhealthySince.get(id) ?? null,
      })),
  }));
  const finished = new Set(
    Object.values(deployed?.services ?? {}).flatMap((service) =>
      service.containers.filter((container) => container.finished).map(({ id }) => id),
    ),
  );
  const drift =
    deployed === null || holder !== null
      ? []
      : [
          ...containerDrift(deployed, observe(containers)),
          ...(spec === null ? [] : await fileDrift(root, deployed, digester, system.now())),
        ];
  const found = stateOf(spec, services, finished);
  // What was never deployed, or is down on purpose, serves nothing; what is being deployed may not serve yet.
  const isDown = found === 'absent' || found === 'disabled' || found === 'orphan' || holder !== null;
  const ofStack = isDown ? [] : unserved.filter(({ project }) => (project ?? PROXY_STACK) === stack);
  const standing = found === 'running' && ofStack.length > 0 ? 'degraded' : found;
  return {
    stack,
    state: standing,
    services,
    unserved: ofStack,
    published: spec?.kind === 'external' ? published.has(stack) : null,
    drift,
    packetFilter: stack === PROXY_STACK && deployed !== null ? await ownPacketRules(docker) : null,
    stateFolder: stack === PROXY_STACK ? stateFolder : null,
    successor,
    lastDeploy: records[0] ?? null,
    maintenance: pageOf(pages, stack),
    // Who holds the lock is still writing that journal.
    unfinished: journal !== null && holder === null ? `${journal.command} of ${journal.startedAt}` : null,
    lockedBy: holder,
  };
}

function pageOf(pages: readonly MaintenancePage[], stack: string): StackStatus['maintenance'] {
  const page = pages.find((one) => one.stack === stack);
  return page === undefined ? null : { since: page.since, by: page.by, isShown: page.isShown };
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
    finished.has(container.id) || isWell(container);
  const complete = services.every(
    (service) => service.containers.filter(well).length >= (service.wanted ?? 0),
  );
  if (complete && containers.every(well)) return 'running';
  return containers.some((container) => container.state === 'running') ? 'degraded' : 'stopped';
}
