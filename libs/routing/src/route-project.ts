import type { Problem, Project, Settings } from '@itsup/config';
import { additionsOf } from './labels/additions';
import { checkNetworks } from './networks/check-networks';
import { checkRowsOfService } from './checks/check-services';
import type { Circumstances } from './conflicts/circumstances';
import { ownershipAmong } from './conflicts/ownership-among';
import { edgesOf } from './edges/edges';
import { guardedMountProblems } from './checks/guarded-mounts';
import { redirectCircles } from './explain/redirect-circles';
import type { ProjectRouting, Route } from './model';
import { nameRows } from './names/names';
import { comparePlaces, compareText } from './names/order';
import { proxynetOf } from './networks/proxynet';
import { rowContext } from './row/context';
import { routeRow } from './row/route-row';
import { checkedServices, labelProblems, unreadLabels } from './traefik/label-problems';
import { labelsOfAll } from './checks/labels-of-all';
import { unreadRules } from './checks/unread-rules';
import { reservedProblems } from './checks/written-problems';

/**
 * What follows from one project alone: its routes, the additions to its services, its networks and edges,
 * and every mistake that can be seen without looking at other projects. Pure; never throws for a user's mistake.
 *
 * A disabled project has no routes, no edges and no problems, whatever stands in its files: it must be possible to take
 * down what is broken. What would be added to its services stays known; the artifact leaves it out.
 */
export function routeProject(
  project: Project,
  settings: Settings,
  circumstances: Circumstances = {},
): ProjectRouting {
  const context = rowContext(project, settings);
  const { names, duplicates } = nameRows(project.name, project.ingress, 'host');
  const routes: Route[] = [];
  for (const [row, name] of names) {
    const route = routeRow(row, name, context);
    if (route) routes.push(route);
  }
  routes.sort((a, b) => compareText(a.serviceName, b.serviceName));
  const { edges, problems } = edgesOf(project);
  const additions =
    project.kind === 'container'
      ? additionsOf(project, settings, routes, edges)
      : { services: [], networks: [] };
  const routing: ProjectRouting = {
    project: project.name,
    additions: additions.services,
    networks: additions.networks,
    routes,
    edges,
    problems: [],
  };
  if (!project.enabled) return { ...routing, routes: [], edges: [] };
  routing.problems = sortProblems([
    ...context.problems,
    ...problems,
    ...duplicates.map(({ row, of }) => duplicateRow(project, row.place, of.place)),
    ...checkRowsOfService(project, proxynetOf(settings)),
    ...checkNetworks(project, proxynetOf(settings)),
    ...guardedMountProblems(project, settings.isolation),
    ...labelProblems(project, checkedServices(project, additions.services, settings)),
    ...unreadLabels(project, additions.services, settings),
    ...reservedProblems(project, settings, circumstances),
    ...labelsOfAll(project, circumstances.lookups),
    ...unreadRules({ project, routing }, settings, circumstances.lookups),
    ...redirectCircles([{ project, routing }], settings),
    ...ownershipAmong([{ project, routing }], settings, circumstances).conflicts.map(({ problem }) => ({
      ...problem,
      project: project.name,
    })),
  ]);
  return routing;
}

/** Problems in the order of their places; those without one come last. */
export function sortProblems(problems: readonly Problem[]): Problem[] {
  return [...problems].sort((a, b) => {
    if (a.place && b.place)
      return (
        comparePlaces(a.place, b.place) || compareText(a.code, b.code) || compareText(a.message, b.message)
      );
    return (
      Number(a.place === undefined) - Number(b.place === undefined) ||
      compareText(a.code, b.code) ||
      compareText(a.message, b.message)
    );
  });
}

function duplicateRow(
  project: Project,
  place: Problem['place'],
  other: NonNullable<Problem['place']>,
): Problem {
  return {
    code: 'duplicate-row',
    severity: 'error',
    message: 'two rows ask for the same route',
    help: 'remove one of them',
    ...(place ? { place } : {}),
    related: [{ message: 'the other row', place: other }],
    project: project.name,
  };
}
