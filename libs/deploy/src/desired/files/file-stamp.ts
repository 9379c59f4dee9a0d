import { statSync, type BigIntStats } from 'node:fs';

import { isKernelFile } from '@itsup/config';

import type { Digester } from '../digest';
import { MAX_DIGESTED_BYTES, readChunks } from './read-chunks';
import type { FileStamp } from '../../state/stamps';

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
  const digest = await contentDigest(file, stats, digester);
  return { path: file, stamp, digest, takenAt: now };
}

/** Read part by part, up to `MAX_DIGESTED_BYTES`; of what is larger size and time are the content. */
async function contentDigest(
  file: string,
  { size, mtimeNs }: BigIntStats,
  digester: Digester,
): Promise<string> {
  const base64 = digester.ofBase64();
  const isRead = size <= MAX_DIGESTED_BYTES && (await readChunks(file, base64.add));
  return isRead ? base64.digest() : digester.of(['large', String(size), String(mtimeNs)]);
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
    return stats?.isFile() && !isKernelFile(file) ? stats : null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return null;
    throw error;
  }
}
