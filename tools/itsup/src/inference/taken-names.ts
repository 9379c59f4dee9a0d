import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Names that Nx has for the workspace's own packages. Two projects of one name would fail every Nx command, so a folder of
 * `projects/` with such a name gets another one there.
 */
export function takenNames(root: string): Set<string> {
  const names = packageFolders(root).map((folder) => packageName(join(root, folder, 'package.json')));
  return new Set(names.filter((name) => name !== null));
}

function packageFolders(root: string): string[] {
  const folders = [''];
  for (const pattern of workspacesOf(root)) {
    if (!pattern.endsWith('/*')) {
      folders.push(pattern);
      continue;
    }
    const parent = pattern.slice(0, -2);
    try {
      folders.push(...readdirSync(join(root, parent)).map((name) => `${parent}/${name}`));
    } catch {
      // A workspace pattern may match nothing.
    }
  }
  return folders;
}

function workspacesOf(root: string): string[] {
  const { workspaces } = readJson(join(root, 'package.json'));
  return Array.isArray(workspaces) ? workspaces.filter((entry) => typeof entry === 'string') : [];
}

/** As Nx calls it. */
function packageName(file: string): string | null {
  const { name, nx } = readJson(file);
  const own = typeof nx === 'object' && nx !== null && 'name' in nx ? nx.name : undefined;
  return typeof own === 'string' ? own : typeof name === 'string' ? name : null;
}

function readJson(file: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
