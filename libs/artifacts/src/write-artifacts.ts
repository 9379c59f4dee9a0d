import { randomUUID } from 'node:crypto';
import { chmod, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ArtifactFile } from './artifact';

/** Paths are those of the artifacts: relative to `root`, in the order given. */
export interface WriteResult {
  written: string[];
  unchanged: string[];
}

/**
 * Writes each file whose bytes or mode differ from what is there, atomically: under a temporary name in the same
 * folder, then renamed, so that a reader sees the old file or the new one. The temporary name does not end in `.yml`,
 * because Traefik's file provider reads every file of its folder that does.
 */
export async function writeArtifacts(root: string, files: readonly ArtifactFile[]): Promise<WriteResult> {
  const result: WriteResult = { written: [], unchanged: [] };
  for (const file of files) {
    ((await writeArtifact(root, file)) ? result.written : result.unchanged).push(file.path);
  }
  return result;
}

/** true when the file had to be written. */
async function writeArtifact(root: string, { path, text, mode = 0o644 }: ArtifactFile): Promise<boolean> {
  const target = join(root, path);
  if (await isCurrent(target, text, mode)) return false;
  await mkdir(dirname(target), { recursive: true });
  const temporary = `${target}.${randomUUID()}.tmp`;
  try {
    await writeFile(temporary, text, { mode, flag: 'wx' });
    // The mode given to writeFile is cut by the umask, which must not decide what an artifact is.
    await chmod(temporary, mode);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  return true;
}

async function isCurrent(target: string, text: string, mode: number): Promise<boolean> {
  try {
    const there = await stat(target);
    const size = Buffer.byteLength(text);
    if (there.size !== size || (there.mode & 0o777) !== mode) return false;
    return (await readFile(target, 'utf8')) === text;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
