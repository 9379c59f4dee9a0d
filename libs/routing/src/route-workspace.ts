import type { Problem, Workspace } from '@itsup/config';
import type { Circumstances } from './conflicts/circumstances';
import { ownershipAmong } from './conflicts/ownership-among';
import { edgeNameProblems } from './edges/edge-names';
import { edgeSiblingProblems } from './edges/edge-siblings';
import { circleProblems } from './edges/egress-circles';
import { egressProblems, exportProblems } from './edges/egress-problems';
import { deployedEdges, nameServices } from './edges/resolve-edges';
import { askedEntryPoints } from './proxy/entry-points';
import { sharedRedirectCircles } from './explain/redirect-circles';
import type { Dispute, ProjectRouting, WorkspaceRouting } from './model';
import { compareText } from './names/order';
import { routeProject, sortProblems } from './route-project';
import { referenceProblems } from './traefik/reference-problems';
import { chainProblems } from './checks/chains';
import { foreignProblems } from './checks/written-problems';

/**
 * Routes every project and finds every conflict between them. `problems` holds what concerns several projects, and
 * edges that lead to nothing; a project's own are in its `ProjectRouting`.
 *
 * @param routed outcomes of `routeProject` with the workspace's settings that are at hand already, by project name;
 *   the others are computed.
 * @param circumstances what only a host knows
 */
export function routeWorkspace(
  workspace: Workspace,
  routed: ReadonlyMap<string, ProjectRouting> = new Map(),
  circumstances: Circumstances = {},
): WorkspaceRouting {
  const { settings } = workspace;
  const byName = new Map(workspace.projects.map((project) => [project.name, project]));
  const sorted = [...workspace.projects].sort((a, b) => compareText(a.name, b.name));
  const named = nameServices(
    sorted.map((project) => routed.get(project.name) ?? routeProject(project, settings, circumstances)),
    byName,
  );
  const resolved = deployedEdges(named, byName);
  const pairs = sorted.flatMap((project, index) => {
    const routing = resolved[index];
    return routing === undefined ? [] : [{ project, routing }];
  });
  const entryPoints = askedEntryPoints(pairs.flatMap(({ routing }) => routing.routes));
  const projects = pairs.map(({ routing }) => routing);
  const edges = pairs.flatMap(({ routing }) => routing.edges);
  const table = ownershipAmong(pairs, settings, circumstances);
  const { conflicts, guests, joined } = table;
  // Deploys alone ask for them.
  let holdings: Map<string, string[]> | undefined;
  const disputes = conflicts.filter(({ projects }) => projects.length > 1);
  const edgeProblems = sortProblems([
    ...egressProblems(
      named.flatMap(({ edges: all }) => all),
      byName,
      settings.isolation,
    ),
    ...edgeSiblingProblems(edges, byName),
    ...circleProblems(edges),
  ]);
  return {
    projects,
    entryPoints,
    problems: sortProblems([
      ...disputes.map(({ problem }) => problem),
      ...guests.paths.filter((found) => !isTold(found, disputes)),
      ...guests.ports,
      ...joined,
      ...foreignProblems(pairs, settings, circumstances.lookups),
      ...chainProblems(pairs, circumstances.lookups),
      ...edgeProblems,
      ...workspace.projects.flatMap((project) => exportProblems(project, byName)),
      ...sharedRedirectCircles(pairs, settings),
      ...referenceProblems(workspace, { projects, entryPoints }),
      ...edgeNameProblems(pairs.filter(({ project }) => project.enabled).map(({ routing }) => routing)),
    ]),
    edgeProblems,
    disputes,
    get holdings() {
      return (holdings ??= table.holdings());
    },
  };
}

/** A note about two projects says nothing new beside an error about the same two. */
function isTold({ severity, place, related = [] }: Problem, disputes: readonly Dispute[]): boolean {
  if (severity === 'error') return false;
  const files = new Set([place, ...related.map((other) => other.place)].map((at) => at?.file));
  return disputes.some(
    ({ problem, parties }) =>
      problem.severity === 'error' && parties.filter((party) => files.has(party.place?.file)).length > 1,
  );
}
