import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import type { UnitFile } from './unit-file';

/** Writes the files that differ; resolves with their names. */
export async function writeUnits(folder: string, files: readonly UnitFile[]): Promise<string[]> {
  const written: string[] = [];
  await mkdir(folder, { recursive: true });
  for (const { name, text } of files) {
    if ((await readUnit(folder, name)) === text) continue;
    await writeFile(path.join(folder, name), text, { mode: 0o644 });
    written.push(name);
  }
  return written;
}

/** The file's text; null: there is none. */
export async function readUnit(folder: string, name: string): Promise<string | null> {
  return readFile(path.join(folder, name), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
}

export async function removeUnits(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names) await rm(path.join(folder, name), { force: true });
}
