import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { foreignFiles } from './foreign-files';

/** What was found in `upstream/` of projects that are gone. */
export interface LeftArtifacts {
  /** Names whose folder was removed. */
  removed: string[];
  /** Names whose folder stays, with what else lies in it. */
  kept: { name: string; files: string[] }[];
}

/**
 * Removes what was generated for projects that have no folder any more. A folder that holds anything else stays whole:
 * it may be an operator's data.
 * @param root the workspace root
 * @param isLeft of a name without a folder in `projects/`: whether its artifacts may go
 */
export async function removeLeftArtifacts(
  root: string,
  isLeft: (name: string) => boolean,
): Promise<LeftArtifacts> {
  const folder = join(root, 'upstream');
  const entries = existsSync(folder) ? await readdir(folder, { withFileTypes: true }) : [];
  const left: LeftArtifacts = { removed: [], kept: [] };
  for (const name of entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort()) {
    if (name.startsWith('.') || existsSync(join(root, 'projects', name)) || !isLeft(name)) continue;
    const files = await foreignFiles(root, name);
    if (files.length > 0) left.kept.push({ name, files });
    else {
      await rm(join(folder, name), { recursive: true, force: true });
      left.removed.push(name);
    }
  }
  return left;
}
