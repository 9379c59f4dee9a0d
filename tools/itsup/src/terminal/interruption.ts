/** Exit code of a process that an interrupt ended, as shells have it. */
export const INTERRUPTED = 130;

/** Nx and Docker kill what is still there five seconds after an interrupt. */
const LAST_MOMENT_MS = 4_000;

/**
 * A terminal signals every process in the foreground with SIGINT, and Nx then sends its workers SIGTERM: both are one
 * Ctrl-C.
 */
const SAME_INTERRUPT_MS = 1_000;

export interface Interruption {
  signal: AbortSignal;
  /** Gives the signals back to whoever handled them before. */
  release(): void;
}

/**
 * Turns Ctrl-C and a stop request into an abort, so that what is running comes to a safe end. A second one, or four
 * seconds, end the process.
 */
export function interruption(): Interruption {
  const controller = new AbortController();
  let lastMoment: NodeJS.Timeout | undefined;
  let firstAt = 0;
  const onSignal = (): void => {
    if (controller.signal.aborted) {
      if (performance.now() - firstAt > SAME_INTERRUPT_MS) process.exit(INTERRUPTED);
      return;
    }
    firstAt = performance.now();
    controller.abort();
    lastMoment = setTimeout(() => process.exit(INTERRUPTED), LAST_MOMENT_MS).unref();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  signals.forEach((signal) => process.on(signal, onSignal));
  return {
    signal: controller.signal,
    release: () => {
      clearTimeout(lastMoment);
      signals.forEach((signal) => process.off(signal, onSignal));
    },
  };
}
