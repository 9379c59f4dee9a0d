import { randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fchmodSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

import { namedFault } from '@itsup/config';
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
    (writeArtifact(root, file) ? result.written : result.unchanged).push(file.path);
  }
  return result;
}

/**
 * true when the file had to be written. Synchronous: for small files the way through promises costs more than the work.
 */
function writeArtifact(root: string, { path, text, mode = 0o644 }: ArtifactFile): boolean {
  const target = join(root, path);
  if (isCurrent(target, text, mode)) return false;
  const temporary = `${target}.${randomUUID()}.tmp`;
  try {
    writeNew(temporary, text, mode);
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw namedFault(error, target);
  }
  return true;
}

function writeNew(file: string, text: string, mode: number): void {
  const descriptor = openNew(file, mode);
  try {
    writeFileSync(descriptor, text);
    // The mode given to open is cut by the umask, which must not decide what an artifact is.
    fchmodSync(descriptor, mode);
  } finally {
    closeSync(descriptor);
  }
}

/** Looks for the folder first: an exception for each that is missing would take longer. */
function openNew(file: string, mode: number): number {
  const folder = dirname(file);
  if (!existsSync(folder)) mkdirSync(folder, { recursive: true });
  return openSync(file, 'wx', mode);
}

function isCurrent(target: string, text: string, mode: number): boolean {
  const there = statSync(target, { throwIfNoEntry: false });
  if (there === undefined) return false;
  if (there.size !== Buffer.byteLength(text) || (there.mode & 0o777) !== mode) return false;
  return readFileSync(target, 'utf8') === text;
}
