import type { VirtualClock } from '@itsup/docker/testing/virtual-clock';

import type { System } from '../context';

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
