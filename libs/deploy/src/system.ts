import { readFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import os from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';

import type { System } from './context';

/** The real clock and process facts. */
export function createSystem(): System {
  return {
    now: () => Date.now(),
    sleep: async (ms, signal) => {
      try {
        await delay(ms, undefined, { signal });
      } catch (error) {
        signal?.throwIfAborted();
        throw error;
      }
    },
    pid: process.pid,
    hostname: os.hostname(),
    user: userName(),
    bootId: bootId(),
    processStart,
  };
}

function userName(): string {
  try {
    return os.userInfo().username;
  } catch {
    // A user without an entry in passwd, as in many containers.
    return String(process.getuid?.() ?? 'unknown');
  }
}

function bootId(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return null;
  }
}

/** Field 22 of /proc/PID/stat, counted after the command's closing bracket: the command may hold spaces. */
async function processStart(pid: number): Promise<string | null> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return isRunning(pid) ? 'unknown' : null;
  }
}

/** For hosts without /proc. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
