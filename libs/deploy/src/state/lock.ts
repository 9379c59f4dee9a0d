import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { UserError } from '@itsup/config';

import type { System } from '../context';

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

const POLL_MS = 200;

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
    if (await createWith(file, text)) return { release: () => releaseIfOurs(file, text) };
    const holder = await readHolder(file);
    if (holder === null || !(await isAlive(holder, system))) {
      if (await breakStale(file, holder, options)) continue;
    }
    if (system.now() >= deadline) throw heldBy(options.what, holder);
    if (!told && holder !== null) {
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

/** The file appears with its content at once: a reader never sees it half-written. */
async function createWith(file: string, text: string): Promise<boolean> {
  const temporary = `${file}.${randomUUID()}.tmp`;
  await writeFile(temporary, text, { mode: 0o600, flag: 'wx' });
  try {
    await link(temporary, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await unlink(temporary);
  }
}

/**
 * Removes a dead holder's lock. Two waiters may see the same dead holder, so only who holds the breaking lock may
 * remove anything, after looking again: else the second would remove the first one's new lock.
 */
async function breakStale(file: string, seen: LockHolder | null, options: LockOptions): Promise<boolean> {
  const breaking = `${file}.break`;
  if (!(await createWith(breaking, JSON.stringify(await ourselves(options))))) {
    const breaker = await readHolder(breaking);
    if (breaker === null || !(await isAlive(breaker, options.system))) await rm(breaking, { force: true });
    return false;
  }
  try {
    const holder = await readHolder(file);
    if (JSON.stringify(holder) === JSON.stringify(seen)) await rm(file, { force: true });
    return true;
  } finally {
    await rm(breaking, { force: true });
  }
}

async function releaseIfOurs(file: string, text: string): Promise<void> {
  const there = await readFile(file, 'utf8').catch(() => null);
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
  };
}

async function readHolder(file: string): Promise<LockHolder | null> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as LockHolder;
  } catch {
    return null;
  }
}

async function isAlive(holder: LockHolder, system: System): Promise<boolean> {
  if (holder.bootId !== system.bootId) return false;
  const start = await system.processStart(holder.pid);
  return start !== null && (holder.start === null || start === holder.start);
}

function heldBy(what: string, holder: LockHolder | null): UserError {
  return new UserError({
    code: 'locked',
    severity: 'error',
    message: `${what} is locked by ${holder ? describeHolder(holder) : 'another deploy'}`,
    help: 'wait until it is done, or end that process; a lock of a dead process goes by itself',
  });
}
