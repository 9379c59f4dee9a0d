import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';

import { namedFault, UserError } from '@itsup/config';

export interface WriteOptions {
  /** Permission bits; only the owner's by default, because the state folder knows what runs and how. */
  mode?: number;
  /** Of folders that have to be made. */
  folderMode?: number;
  /** false: it survives the end of the process, but perhaps not a power cut. */
  sync?: boolean;
  /**
   * Where it is written first, on the same file system; default: the file's own folder. Whoever watches that sees one
   * change less.
   */
  temporaryFolder?: string;
}

/**
 * Replaces a file so that a reader sees the old text or the new one, and a power cut leaves one of the two: written
 * under a temporary name, synced, renamed, folder synced.
 */
export async function writeFileAtomic(
  file: string,
  text: string,
  { mode = 0o600, folderMode = 0o700, sync = true, temporaryFolder }: WriteOptions = {},
): Promise<void> {
  const folder = path.dirname(file);
  await mkdir(folder, { recursive: true, mode: folderMode });
  // The ending matters: Traefik reads every .yml of a folder that it watches.
  const temporary = path.join(temporaryFolder ?? folder, `.${path.basename(file)}.${randomUUID()}.tmp`);
  try {
    const handle = await open(temporary, 'wx', mode);
    try {
      await handle.writeFile(text);
      await handle.chmod(mode);
      if (sync) await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw namedFault(error, file);
  }
  if (sync) await syncFolder(folder);
}

/**
 * Removes what a process that was killed in `writeFileAtomic` left in a folder and below it. Only the holder of the
 * lock under which these files are written may do so.
 */
export async function removeUnfinished(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const unfinished = entries.filter((entry) =>
    /^\..+\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/.test(path.basename(entry)),
  );
  await Promise.all(unfinished.map((entry) => rm(path.join(folder, entry), { force: true })));
}

/** The file's text; null when there is none. */
export async function readFileOrNull(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/**
 * The file's JSON; null when there is none or when it is no JSON object of the wanted version (an older tool's).
 * @param newer `leave-out`: a newer tool's counts as none, where nothing is decided on it
 * @throws UserError for a newer tool's: to go on without what it wrote would undo it
 */
export async function readJsonOrNull<T extends { version: number }>(
  file: string,
  version: number,
  { newer = 'refuse' }: { newer?: 'refuse' | 'leave-out' } = {},
): Promise<T | null> {
  const text = await readFileOrNull(file);
  if (text === null) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const found = versionOf(value);
  if (newer === 'refuse' && found !== null && found > version) {
    throw new UserError({
      code: 'state-newer',
      severity: 'error',
      message: `${file} was written by ${writerOf(value)} in format ${found}, and this one reads ${version} alone: the state folder is not taken back`,
      help: 'install that version again (package.json, then npm ci), or restore a backup of the state folder from before the update: itsup state restore',
    });
  }
  return found === version ? (value as T) : null;
}

function versionOf(value: unknown): number | null {
  if (typeof value !== 'object' || value === null || !('version' in value)) return null;
  return typeof value.version === 'number' ? value.version : null;
}

function writerOf(value: unknown): string {
  const product = typeof value === 'object' && value !== null && 'product' in value ? value.product : null;
  return typeof product === 'string' ? `itsup ${product}` : 'a later version of itsup';
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
