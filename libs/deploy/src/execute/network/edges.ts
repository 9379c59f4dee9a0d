import type { Docker } from '@itsup/docker';
import { NETWORK_LABEL } from '@itsup/routing';

import type { DesiredEdge } from '../../plan/model';
import { providersOf } from '../../plan/network/plan-edges';
import { composeContainers } from '../../engine/list-engine';
import { observe } from '../../plan/observe';
import type { StackSpec } from '../../stack/stack-spec';
import { stirTraefik } from '../../proxy/stir-traefik';

/** Which of the networks exist on the engine. */
export async function existingNetworks(docker: Docker, names: string[]): Promise<Set<string>> {
  if (names.length === 0) return new Set();
  const networks = await docker.inspectNetworks([...new Set(names)]);
  return new Set(networks.map((network) => network.name));
}

/** Attaches the provider's running containers to the consumer's networks. Repeatable. */
export async function attachProviders(docker: Docker, edges: DesiredEdge[]): Promise<void> {
  if (edges.length === 0) return;
  const containers = observe(await composeContainers(docker));
  for (const edge of edges) {
    for (const container of providersOf(edge, containers)) {
      if (container.networks.includes(edge.network)) continue;
      await docker.connectNetwork(edge.network, container.id, {
        aliases: edgeAliases(edge.provider, edge.service),
      });
    }
  }
}

/** Attaches containers of one service to the edges of its consumers that exist on the engine. Repeatable. */
export async function attachToConsumers(
  docker: Docker,
  spec: Pick<StackSpec, 'consumers' | 'stack'>,
  service: string,
  ids: string[],
): Promise<void> {
  const wanted = spec.consumers
    .filter((consumer) => consumer.service === service)
    .map(({ network }) => network);
  for (const network of await existingNetworks(docker, wanted)) {
    for (const id of ids)
      await docker.connectNetwork(network, id, { aliases: edgeAliases(spec.stack, service) });
  }
}

/**
 * A provider's names on an edge: its service's, one that no service of the consumer can have, for the case that the
 * first is taken there, and the one that itsUP's edges use, without the project's prefix.
 */
export function edgeAliases(provider: string, service: string): string[] {
  const prefix = `${provider}-`;
  const short = service.startsWith(prefix) ? [service.slice(prefix.length)] : [];
  return [service, `${prefix}${service}`, ...short].filter((alias) => alias !== '');
}

/** Takes a network between stacks away: whatever is attached is detached first. Gone already is done. */
export async function removeEdgeNetwork(docker: Docker, network: string): Promise<void> {
  const [present] = await docker.inspectNetworks([network]);
  if (present === undefined) return;
  const members = present.containers.map(({ id }) => id);
  const reached = await mayBeReachedBy(docker, network, members);
  for (const id of members) await docker.disconnectNetwork(network, id, { force: true });
  await docker.removeNetwork(network);
  if (reached) await stirTraefik(docker);
}

/**
 * Whether Traefik may come to one of the containers by this network: it takes any of them for a container whose label
 * names one that it is not on, as that of a container that was moved off proxynet does until its next change.
 */
async function mayBeReachedBy(docker: Docker, network: string, ids: string[]): Promise<boolean> {
  const containers = ids.length === 0 ? [] : await docker.inspectContainers(ids);
  return containers.some(({ labels, networks }) => {
    const wanted = labels[NETWORK_LABEL];
    return wanted !== undefined && wanted !== network && networks[wanted] === undefined;
  });
}
