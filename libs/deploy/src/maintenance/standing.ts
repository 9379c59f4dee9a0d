import { rm } from 'node:fs/promises';
import path from 'node:path';

import { readJsonOrNull, writeFileAtomic } from '../state/atomic-file';
import type { State } from '../state/state';

/** That a stack shows its maintenance page, as the state folder remembers it. Goes with `off` and `prune` alone. */
export interface Maintenance {
  version: 1;
  /** ISO 8601, UTC. */
  since: string;
  by: string;
}

/** null: the stack shows no page. */
export async function readMaintenance(state: State, stack: string): Promise<Maintenance | null> {
  return readJsonOrNull<Maintenance>(fileOf(state, stack), 1);
}

export async function writeMaintenance(state: State, stack: string, maintenance: Maintenance): Promise<void> {
  await writeFileAtomic(fileOf(state, stack), `${JSON.stringify(maintenance, null, 2)}\n`);
}

export async function forgetMaintenance(state: State, stack: string): Promise<void> {
  await rm(fileOf(state, stack), { force: true });
}

function fileOf(state: State, stack: string): string {
  return path.join(state.stackDir(stack), 'maintenance.json');
}
