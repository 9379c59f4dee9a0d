import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Names that mean something else: the proxy's stack and its old names, and the command. */
const RESERVED = ['proxy', 'traefik', 'itsup', 'dns'];

/**
 * Why no project of `projects/` may have one of these names, by name: the reserved ones and the workspace's own
 * packages. Two projects of one name would fail every Nx command.
 */
export function takenNames(root: string): Map<string, string> {
  const taken = new Map(RESERVED.map((name) => [name, 'is reserved']));
  for (const folder of packageFolders(root)) {
    const name = packageName(join(root, folder, 'package.json'));
    if (name !== null && !taken.has(name)) {
      taken.set(name, `is the name of the package in ${folder || 'the workspace root'}`);
    }
  }
  return taken;
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

function packageName(file: string): string | null {
  const { name } = readJson(file);
  return typeof name === 'string' ? name : null;
}

function readJson(file: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
