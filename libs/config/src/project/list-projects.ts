import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { listProjectFolder, type ProjectFolder } from '../files/project-folder';

/**
 * Names of the projects of the workspace `root`, sorted by code unit: the folders of `projects/` that hold a Compose
 * file or an ingress file. What is only data that a deleted project left behind is none. Whether a name is valid is
 * readProject's to say; a workspace without `projects/` has no projects.
 */
export async function listProjects(root: string): Promise<string[]> {
  return [...(await listFolders(root)).projects.keys()];
}

/**
 * The projects, the other folders of `projects/`, and the files in it; hidden ones are left out. All sorted by code
 * unit.
 */
export async function listFolders(root: string): Promise<{
  projects: Map<string, ProjectFolder>;
  /** null: it cannot be listed. */
  others: Map<string, ProjectFolder | null>;
  files: string[];
}> {
  const entries = await readdir(join(root, 'projects'), { withFileTypes: true }).catch(() => []);
  const shown = entries.filter((entry) => !entry.name.startsWith('.'));
  const names = shown
    .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
    .map((entry) => entry.name)
    .sort();
  const files = shown.filter((entry) => entry.isFile()).map((entry) => entry.name);
  const projects = new Map<string, ProjectFolder>();
  const others = new Map<string, ProjectFolder | null>();
  for (const name of names) {
    const folder = listProjectFolder(root, name);
    if (folder && folder.compose.length + folder.ingress.length > 0) projects.set(name, folder);
    else others.set(name, folder);
  }
  return { projects, others, files: files.sort() };
}
