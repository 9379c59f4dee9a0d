import { statSync, type BigIntStats } from 'node:fs';
import { readFile } from 'node:fs/promises';

import type { Digester } from './digest';

/** A file whose content is an input of a deploy, with what tells cheaply that it has not changed since. */
export interface FileStamp {
  path: string;
  /** Size, times and inode in one text; null: the file is absent (or is no file), which counts as content too. */
  stamp: string | null;
  /** Keyed digest of the content; `absent` when there is none. */
  digest: string;
  /** Milliseconds since the epoch when the stamp was taken: a younger modification time is not trusted. */
  takenAt: number;
}

/** Content of a path that names no file. */
export const ABSENT = 'absent';

/** File systems count time in ticks: a change within the tick of the stamp leaves the same stamp. */
const RACY_MS = 2000;

/** Digests the file's content, unless `known` shows by its stamp that it is what it was. */
export async function stampFile(
  file: string,
  digester: Digester,
  now: number,
  known?: FileStamp,
): Promise<FileStamp> {
  const stats = statOrNull(file);
  if (stats === null) return { path: file, stamp: null, digest: ABSENT, takenAt: now };
  const stamp = `${stats.size} ${stats.mtimeNs} ${stats.ctimeNs} ${stats.ino}`;
  const youngest = Number(stats.ctimeNs > stats.mtimeNs ? stats.ctimeNs : stats.mtimeNs) / 1e6;
  if (known?.stamp === stamp && youngest < known.takenAt - RACY_MS) return known;
  const digest = digester.of((await readFile(file)).toString('base64'));
  return { path: file, stamp, digest, takenAt: now };
}

/** Whether every file still has the content it was stamped with; stops at the first that has not. */
export async function areUnchanged(stamps: FileStamp[], digester: Digester, now: number): Promise<boolean> {
  const changes = await Promise.all(
    stamps.map(async (known) => (await stampFile(known.path, digester, now, known)).digest !== known.digest),
  );
  return !changes.includes(true);
}

/** Synchronous: of the thousands that an unchanged deploy takes, each would cost ten times as much as a promise. */
function statOrNull(file: string): BigIntStats | null {
  try {
    const stats = statSync(file, { bigint: true, throwIfNoEntry: false });
    return stats?.isFile() ? stats : null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return null;
    throw error;
  }
}
