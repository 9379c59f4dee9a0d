import type { ContainerDetails, Docker, NetworkDetails, VolumeDetails } from '@itsup/docker';

import type { DeployedStack, DesiredStack, ObservedContainer } from '../plan/model';
import { isChanged } from '../plan/network/plan-networks';

/** What one listing of the containers does not tell, asked only where it may decide something. */
export interface LiveFacts {
  networks: NetworkDetails[];
  volumes: VolumeDetails[];
  /** By container: those whose namespaces or volumes it uses, by id. */
  hangsOn: ReadonlyMap<string, string[]>;
}

/** Of a host where nothing is. */
export const NOTHING_LIVE: LiveFacts = { networks: [], volumes: [], hangsOn: new Map() };

/**
 * Asks the engine for the networks and volumes whose definition is not the one that the last deploy left, and what the
 * containers of services hang on that use another one's.
 * @param containers of the stack
 */
export async function liveFacts(
  docker: Pick<Docker, 'inspectNetworks' | 'inspectVolumes' | 'inspectContainers'>,
  desired: DesiredStack,
  deployed: DeployedStack | null,
  containers: readonly ObservedContainer[],
): Promise<LiveFacts> {
  const networks = desired.ownNetworks.filter((one) => isChanged(deployed?.networks, one));
  const volumes = desired.ownVolumes.filter((one) => isChanged(deployed?.volumes, one));
  const [liveNetworks, liveVolumes, hangsOn] = await Promise.all([
    containers.length === 0 || networks.length === 0
      ? []
      : docker.inspectNetworks(networks.map(({ name }) => name)),
    volumes.length === 0 ? [] : docker.inspectVolumes(volumes.map(({ name }) => name)),
    whatHangs(docker, desired, containers),
  ]);
  return { networks: liveNetworks, volumes: liveVolumes, hangsOn };
}

/** By container of a service that uses another one's: the containers it hangs on. */
export async function whatHangs(
  docker: Pick<Docker, 'inspectContainers'>,
  { services }: Pick<DesiredStack, 'services'>,
  containers: readonly ObservedContainer[],
): Promise<ReadonlyMap<string, string[]>> {
  const hanging = new Set(services.filter(({ hangsOn }) => hangsOn.length > 0).map(({ name }) => name));
  const ids = containers.filter(({ service }) => hanging.has(service)).map(({ id }) => id);
  return ids.length === 0 ? new Map() : ofStack(docker, await docker.inspectContainers(ids), containers);
}

/**
 * What the stack's containers hang on, of its own or gone. A container of somebody else is named by the file, and is
 * that one's own business.
 */
async function ofStack(
  docker: Pick<Docker, 'inspectContainers'>,
  details: readonly ContainerDetails[],
  containers: readonly ObservedContainer[],
): Promise<ReadonlyMap<string, string[]>> {
  const own = new Set(containers.map(({ id }) => id));
  const joins = [...new Set(details.flatMap((one) => one.joins))];
  const unknown = joins.filter((id) => !own.has(id));
  const others = unknown.length === 0 ? [] : await docker.inspectContainers(unknown);
  const foreign = new Set(others.flatMap(({ id, name }) => [id, name]));
  return new Map(details.map((one) => [one.id, one.joins.filter((id) => !foreign.has(id))]));
}
