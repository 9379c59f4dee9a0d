import type { ContainerSummary } from '@itsup/docker';

import type { DeployedService, DeployedStack, ObservedContainer } from './model';

/** The name that the engine gives a volume without one. */
const ANONYMOUS_VOLUME = /^[0-9a-f]{64}$/;

/** What the planner needs of the engine's listing: Compose's containers, one-off ones (`compose run`) left out. */
export function observe(listing: ContainerSummary[]): ObservedContainer[] {
  return listing.flatMap((container) => {
    const { compose } = container;
    if (compose === null || compose.oneoff) return [];
    return [
      {
        id: container.id,
        name: container.name,
        projectName: compose.project,
        service: compose.service,
        number: compose.number,
        state: container.state,
        exitCode: exitCodeOf(container.status),
        health: container.health,
        image: container.image,
        imageId: compose.imageId === '' ? null : compose.imageId,
        definition: compose.configHash === '' ? null : compose.configHash,
        sources: compose.configFiles,
        networks: container.networks,
        ...(container.ports.length > 0 && { ports: container.ports }),
        ...(container.mounts.some((mount) => ANONYMOUS_VOLUME.test(mount)) && {
          hasAnonymousVolume: true as const,
        }),
      },
    ];
  });
}

/** Containers by Compose project, so that a plan of many stacks looks at each container once. */
export type Observed = ReadonlyMap<string, ObservedContainer[]>;

export function byProject(containers: ObservedContainer[]): Observed {
  const projects = new Map<string, ObservedContainer[]>();
  for (const container of containers) {
    const own = projects.get(container.projectName);
    if (own === undefined) projects.set(container.projectName, [container]);
    else own.push(container);
  }
  return projects;
}

/** Containers of the stack, and of those that its edges, wanted or left over, lead to. */
export function containersFor(
  observed: Observed,
  projectName: string,
  edges: { providerProjectName: string }[],
): ObservedContainer[] {
  const projects = new Set([projectName, ...edges.map((edge) => edge.providerProjectName)]);
  return [...projects].flatMap((project) => observed.get(project) ?? []);
}

/** The listing tells it in words alone: `Exited (137) 2 minutes ago`. */
function exitCodeOf(status: string): number | null {
  const code = /^Exited \((-?\d+)\)/.exec(status)?.[1];
  return code === undefined ? null : Number(code);
}

/**
 * Whether exactly the containers that the last deploy left are there and well, as many as are wanted, each with the
 * image its reference still names: then, with unchanged inputs, there is nothing to do.
 */
export function runsAsDeployed(
  deployed: DeployedStack,
  projectName: string,
  containers: ObservedContainer[],
): boolean {
  const own = containers.filter((container) => container.projectName === projectName);
  const known = Object.values(deployed.services).flatMap((service) => service.containers);
  if (own.length !== known.length) return false;
  // What a deploy left may have been less than it should have left.
  const complete = Object.entries(deployed.services).every(
    ([name, { replicas }]) => own.filter((container) => container.service === name).length === replicas,
  );
  if (!complete) return false;
  const records = new Map(known.map((record) => [record.id, record]));
  // Those of a version that did not ask what they hang on are asked once.
  const hangs = Object.values(deployed.services).every(({ aspects, containers: recorded }) =>
    recorded.every(({ hangsOn }) => hangsOn?.every((id) => records.has(id)) ?? !mayHang(aspects)),
  );
  if (!hangs) return false;
  const allWell = own.every((container) => {
    const record = records.get(container.id);
    return record !== undefined && record.image === container.image && isAsLeft(container, record);
  });
  return allWell && edgesAttached(deployed, containers) && own.every((one) => isOnItsNetworks(deployed, one));
}

/** Whether a container is up and nothing speaks against it. */
export function isWell({ state, health }: { state: string; health: string | null }): boolean {
  return state === 'running' && (health === null || health === 'healthy');
}

/** Whether somebody may be served by it, or will be as soon as it is woken. */
export function isServing({ state }: Pick<ObservedContainer, 'state'>): boolean {
  return state === 'running' || state === 'paused';
}

/** Somebody may have taken it off one, where it reaches nobody any more. */
function isOnItsNetworks(
  { services }: DeployedStack,
  { service, state, networks }: ObservedContainer,
): boolean {
  if (state !== 'running') return true;
  const aspects = Object.keys(services[service]?.aspects ?? {});
  return aspects.every(
    (aspect) => !aspect.startsWith('network ') || networks.includes(aspect.slice('network '.length)),
  );
}

function isAsLeft(container: ObservedContainer, record: DeployedService['containers'][number]): boolean {
  return record.finished ? container.state === 'exited' && container.exitCode === 0 : isWell(container);
}

/** Its definition may use the namespaces or volumes of another container. */
function mayHang(aspects: Readonly<Record<string, string>>): boolean {
  return ['network_mode', 'ipc', 'pid', 'volumes_from'].some((aspect) => aspects[aspect] !== undefined);
}

function edgesAttached(deployed: DeployedStack, containers: ObservedContainer[]): boolean {
  return deployed.edges.every((edge) =>
    containers.every(
      (container) =>
        container.projectName !== edge.providerProjectName ||
        container.service !== edge.service ||
        container.state !== 'running' ||
        container.networks.includes(edge.network),
    ),
  );
}
