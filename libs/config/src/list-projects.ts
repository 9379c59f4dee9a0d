import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Names of the folders in `projects/` of the workspace `root`, sorted by code unit. Hidden folders are left out;
 * a workspace without `projects/` has none. Whether a name is valid is readProject's to say.
 */
export async function listProjects(root: string): Promise<string[]> {
  const entries = await readdir(join(root, 'projects'), { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => !entry.name.startsWith('.') && (entry.isDirectory() || entry.isSymbolicLink()))
    .map((entry) => entry.name)
    .sort((a, b) => (a < b ? -1 : 1));
}
