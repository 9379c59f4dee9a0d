import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeployRecord } from '@itsup/deploy';

/**
 * The record of a stack's last deploy.
 * @param state the state folder
 */
export async function newestRecord(state: string, stack: string): Promise<DeployRecord> {
  const folder = join(state, 'stacks', stack, 'records');
  // Beside the records are folders with what a rollback needs.
  const files = (await readdir(folder)).filter((name) => /^\d\w*\.json$/.test(name)).sort();
  return JSON.parse(await readFile(join(folder, files.at(-1) ?? ''), 'utf8')) as DeployRecord;
}
