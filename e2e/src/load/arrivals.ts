import { performance } from 'node:perf_hooks';

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
      while (due <= now) {
        send(due);
        due += interval;
      }
    },
    Math.max(1, Math.min(interval, 5)),
  );
  return () => clearInterval(timer);
}
