import path from 'node:path';

import { compareText } from '@itsup/config';

import type { DeployContext } from '../context';
import { acquireLock, SHORT_LOCK_WAIT_MS } from '../state/lock';
import { IMAGE_LOCK_FILE, readImageLock } from './image-lock';
import { writeLock } from './write-lock';

/** What a deploy fetched for the first time, and the lock does not hold: reference → digest. */
export type FirstFetched = Map<string, string>;

/**
 * Records what was fetched for the first time in the lock, and says so. Of a deploy that nobody sits at, in CI or by a
 * unit of systemd, the checkout stays as it is: there it only says what is not recorded.
 */
export async function recordFirst(
  { root, state, system, env, reporter }: DeployContext,
  fetched: FirstFetched,
): Promise<void> {
  if (fetched.size === 0) return;
  if (isUnattended(env)) {
    const names = [...fetched.keys()].sort(compareText).join(', ');
    reporter.line(null, `note: not in ${IMAGE_LOCK_FILE}: ${names} (itsup images lock, and commit it)`);
    return;
  }
  const lock = await acquireLock({
    file: path.join(state.dir, 'images.lock'),
    what: IMAGE_LOCK_FILE,
    command: 'record',
    waitMs: SHORT_LOCK_WAIT_MS,
    system,
  });
  try {
    const before = await readImageLock(root);
    const changes = await writeLock(root, before, new Map([...fetched, ...before]));
    const names = changes.map(({ image }) => image).join(', ');
    if (names !== '') reporter.line(null, `recorded in ${IMAGE_LOCK_FILE}: ${names}: commit it`);
  } finally {
    await lock.release();
  }
}

/** systemd gives every start of a unit an id. */
function isUnattended(env: DeployContext['env']): boolean {
  const { CI = '', INVOCATION_ID = '' } = env;
  return INVOCATION_ID !== '' || !['', '0', 'false'].includes(CI.toLowerCase());
}
