import type { Problem, Project, ServiceFacts } from '@itsup/config';
import { composeProjectName } from '../names/compose-name';
import { providerService } from './egress-problems';
import type { Edge } from '../model';
import { engineName, resolvedName } from '../networks/traefik-network';

/**
 * Names that a consumer brings onto an edge and that the provider's service knows its own siblings by. Compose gives
 * every container its service's name on each of its networks, the edge included. Docker's resolver asks the networks
 * that lead outside first, then the internal ones, of which an edge is one, by their names (libnetwork,
 * `Endpoint.Less`). So where the provider's service meets its sibling on internal networks alone, whose names sort
 * behind the edge's, the consumer answers in the sibling's place; else only while the sibling does not run.
 *
 * An error of the consumer in the first case, unless the provider's `exports` name it; then a warning. Else a note.
 */
export function edgeSiblingProblems(
  edges: readonly Edge[],
  projects: ReadonlyMap<string, Project>,
): Problem[] {
  return edges.flatMap((edge) => {
    const [consumer, provider] = [projects.get(edge.consumer), projects.get(edge.provider)];
    if (!consumer?.enabled || !provider?.enabled || !consumer.compose || !provider.compose) return [];
    const name = providerService(provider, edge.service);
    const asker = provider.compose.services.find((service) => service.name === name);
    if (asker === undefined || asker.networkMode !== null) return [];
    const brought = new Set(consumer.compose.services.flatMap(namesOf));
    return siblingsOf(provider, asker, edge.network).flatMap(({ sibling, comesFirst }) =>
      namesOf(sibling)
        .filter((each) => brought.has(each))
        .map((taken) => problemOf(edge, provider, asker, sibling, { taken, comesFirst })),
    );
  });
}

function problemOf(
  edge: Edge,
  provider: Project,
  asker: ServiceFacts,
  sibling: ServiceFacts,
  { taken, comesFirst }: { taken: string; comesFirst: boolean },
): Problem {
  const consents = provider.exports?.services.some(
    ({ name, projects }) =>
      providerService(provider, name) === asker.name && projects.includes(edge.consumer),
  );
  const severity = comesFirst ? 'note' : consents === true ? 'warning' : 'error';
  const who = `${edge.consumer} has a ${taken} too, which ${provider.name}:${asker.name} meets on the edge`;
  return {
    code: 'egress-sibling-name',
    severity,
    message: comesFirst
      ? `${who}: it answers to that name while ${provider.name}:${sibling.name} does not run`
      : `${who}: it answers to that name in place of ${provider.name}:${sibling.name}, for Docker asks ${edge.network} first`,
    help: `rename one of the two, or let ${asker.name} of ${provider.name} ask ${taken}.<network>, with the network's name on the engine`,
    place: edge.place,
    project: edge.consumer,
    related: [{ message: `${provider.name}:${sibling.name} is here`, place: sibling.place }],
  };
}

/** By what other containers of its networks find a service's container. */
function namesOf({ name, containerName, networkMode }: ServiceFacts): string[] {
  if (networkMode !== null) return [];
  return containerName === null || containerName === name ? [name] : [name, containerName];
}

/**
 * Services that share a network with one; `comesFirst`: one that Docker asks before the edge, as far as the file says.
 */
function siblingsOf(
  provider: Project,
  service: ServiceFacts,
  edge: string,
): { sibling: ServiceFacts; comesFirst: boolean }[] {
  const { compose } = provider;
  if (compose === null) return [];
  const own = networksOf(service);
  const isBefore = (key: string): boolean => {
    if (compose.networkFacts?.[key]?.internal !== true) return true;
    const name = resolvedName(engineName(compose, key), composeProjectName(provider));
    return name !== null && name < edge;
  };
  return compose.services.flatMap((sibling) => {
    if (sibling === service || sibling.networkMode !== null) return [];
    const shared = networksOf(sibling).filter((key) => own.includes(key));
    return shared.length === 0 ? [] : [{ sibling, comesFirst: shared.some(isBefore) }];
  });
}

function networksOf({ networks }: ServiceFacts): string[] {
  return networks === null || networks.length === 0 ? ['default'] : networks;
}
