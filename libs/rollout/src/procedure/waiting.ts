import { Interrupted, RolloutError } from './rollout-error';
import type { Clock, RolloutEvent, RolloutStep } from '../types';

export interface WaitOptions {
  /** Ends the sentence `waiting for …`. */
  what: string;
  /** When the wait ends by itself, which is what is shown; a function: it may change with what is seen. */
  limitMs: number | (() => number);
  /** The error of that end; default: `gave up after …`. */
  timeUp?: () => Promise<Error>;
  /** Between two looks; a function of the time that has passed. */
  intervalMs: number | ((elapsedMs: number) => number);
}

/** What a wait needs of its surroundings. */
export interface Waiter {
  clock: Clock;
  signal: AbortSignal;
  /** A signal that aborts after so many milliseconds. Default: `AbortSignal.timeout`. */
  deadline?(ms: number): AbortSignal;
  /** Told about once a second. */
  onWaiting(wait: { what: string; elapsedMs: number; limitMs: number }): void;
}

const reportEveryMs = 1000;
/**
 * What a last look may take beyond the limit: an engine or an address that does not answer at all must not hold the
 * lock for good.
 */
const lookGraceMs = 15_000;
const longestTimer = 2 ** 31 - 1;

/**
 * Looks again and again until `look` gives a value.
 *
 * @param look null: not yet. What it throws ends the wait.
 * @param lastWords what to add when the limit passes, e.g. the last error seen
 * @throws RolloutError when the limit passes, Interrupted when the signal aborts
 */
export async function waitFor<T>(
  waiter: Waiter,
  options: WaitOptions,
  look: () => Promise<T | null>,
  lastWords: () => string = () => '',
): Promise<T> {
  const start = waiter.clock.now();
  let reported = start;
  const { deadline = (ms: number) => AbortSignal.timeout(ms) } = waiter;
  const limit = (): number => (typeof options.limitMs === 'number' ? options.limitMs : options.limitMs());
  const cutoff = deadline(Math.min(limit() + lookGraceMs, longestTimer));
  const giveUp = (): RolloutError => {
    const words = lastWords();
    return new RolloutError(
      `gave up after ${seconds(limit())} of waiting for ${options.what}${words ? `: ${words}` : ''}`,
    );
  };
  for (;;) {
    const value = await interruptible(waiter.signal, interruptible(cutoff, look())).catch(
      (error: unknown) => {
        throw error instanceof Interrupted && !waiter.signal.aborted ? giveUp() : error;
      },
    );
    if (value !== null) return value;
    const now = waiter.clock.now();
    if (now - start >= limit()) throw options.timeUp ? await options.timeUp() : giveUp();
    if (now - reported >= reportEveryMs) {
      reported = now;
      waiter.onWaiting({ what: options.what, elapsedMs: now - start, limitMs: limit() });
    }
    const { intervalMs } = options;
    const pause = typeof intervalMs === 'number' ? intervalMs : intervalMs(now - start);
    await interruptible(waiter.signal, waiter.clock.sleep(pause, waiter.signal));
  }
}

/**
 * Settles with the promise, or rejects with Interrupted as soon as the signal aborts; the work itself is not stopped.
 */
export async function interruptible<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  if (signal.aborted) {
    promise.catch(() => undefined);
    throw new Interrupted();
  }
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(new Interrupted());
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } catch (error) {
    // Whatever was under way may notice the signal first and reject with an error of its own.
    throw signal.aborted ? new Interrupted() : error;
  } finally {
    if (onAbort) signal.removeEventListener('abort', onAbort);
    promise.catch(() => undefined);
  }
}

/** Aborts so many milliseconds after the signal of a context: when what puts things right has taken long enough. */
export function graceAfter(
  { signal, deadline = (ms) => AbortSignal.timeout(ms) }: Pick<Waiter, 'signal' | 'deadline'>,
  ms: number,
): AbortSignal {
  const enough = new AbortController();
  const begin = (): void => {
    const due = deadline(ms);
    if (due.aborted) enough.abort();
    else due.addEventListener('abort', () => enough.abort(), { once: true });
  };
  if (signal.aborted) begin();
  else signal.addEventListener('abort', begin, { once: true });
  return enough.signal;
}

export function seconds(ms: number): string {
  return ms < 10_000 ? `${Math.round(ms / 100) / 10} s` : `${Math.round(ms / 1000)} s`;
}

/** For waits inside a rollout: turns them into events. */
export function waiterFor(
  context: {
    clock: Clock;
    signal: AbortSignal;
    deadline?(ms: number): AbortSignal;
    report(event: RolloutEvent): void;
  },
  about: { project: string; service: string },
  step: RolloutStep,
  signal: AbortSignal = context.signal,
): Waiter {
  return {
    clock: context.clock,
    signal,
    ...(context.deadline && { deadline: context.deadline.bind(context) }),
    onWaiting: (wait) =>
      context.report({ type: 'waiting', project: about.project, service: about.service, step, ...wait }),
  };
}
