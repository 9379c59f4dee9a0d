import { access, chmod, constants, copyFile, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { UserError } from '@itsup/config';

import { readIdentity, type WorkspaceIdentity } from './identity';
import { openState, type State } from './state';

/**
 * What a backup holds, by path in the state folder: certificates with the account that asked for them, who the
 * workspace is, and what its deploys left. Everything else in there is made anew by a deploy.
 */
const KEPT = [
  /^workspace\.json$/,
  /^claims\.json$/,
  /^traefik\.env$/,
  /^traefik\/secrets\/[^/]+$/,
  /^acme\/[^/]+\.json$/,
  /^crowdsec\/bouncer\.key$/,
  /^stacks\/[^/]+\/deployed\.json$/,
  /^stacks\/[^/]+\/(records|restore)\/[^/]+\.json$/,
];

/** Copies a file of the state folder that somebody else owns, as Traefik does acme.json, to a folder of ours. */
export type ReadForeign = (file: string, folder: string) => Promise<void>;

/** What came back. */
export interface RestoredState {
  identity: WorkspaceIdentity;
  /** Stacks with records. */
  stacks: string[];
  /** Files with certificates. */
  certificates: string[];
}

/**
 * Writes a tar of what the state folder holds and nothing can make anew. It has private keys in it.
 * @param readForeign called for a file that this process may not read
 * @throws UserError when nothing was ever deployed from this folder
 */
export async function backupState(state: State, target: Writable, readForeign: ReadForeign): Promise<void> {
  if ((await readIdentity(state)) === null)
    throw new UserError({
      code: 'no-state',
      severity: 'error',
      message: `${state.dir} is no state folder: nothing was deployed with it`,
      help: 'name the one that deploys use: ITSUP_STATE=/path itsup state backup; as root it is /var/lib/itsup',
    });
  const staging = await mkdtemp(path.join(os.tmpdir(), 'itsup-backup-'));
  try {
    const files = (await filesIn(state.dir)).filter(isKept).sort();
    for (const file of files) await copy(state, file, staging, readForeign);
    const { create } = await import('tar');
    // Without names of users, and with times of its own: the same state gives the same bytes.
    const archive = create({ cwd: staging, portable: true, noMtime: true }, files);
    await pipeline(archive, target, { end: false });
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/**
 * Puts a backup into a state folder that nothing was deployed with. All of it comes or nothing: the identity, which
 * makes it a state folder, comes last.
 * @throws UserError when the folder is in use, and for an archive that `backupState` did not write
 */
export async function restoreState(state: State, archive: Readable): Promise<RestoredState> {
  if ((await readIdentity(state)) !== null)
    throw new UserError({
      code: 'state-in-use',
      severity: 'error',
      message: `${state.dir} is in use: it is the state folder of a workspace`,
      help: `move it away first, and nothing of it is lost: mv ${state.dir} ${state.dir}.before`,
    });
  await mkdir(state.dir, { recursive: true, mode: 0o700 });
  const staging = await mkdtemp(path.join(state.dir, '.restore-'));
  try {
    await unpack(archive, staging);
    const files = (await filesIn(staging)).sort();
    const identity = await readIdentity(openState(staging));
    if (identity === null) throw noBackup('it holds no workspace.json');
    for (const file of [...files.filter((one) => one !== 'workspace.json'), 'workspace.json']) {
      const target = path.join(state.dir, file);
      await mkdir(path.dirname(target), { recursive: true, mode: 0o700 });
      await chmod(path.join(staging, file), 0o600);
      await rename(path.join(staging, file), target);
    }
    const stacks = files.flatMap((file) => /^stacks\/([^/]+)\//.exec(file)?.[1] ?? []);
    return {
      identity,
      stacks: [...new Set(stacks)],
      certificates: files.filter((file) => file.startsWith('acme/')),
    };
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function copy(state: State, file: string, staging: string, readForeign: ReadForeign): Promise<void> {
  const source = path.join(state.dir, file);
  const target = path.join(staging, file);
  await mkdir(path.dirname(target), { recursive: true, mode: 0o700 });
  try {
    await access(source, constants.R_OK);
    await copyFile(source, target);
    await chmod(target, 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EACCES') throw error;
    await readForeign(file, path.dirname(target));
  }
}

async function unpack(archive: Readable, folder: string): Promise<void> {
  const { extract } = await import('tar');
  const strangers: string[] = [];
  const own = (file: string, type: string): boolean => {
    const isOwn = isKept(file) && type === 'File';
    if (!isOwn) strangers.push(file);
    return isOwn;
  };
  const unpacking = extract({
    cwd: folder,
    strict: true,
    noMtime: true,
    filter: (file, entry) => own(file, 'type' in entry ? entry.type : 'File'),
  });
  try {
    await pipeline(archive, unpacking);
  } catch (error) {
    throw noBackup(error instanceof Error ? error.message : String(error));
  }
  if (strangers.length > 0) throw noBackup(`${strangers[0]} is no part of one`);
}

function noBackup(why: string): UserError {
  return new UserError({
    code: 'no-backup',
    severity: 'error',
    message: `this is no backup of a state folder: ${why}`,
    help: 'itsup state restore reads what itsup state backup wrote: itsup state restore <file',
  });
}

function isKept(file: string): boolean {
  return KEPT.some((pattern) => pattern.test(file));
}

/** Regular files below a folder, by their path in it; none is reached through a link. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
}
