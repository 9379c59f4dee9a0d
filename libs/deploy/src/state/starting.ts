import { rm } from 'node:fs/promises';
import path from 'node:path';

import type { StartingService } from '../plan/model';
import { readJsonOrNull, writeFileAtomic } from './atomic-file';
import type { State } from './state';

/** By service, what the last deploy of a stack left running before it was ready. */
export type StartingServices = Record<string, StartingService>;

interface StartingFile {
  version: 1;
  services: StartingServices;
}

/** Empty: the last deploy left nothing that was not ready. */
export async function readStarting(state: State, stack: string): Promise<StartingServices> {
  return (await readJsonOrNull<StartingFile>(startingPath(state, stack), 1))?.services ?? {};
}

export async function writeStarting(state: State, stack: string, services: StartingServices): Promise<void> {
  const file: StartingFile = { version: 1, services };
  await writeFileAtomic(startingPath(state, stack), `${JSON.stringify(file)}\n`);
}

/** A deploy has seen everything of the stack ready, or it is gone. */
export async function forgetStarting(state: State, stack: string): Promise<void> {
  await rm(startingPath(state, stack), { force: true });
}

function startingPath(state: State, stack: string): string {
  return path.join(state.stackDir(stack), 'starting.json');
}
