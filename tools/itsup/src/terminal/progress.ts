import type { Reporter } from '@itsup/deploy';
import { printable } from '@itsup/docker/printable';
import { liveDisplay, type LiveStream } from './live-display';
import { plainDisplay } from './plain-display';
import type { Display, Wait } from './wait';

/** Progress of a run that a person can follow. */
export interface Progress extends Required<Reporter> {
  /** Writes something that stays, to the same terminal. */
  aside(write: () => void): void;
  /** The stack waits for nothing more. */
  settled(stack: string): void;
  /** Nothing is waited for; nothing of it stays on a terminal. */
  close(): void;
}

const TICK_MS = 1000;

/**
 * Shows what each stack waits for and for how long: on a terminal in a line a stack that is overwritten, elsewhere in a
 * line when a wait becomes long, and again from time to time.
 * @param stream where to overwrite; null: lines alone
 * @param line shows a line that stays
 */
export function createProgress(
  stream: LiveStream | null,
  line: (stack: string | null, text: string) => void,
): Progress {
  const display: Display = stream === null ? plainDisplay(line) : liveDisplay(stream);
  const waits = new Map<string | null, Wait>();
  let timer: NodeJS.Timeout | undefined;
  const refresh = (): void => display.refresh([...waits.values()], Date.now());
  const forget = (stacks: Iterable<string | null>): void => {
    for (const stack of [...stacks]) waits.delete(stack);
    if (waits.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
    refresh();
  };
  return {
    line: (stack, text) => display.aside(() => line(stack, text)),
    status: (stack, text, detail) => {
      const known = waits.get(stack);
      const since = known?.text === printable(text) ? known.since : Date.now();
      waits.set(stack, { stack, text: printable(text), detail: detail && printable(detail), since });
      // A process that has nothing else to do may end.
      timer ??= setInterval(refresh, TICK_MS).unref();
      refresh();
    },
    aside: (write) => display.aside(write),
    settled: (stack) => forget([stack]),
    close: () => forget(waits.keys()),
  };
}

/** The stream when lines on it can be overwritten, else null: no terminal, one that cannot, or a log of a CI. */
export function overwritable(
  env: NodeJS.ProcessEnv,
  stream: LiveStream & { isTTY?: boolean },
): LiveStream | null {
  const isLog = env.CI !== undefined && env.CI !== '' && env.CI !== 'false';
  return stream.isTTY === true && env.TERM !== 'dumb' && !isLog ? stream : null;
}
