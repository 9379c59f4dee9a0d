import { chmod, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { writeNamed } from '@itsup/config';

import type { HandoverState } from './types';

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

/**
 * Readable by its owner alone, for the static configuration may hold credentials: by way of the folder, so that a
 * container that mounts the file alone can read it as whatever user.
 */
export async function writePrivate(folder: string, name: string, text: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const temporary = join(folder, `.${name}.tmp`);
  await writeNamed(temporary, text, { mode: 0o644 }, join(folder, name));
  await rename(temporary, join(folder, name));
}

/**
 * A folder for an instance's certificates, which it may write to as whatever user.
 * @returns its path
 */
export async function makeAcmeFolder(folder: string): Promise<string> {
  const target = join(folder, 'acme');
  await mkdir(target, { recursive: true, mode: 0o700 });
  await chmod(target, 0o777);
  return target;
}

export async function saveHandover(folder: string, state: HandoverState): Promise<void> {
  await writePrivate(folder, stateFile, `${JSON.stringify(state, null, 2)}\n`);
}

export async function clearHandover(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}
