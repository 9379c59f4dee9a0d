import path from 'node:path';

import { compareText } from '@itsup/config';

import type { System } from '../context';
import { readJsonOrNull, writeFileAtomic } from '../state/atomic-file';
import { acquireLock, SHORT_LOCK_WAIT_MS } from '../state/lock';
import type { State } from '../state/state';

/** By stack, the keys of what it claimed of the table of ownership when it was deployed last. */
export type DeployedClaims = Record<string, readonly string[]>;

interface ClaimsFile {
  version: 1;
  stacks: DeployedClaims;
}

/** Empty on a host of a version that remembered none. */
export async function readClaims(state: State): Promise<DeployedClaims> {
  return (await readJsonOrNull<ClaimsFile>(claimsPath(state), 1))?.stacks ?? {};
}

/**
 * Remembers what these stacks claim, now that they are deployed; what others claim stays as another process left it.
 * Writes nothing when nothing changed.
 */
export async function rememberClaims(state: State, system: System, claims: DeployedClaims): Promise<void> {
  if (!differs(await readClaims(state), claims)) return;
  const lock = await acquireLock({
    file: path.join(state.dir, 'claims.lock'),
    what: 'the record of who owns what',
    command: 'deploy',
    waitMs: SHORT_LOCK_WAIT_MS,
    system,
  });
  try {
    const stacks = { ...(await readClaims(state)), ...claims };
    const sorted = Object.fromEntries(Object.entries(stacks).sort(([a], [b]) => compareText(a, b)));
    const file: ClaimsFile = { version: 1, stacks: sorted };
    await writeFileAtomic(claimsPath(state), `${JSON.stringify(file)}\n`);
  } finally {
    await lock.release();
  }
}

function differs(known: DeployedClaims, claims: DeployedClaims): boolean {
  return Object.entries(claims).some(([stack, claims]) => {
    const before = known[stack];
    return before?.length !== claims.length || before.some((claim, index) => claim !== claims[index]);
  });
}

function claimsPath(state: State): string {
  return path.join(state.dir, 'claims.json');
}
