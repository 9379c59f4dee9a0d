import type { Place, Problem, Project, ServiceFacts } from '@itsup/config';
import { labelFields, listOf, qualifiedBy } from '@itsup/traefik';
import type { Lookups } from '../conflicts/circumstances';
import type { RoutedProject } from '../conflicts/conflict';
import { hasWrittenLabels, writtenLabels } from '../labels/label-routers';
import { collect } from '../names/order';

/** So many middlewares a router may come to, those of its chains counted as often as they are named. */
const MOST = 1000;
/** Deeper than this nobody puts chains into each other. */
const DEEPEST = 100;

/** A list of middlewares: of a chain, a router, a service or a row. */
interface Listed {
  /** Full names. */
  members: string[];
  what: string;
  place: Place | undefined;
  project: string;
}

/**
 * Chains that come to more middlewares than any site has. Traefik makes each of them as often as it is named: of chains
 * that name the next one twice, thirty are enough to take all memory, from the sites of everybody.
 *
 * @param routed all projects: a chain may be another project's
 */
export function chainProblems(
  routed: readonly RoutedProject[],
  lookups: Lookups = () => undefined,
): Problem[] {
  const chains = new Map<string, Listed[]>();
  const others: Listed[] = [];
  for (const { project } of routed) {
    if (!project.enabled) continue;
    for (const service of project.compose?.services ?? [])
      addLabels(project, service, lookups, chains, others);
    for (const { middleware, places, place } of project.ingress)
      others.push({
        members: middleware.map((one) => qualifiedBy(one, 'file')),
        ...{ what: 'this row', project: project.name },
        place: places['middleware'] ?? place,
      });
  }
  if (chains.size === 0) return [];
  const sizes = new Map<string, number>();
  const sizeOfAll = (members: readonly string[], depth: number): number =>
    members.reduce((sum, member) => sum + sizeOf(member, depth), 0);
  const sizeOf = (name: string, depth = 0): number => {
    const known = sizes.get(name);
    if (known !== undefined) return known;
    if (depth > DEEPEST) return Infinity;
    // Of a circle, which Traefik refuses.
    sizes.set(name, 1);
    const ways = (chains.get(name) ?? []).map(({ members }) => sizeOfAll(members, depth + 1));
    const size = Math.max(1, ...ways);
    sizes.set(name, size);
    return size;
  };
  const isTooLong = ({ members }: Listed): boolean =>
    sizeOfAll(members, 0) > MOST && members.every((member) => sizeOf(member) <= MOST);
  return [...[...chains.values()].flat(), ...others]
    .filter(isTooLong)
    .map(({ what, place, project }): Problem => ({
      code: 'chain-too-long',
      severity: 'error',
      message: `${what} comes to more than ${MOST} middlewares, which Traefik makes one by one, for every site together`,
      help: 'name each middleware once',
      ...(place && { place }),
      project,
    }));
}

function addLabels(
  project: Project,
  service: ServiceFacts,
  lookups: Lookups,
  chains: Map<string, Listed[]>,
  others: Listed[],
): void {
  if (!hasWrittenLabels(service)) return;
  const { labels } = writtenLabels(service, lookups(project.name));
  for (const { label, protocol, kind, name, field, value } of labelFields(labels)) {
    const isChain = kind === 'middlewares' && field === 'chain.middlewares';
    if (protocol !== 'http' || !(isChain || field === 'middlewares')) continue;
    const listed = {
      members: listOf(value).map((one) => qualifiedBy(one, 'docker')),
      what: `label ${label} of ${service.name}`,
      place: service.labelPlaces?.[label] ?? service.place,
      project: project.name,
    };
    if (isChain) collect(chains, qualifiedBy(name, 'docker'), listed);
    else others.push(listed);
  }
}
