import { chown, mkdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';

import { writeNamed } from '@itsup/config';

import type { DeployingUser } from './deploying-user';
import { writtenFolders } from './hardening';
import type { UnitFile } from './unit-file';

/**
 * Makes the folders that a unit may write in, for its user: systemd opens only what is there when it starts one, and
 * beside them nothing can be made from inside.
 */
export async function prepareFolders(user: DeployingUser): Promise<void> {
  for (const folder of writtenFolders(user)) await makeFor(user, folder);
}

async function makeFor(user: Pick<DeployingUser, 'uid' | 'gid'>, folder: string): Promise<void> {
  if (await stat(folder).catch(() => null)) return;
  await makeFor(user, path.dirname(folder));
  await mkdir(folder, { mode: 0o755 });
  await chown(folder, user.uid, user.gid);
}

/** Writes the files that differ; resolves with their names. */
export async function writeUnits(folder: string, files: readonly UnitFile[]): Promise<string[]> {
  const written: string[] = [];
  await mkdir(folder, { recursive: true });
  for (const { name, text } of files) {
    if ((await readUnit(folder, name)) === text) continue;
    await writeNamed(path.join(folder, name), text, { mode: 0o644 });
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
