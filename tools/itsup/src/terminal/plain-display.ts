import { describeWait, type Display } from './wait';

/** Most steps are over sooner: nobody waits for them. */
const LONG_MS = 1000;
const AGAIN_MS = 10_000;

/**
 * For logs and for Nx, which shows lines as they come: a wait is told when it gets long, and then every ten seconds.
 */
export function plainDisplay(line: (stack: string | null, text: string) => void): Display {
  /** When a wait was told last, and which. */
  const told = new Map<string | null, { text: string; since: number; at: number }>();
  return {
    refresh: (waits, now) => {
      for (const wait of waits) {
        const last = told.get(wait.stack);
        const isNew = last?.text !== wait.text || last.since !== wait.since;
        const isDue = isNew ? now - wait.since >= LONG_MS : now - last.at >= AGAIN_MS;
        if (!isDue) continue;
        told.set(wait.stack, { text: wait.text, since: wait.since, at: now });
        line(wait.stack, describeWait(wait, now));
      }
    },
    aside: (write) => write(),
  };
}
