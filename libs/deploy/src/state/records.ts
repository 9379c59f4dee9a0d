import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';

import type { DeployRecord } from '../requests';
import { readJsonOrNull, writeFileAtomic } from './atomic-file';
import type { State } from './state';

/** How many records of a stack are kept. */
export const KEPT_RECORDS = 20;

interface RecordFile extends DeployRecord {
  version: 1;
}

/** Ids sort by time, so that the newest is the last by name. */
export function newRecordId(now: number): string {
  return new Date(now).toISOString().replace(/[-:.]/g, '');
}

export async function writeRecord(state: State, record: DeployRecord): Promise<void> {
  const file: RecordFile = { version: 1, ...record };
  await writeFileAtomic(recordPath(state, record.stack, record.id), `${JSON.stringify(file, null, 2)}\n`);
}

/** Newest first. */
export async function readRecords(
  state: State,
  stack: string,
  limit = KEPT_RECORDS,
): Promise<DeployRecord[]> {
  const ids = (await recordIds(state, stack)).reverse().slice(0, limit);
  const files = await Promise.all(
    ids.map((id) => readJsonOrNull<RecordFile>(recordPath(state, stack, id), 1, { newer: 'leave-out' })),
  );
  return files.filter((file) => file !== null);
}

/**
 * Removes the oldest records beyond the bound, with what is kept to restore them.
 * @returns ids of the removed ones
 */
export async function pruneRecords(state: State, stack: string): Promise<string[]> {
  const ids = await recordIds(state, stack);
  const surplus = ids.slice(0, Math.max(0, ids.length - KEPT_RECORDS));
  for (const id of surplus) {
    await rm(recordPath(state, stack, id), { force: true });
    await rm(restorePath(state, stack, id), { force: true });
  }
  return surplus;
}

/** What a rollback to the record needs: the model as written and the images' ids. */
export function restorePath(state: State, stack: string, id: string): string {
  return path.join(state.stackDir(stack), 'restore', `${id}.json`);
}

/** Folder of the files that a rollback of the stack runs. */
export function restoredFolder(state: State, stack: string): string {
  return path.join(state.stackDir(stack), 'restore', 'files');
}

function recordPath(state: State, stack: string, id: string): string {
  return path.join(state.stackDir(stack), 'records', `${id}.json`);
}

async function recordIds(state: State, stack: string): Promise<string[]> {
  try {
    const names = await readdir(path.join(state.stackDir(stack), 'records'));
    return names
      .filter((name) => name.endsWith('.json'))
      .map((name) => name.slice(0, -'.json'.length))
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
