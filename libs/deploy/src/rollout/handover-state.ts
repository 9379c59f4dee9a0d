import { chmod, copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { HandoverState } from './handover-types';

/** Of the label on the containers of a hand-over; its value is the hand-over's folder. */
export const handoverLabel = 'itsup.handover';

const stateFile = 'handover.json';

/** What a hand-over that is under way, or was killed, left; null: none. */
export async function readHandover(folder: string): Promise<HandoverState | null> {
  const text = await readFile(join(folder, stateFile), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  return text === null ? null : (JSON.parse(text) as HandoverState);
}

/** Readable by its owner alone: the static configuration may hold credentials. */
export async function writePrivate(folder: string, name: string, text: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const temporary = join(folder, `.${name}.tmp`);
  await writeFile(temporary, text, { mode: 0o600 });
  await rename(temporary, join(folder, name));
}

export async function saveHandover(folder: string, state: HandoverState): Promise<void> {
  await writePrivate(folder, stateFile, `${JSON.stringify(state, null, 2)}\n`);
}

export async function clearHandover(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

/**
 * A copy of acme.json for an instance that must not write the original: Traefik holds it in memory and the last writer wins.
 *
 * @returns the folder to mount at /acme
 */
export async function copyCertificates(folder: string, acmeFolder: string | null): Promise<string> {
  const target = join(folder, 'acme');
  await mkdir(target, { recursive: true, mode: 0o700 });
  if (acmeFolder === null) return target;
  const copy = join(target, 'acme.json');
  try {
    await copyFile(join(acmeFolder, 'acme.json'), copy);
    // Traefik refuses a file that others may read.
    await chmod(copy, 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return target;
}
