import { listProjects } from './list-projects';
import type { Workspace } from './model';
import { readProject } from './read-project';
import { readSettings } from './read-settings';

/** The whole of `projects/` in the workspace `root`. Never throws for a mistake of the operator. */
export async function readWorkspace(root: string): Promise<Workspace> {
  const { settings, problems } = await readSettings(root);
  const workspace: Workspace = { settings, projects: [], problems: [...problems] };
  for (const name of await listProjects(root)) {
    const read = await readProject(root, name, settings);
    workspace.projects.push(read.project);
    workspace.problems.push(...read.problems);
  }
  return workspace;
}
