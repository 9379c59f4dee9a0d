import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Repeats `attempt` until it neither throws nor rejects, and returns its value. For what a running system does in its
 * own time; the last error is thrown when `timeoutMs` have passed.
 */
export async function eventually<T>(
  attempt: () => T | Promise<T>,
  { timeoutMs = 10_000, everyMs = 100 } = {},
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(everyMs);
    }
  }
}
