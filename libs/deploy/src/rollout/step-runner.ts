import { Interrupted } from './rollout-error';
import { interruptible } from './waiting';
import type { RolloutContext, RolloutJournal, RolloutOutcome, RolloutStep } from './types';
import type { SessionSubject } from './session';

/** Runs steps through the journal, tells about them and measures them. */
export class StepRunner {
  readonly durations: RolloutOutcome['durations'] = [];
  private current: Promise<void> = Promise.resolve();

  constructor(
    private readonly context: RolloutContext,
    private readonly subject: SessionSubject,
    private readonly journal: RolloutJournal,
    private readonly signal: AbortSignal = context.signal,
  ) {}

  /** Resolves when the work of the last step has come to an end, also after an interrupt made `run` give up on it. */
  settled(): Promise<void> {
    return this.current;
  }

  async run<T>(step: RolloutStep, act: () => Promise<T>): Promise<T> {
    const { clock } = this.context;
    const started = clock.now();
    this.context.report({ type: 'step', project: this.subject.project, service: this.subject.service, step });
    try {
      const work = this.journal.step(step, () => {
        if (this.signal.aborted) return Promise.reject(new Interrupted());
        return act();
      });
      this.current = work.then(
        () => undefined,
        () => undefined,
      );
      return await interruptible(this.signal, work);
    } finally {
      this.durations.push({ step, ms: clock.now() - started });
    }
  }
}
