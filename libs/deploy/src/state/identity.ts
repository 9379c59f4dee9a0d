import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';

import { UserError } from '@itsup/config';

import { readFileOrNull, readJsonOrNull, writeFileAtomic } from './atomic-file';
import type { State } from './state';

/** Which workspace this state folder belongs to. */
export interface WorkspaceIdentity {
  version: 1;
  id: string;
  /** Canonical absolute path that deploys run from. */
  path: string;
  /** Key of the digests in this folder. */
  digestKey: string;
  /** Version of the product that deployed last; absent: one that did not write it down. */
  product?: string;
}

/**
 * Whose state folder this is; null: nobody's yet.
 * @throws UserError when the file is damaged, as by a disk that was full: to go on would begin anew, and forget all of
 * it
 */
export async function readIdentity(state: State): Promise<WorkspaceIdentity | null> {
  const identity = await readJsonOrNull<WorkspaceIdentity>(state.workspaceFile, 1);
  if (identity !== null || (await readFileOrNull(state.workspaceFile)) === null) return identity;
  throw new UserError({
    code: 'state-damaged',
    severity: 'error',
    message: `${state.workspaceFile} is damaged: it does not say whose state folder this is`,
    help: `restore a backup beside it: mv ${state.dir} ${state.dir}.damaged, then itsup state restore <file`,
  });
}

/**
 * What Traefik's API asks of a deploy. Nothing keeps it but the key that it is made of, in a file that its owner alone
 * reads.
 */
export function apiSecretOf({ digestKey }: Pick<WorkspaceIdentity, 'digestKey'>): string {
  return createHmac('sha256', digestKey).update("Traefik's API").digest('hex');
}

/**
 * The identity of the workspace at `root`, made at its first deploy.
 * @param adopt record `root` as the new path when another one was recorded
 * @param product its version, which is recorded: what cannot read the folder any more names it
 * @throws UserError when the state folder belongs to a checkout at another path: every bind mount would change
 */
export async function claimWorkspace(
  state: State,
  root: string,
  adopt: boolean,
  product?: string,
): Promise<WorkspaceIdentity> {
  const known = await readIdentity(state);
  if (known !== null) {
    const problem = checkoutProblem(known, root);
    if (problem === null && (product === undefined || product === known.product)) return known;
    if (problem !== null && !adopt) throw problem;
  }
  const base: WorkspaceIdentity = known
    ? { ...known, path: root }
    : { version: 1, id: randomUUID(), path: root, digestKey: randomBytes(32).toString('hex') };
  const identity = product === undefined ? base : { ...base, product };
  await mkdir(state.dir, { recursive: true, mode: 0o700 });
  await writeFileAtomic(state.workspaceFile, `${JSON.stringify(identity, null, 2)}\n`);
  return identity;
}

/** The error of deploying from a second checkout; null: this is the recorded one. */
export function checkoutProblem(known: WorkspaceIdentity, root: string): UserError | null {
  if (known.path === root) return null;
  return new UserError({
    code: 'second-checkout',
    severity: 'error',
    message: `this host is deployed from ${known.path}, not from ${root}: every bind mount would change`,
    help: `deploy from ${known.path}, or take over for good with --adopt`,
  });
}

/** Stacks that have a folder in the state: everything this workspace ever deployed and did not take down. */
export async function listStacks(state: State): Promise<string[]> {
  try {
    const entries = await readdir(path.join(state.dir, 'stacks'), { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
