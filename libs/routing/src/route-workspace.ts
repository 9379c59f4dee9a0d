import type { Project, Workspace } from '@itsup/config';
import { conflictsAmong } from './conflicts/conflicts-among';
import { edgeNameProblems } from './edge-names';
import { egressCycles, egressProblems, providerService } from './egress-problems';
import { entryPointsOf } from './entry-points';
import type { ProjectRouting, WorkspaceRouting } from './model';
import { compareText } from './order';
import { routeProject, sortProblems } from './route-project';
import { referenceProblems } from './traefik/reference-problems';

/**
 * Routes every project and finds every conflict between them. `problems` holds what concerns several projects, and
 * edges that lead to nothing; a project's own are in its `ProjectRouting`.
 *
 * @param routed outcomes of `routeProject` with the workspace's settings that are at hand already, by project name;
 *   the others are computed.
 */
export function routeWorkspace(
  workspace: Workspace,
  routed: ReadonlyMap<string, ProjectRouting> = new Map(),
): WorkspaceRouting {
  const { settings } = workspace;
  const byName = new Map(workspace.projects.map((project) => [project.name, project]));
  const pairs = [...workspace.projects]
    .sort((a, b) => compareText(a.name, b.name))
    .map((project) => ({
      project,
      routing: resolveEdges(routed.get(project.name) ?? routeProject(project, settings), byName),
    }));
  const entryPoints = entryPointsOf(pairs.flatMap(({ routing }) => routing.routes));
  const projects = pairs.map(({ routing }) => routing);
  const edges = pairs.flatMap(({ routing }) => routing.edges);
  return {
    projects,
    entryPoints,
    problems: sortProblems([
      ...conflictsAmong(pairs, settings)
        .filter(({ projects }) => projects.length > 1)
        .map(({ problem }) => problem),
      ...egressProblems(edges, byName),
      ...egressCycles(edges),
      ...referenceProblems(workspace, { projects, entryPoints, problems: [] }),
      ...edgeNameProblems(pairs.filter(({ project }) => project.enabled).map(({ routing }) => routing)),
    ]),
  };
}

/** Puts the provider's real service into edges that name it as itsUP's container. The network keeps its name. */
function resolveEdges(routing: ProjectRouting, projects: ReadonlyMap<string, Project>): ProjectRouting {
  const resolved = routing.edges.map((edge) => {
    const provider = projects.get(edge.provider);
    const service = provider ? providerService(provider, edge.service) : null;
    return service === null || service === edge.service ? edge : { ...edge, service };
  });
  return resolved.some((edge, index) => edge !== routing.edges[index])
    ? { ...routing, edges: resolved }
    : routing;
}
