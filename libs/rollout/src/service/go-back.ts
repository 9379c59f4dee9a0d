import { Interrupted } from '../procedure/rollout-error';
import type { StepRunner } from '../procedure/step-runner';
import type { RolloutJournal, RolloutStep } from '../types';
import { interruptible } from '../procedure/waiting';

export interface WayBack {
  steps: StepRunner<RolloutStep>;
  journal: RolloutJournal;
  /** Ends the attempt; not the signal of the interrupt that made it necessary. */
  signal: AbortSignal;
  /** Writes down that it goes back. */
  note(): Promise<void>;
  /** Safe to repeat. */
  undo(): Promise<void>;
}

/**
 * Brings back what served before. The journal is told first, but does not decide: on a full disk it cannot be written,
 * and what runs has to be put right all the same.
 *
 * @returns what is left over, for the operator; null: nothing
 */
export async function goBack({ steps, journal, signal, note, undo }: WayBack): Promise<string | null> {
  try {
    // What a step was about to write or to start must not come after what puts it right.
    await interruptible(signal, steps.settled());
    await note().catch(() => undefined);
    await interruptible(signal, undo());
  } catch (error) {
    const also =
      error instanceof Interrupted ? '' : ` (${error instanceof Error ? error.message : String(error)})`;
    return `new containers and a route file are left${also}; the next deploy of this stack removes them`;
  }
  try {
    await journal.save(null);
    return null;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `a journal that could not be closed (${reason}); the next deploy of this stack closes it`;
  }
}
