import { performance } from 'node:perf_hooks';

/**
 * How much is made up for after a tick that came late. What a busy machine kept this process from sending in time was
 * no stall of the server: to send all of it at once keeps the process busy for still longer, until it does nothing
 * else, and the ledger in it answers nobody.
 */
const MAKE_UP_MS = 250;

/**
 * Constant arrivals (an open model): requests start when they are due, however long the ones before take. A generator
 * that waits for answers would send nothing while the server stalls, and so hide the stall.
 *
 * @param perSecond requests a second
 * @param send starts one request; `due` is the moment (performance.now()) it should have started
 * @returns stops the arrivals; what is under way goes on
 */
export function arrive(perSecond: number, send: (due: number) => void): () => void {
  const interval = 1000 / perSecond;
  let due = performance.now();
  const timer = setInterval(
    () => {
      const now = performance.now();
      due = Math.max(due, now - MAKE_UP_MS);
      while (due <= now) {
        send(due);
        due += interval;
      }
    },
    Math.max(1, Math.min(interval, 5)),
  );
  return () => clearInterval(timer);
}
