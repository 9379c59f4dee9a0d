import type { System } from '../context';

/** Time that passes only while somebody sleeps. */
export class VirtualClock {
  private time = Date.parse('2026-01-01T00:00:00Z');

  now(): number {
    return this.time;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.time += ms;
    await new Promise((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
  }
}

/** A process on a host of its own; `alive` says which pids run there. */
export function simulatedSystem(
  clock: VirtualClock,
  pid = 100,
  alive: ReadonlySet<number> = new Set([pid]),
): System {
  return {
    now: () => clock.now(),
    sleep: (ms, signal) => clock.sleep(ms, signal),
    pid,
    hostname: 'host',
    user: 'operator',
    bootId: 'boot',
    processStart: (asked) => Promise.resolve(alive.has(asked) ? `start of ${asked}` : null),
  };
}
