import { closingEdges, type Project } from '@itsup/config';
import { graphOf } from './egress-circles';
import { providerService } from './egress-problems';
import type { Edge, ProjectRouting } from '../model';

type Projects = ReadonlyMap<string, Project>;

/** Puts the provider's real service into edges that name it as itsUP's container. Networks keep their names. */
export function nameServices(routings: readonly ProjectRouting[], projects: Projects): ProjectRouting[] {
  return mapEdges(routings, (edge) => {
    const provider = projects.get(edge.provider);
    const service = provider ? providerService(provider, edge.service) : null;
    return [service === null || service === edge.service ? edge : { ...edge, service }];
  });
}

/**
 * The edges that are deployed: without those to hosts outside Docker, and marked where nobody waits for the provider.
 */
export function deployedEdges(routings: readonly ProjectRouting[], projects: Projects): ProjectRouting[] {
  const closing = closingEdges(graphOf(routings.flatMap(({ edges }) => edges)));
  return mapEdges(routings, (edge) => {
    if (projects.get(edge.provider)?.kind === 'external') return [];
    const isClosing = closing.has(`${edge.consumer} ${edge.provider}`);
    if (isClosing === (edge.unordered === true)) return [edge];
    const { unordered: _, ...ordered } = edge;
    return [isClosing ? { ...ordered, unordered: true } : ordered];
  });
}

/** The same objects where no edge changes. */
function mapEdges(routings: readonly ProjectRouting[], map: (edge: Edge) => Edge[]): ProjectRouting[] {
  return routings.map((routing) => {
    const edges = routing.edges.flatMap(map);
    const isSame =
      edges.length === routing.edges.length && edges.every((edge, at) => edge === routing.edges[at]);
    return isSame ? routing : { ...routing, edges };
  });
}
