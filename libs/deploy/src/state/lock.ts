import { createHash, randomUUID } from 'node:crypto';
import { link, mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';

import { UserError, writeNamed } from '@itsup/config';

import type { System } from '../context';
import { readFileOrNull } from './atomic-file';

/** Who holds a lock; the pid alone would name another process after a reboot or a wrap. */
export interface LockHolder {
  pid: number;
  /** Start of the process in ticks since boot; null where the host does not tell. */
  start: string | null;
  bootId: string | null;
  hostname: string;
  user: string;
  /** ISO 8601. */
  since: string;
  /** What it does: `deploy`. */
  command: string;
  /** Makes every lock another text; absent in one of an older tool. */
  token?: string;
}

export interface Lock {
  release(): Promise<void>;
}

export interface LockOptions {
  file: string;
  /** What is locked, for messages: `stack blog`. */
  what: string;
  command: string;
  /** Milliseconds to wait for the holder; 0 fails at once. */
  waitMs: number;
  system: System;
  signal?: AbortSignal;
  /** Called once when there is somebody to wait for. */
  onWait?(holder: string): void;
}

/** How long a command waits for another one's lock of a stack, unless it is told otherwise. */
export const LOCK_WAIT_MS = 10 * 60_000;
/** The same for a lock that is held for a moment only: of the published routes, of a small file. */
export const SHORT_LOCK_WAIT_MS = 60_000;

const POLL_MS = 200;
/** To remove a dead lock takes a moment. */
const BREAK_POLL_MS = 5;

/**
 * Takes the lock, waiting for its holder. A holder that is dead (its process, or the host since) loses it.
 * @throws UserError that says who holds it when the wait is over
 */
export async function acquireLock(options: LockOptions): Promise<Lock> {
  const { file, system, waitMs, signal } = options;
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const text = JSON.stringify(await ourselves(options));
  const deadline = system.now() + waitMs;
  let told = false;
  for (;;) {
    signal?.throwIfAborted();
    if (await createWith(file, text)) {
      await removeDeadAttempts(file, system);
      return { release: () => releaseIfOurs(file, text) };
    }
    const present = await readFileOrNull(file);
    // Released since: whoever is first takes it.
    if (present === null) continue;
    const holder = parseHolder(present);
    if (holder === null || !(await isAlive(holder, system))) {
      await removeStale(file, present, options);
      continue;
    }
    if (system.now() >= deadline) throw heldBy(options.what, holder);
    if (!told) {
      told = true;
      options.onWait?.(describeHolder(holder));
    }
    await system.sleep(POLL_MS, signal);
  }
}

/** Who holds the lock now, in words; null: nobody alive. */
export async function lockedBy(file: string, system: System): Promise<string | null> {
  const holder = await readHolder(file);
  return holder !== null && (await isAlive(holder, system)) ? describeHolder(holder) : null;
}

export function describeHolder(holder: LockHolder): string {
  return `${holder.command} of ${holder.user}@${holder.hostname} (pid ${holder.pid}) since ${holder.since}`;
}

/** Removes what a process left that was killed while it took the lock. */
async function removeDeadAttempts(file: string, system: System): Promise<void> {
  const folder = path.dirname(file);
  for (const name of await readdir(folder)) {
    if (!name.startsWith(`${path.basename(file)}.`) || !name.endsWith('.tmp')) continue;
    const unfinished = path.join(folder, name);
    const writer = await readHolder(unfinished);
    if (writer !== null && !(await isAlive(writer, system))) await rm(unfinished, { force: true });
  }
}

/** The file appears with its content at once: a reader never sees it half-written. */
async function createWith(file: string, text: string): Promise<boolean> {
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    await writeNamed(temporary, text, { mode: 0o600, flag: 'wx' }, file);
    await link(temporary, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

/**
 * Removes a dead holder's lock, or does nothing when somebody else does. The right to remove it is a file named after
 * the lock's text. Texts of locks are unique, so who has the right and still finds the text removes the dead lock and
 * never a new one. The right of a process that died over it is removed in the same way.
 */
async function removeStale(file: string, text: string, options: LockOptions): Promise<void> {
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 16);
  const right = `${options.file}.${digest}.break`;
  if (await createWith(right, JSON.stringify(await ourselves(options)))) {
    try {
      if ((await readFileOrNull(file)) === text) await rm(file, { force: true });
    } finally {
      await rm(right, { force: true });
    }
    return;
  }
  const other = await readFileOrNull(right);
  if (other === null) return;
  const remover = parseHolder(other);
  if (remover === null || !(await isAlive(remover, options.system))) await removeStale(right, other, options);
  else await options.system.sleep(BREAK_POLL_MS, options.signal);
}

async function releaseIfOurs(file: string, text: string): Promise<void> {
  const there = await readFileOrNull(file).catch(() => null);
  if (there === text) await rm(file, { force: true });
}

async function ourselves({ system, command }: LockOptions): Promise<LockHolder> {
  return {
    pid: system.pid,
    start: await system.processStart(system.pid),
    bootId: system.bootId,
    hostname: system.hostname,
    user: system.user,
    since: new Date(system.now()).toISOString(),
    command,
    token: randomUUID(),
  };
}

async function readHolder(file: string): Promise<LockHolder | null> {
  const text = await readFileOrNull(file);
  return text === null ? null : parseHolder(text);
}

/** null: nothing that a process of ours wrote. */
function parseHolder(text: string): LockHolder | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as LockHolder) : null;
  } catch {
    return null;
  }
}

async function isAlive(holder: LockHolder, system: System): Promise<boolean> {
  if (holder.bootId !== system.bootId) return false;
  const start = await system.processStart(holder.pid);
  return start !== null && (holder.start === null || start === holder.start);
}

function heldBy(what: string, holder: LockHolder): UserError {
  return new UserError({
    code: 'locked',
    severity: 'error',
    message: `${what} is locked by ${describeHolder(holder)}`,
    help: 'wait until it is done, or end that process; a lock of a dead process goes by itself',
  });
}
