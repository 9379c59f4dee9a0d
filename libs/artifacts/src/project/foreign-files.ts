import { lstat, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { MIRRORED_FOLDER } from '@itsup/config';
import { projectArtifactPaths } from '../files/artifact';
import { sameBytes } from './mirror-files';

/**
 * What lies in `upstream/<name>/` and was not generated: data of an operator whose Compose files resolved their
 * relative paths there (itsUP's way). A copy of a file in `projects/<name>/files/` with the same content is none, nor
 * is a folder without files. A folder that cannot be read counts: a database's usually cannot.
 * @param root the workspace root
 * @returns top-level names, folders with a trailing slash, sorted; empty when there is none
 */
export async function foreignFiles(root: string, name: string): Promise<string[]> {
  const folder = join(root, 'upstream', name);
  const ours = new Set(projectArtifactPaths(name).map((path) => basename(path)));
  const foreign: string[] = [];
  for (const entry of await entriesOf(folder)) {
    if (!entry.isDirectory()) {
      if (!ours.has(entry.name) && !isLeftover(entry.name, ours)) foreign.push(entry.name);
      continue;
    }
    const copies = entry.name === MIRRORED_FOLDER ? join(root, 'projects', name, MIRRORED_FOLDER) : null;
    if (await holdsForeignFiles(join(folder, entry.name), copies)) foreign.push(`${entry.name}/`);
  }
  return foreign.sort();
}

/** What an interrupted write leaves. */
function isLeftover(file: string, ours: ReadonlySet<string>): boolean {
  return file.endsWith('.tmp') && [...ours].some((name) => file.startsWith(`${name}.`));
}

async function entriesOf(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}

/** @param copies where a file of the same name and content makes this one a mere copy; null: nowhere */
async function holdsForeignFiles(folder: string, copies: string | null): Promise<boolean> {
  let entries;
  try {
    entries = await entriesOf(folder);
  } catch {
    return true;
  }
  for (const entry of entries) {
    const path = join(folder, entry.name);
    const original = copies === null ? null : join(copies, entry.name);
    if (entry.isDirectory()) {
      if (await holdsForeignFiles(path, original)) return true;
    } else if (original === null || !entry.isFile() || !(await sameContent(path, original))) {
      return true;
    }
  }
  return false;
}

async function sameContent(a: string, b: string): Promise<boolean> {
  try {
    const [first, second] = await Promise.all([lstat(a), lstat(b)]);
    return first.isFile() && second.isFile() && first.size === second.size && (await sameBytes(a, b));
  } catch {
    return false;
  }
}
