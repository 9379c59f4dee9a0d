import { interruptible } from './waiting';
import type { RolloutContext, RolloutJournal, RolloutOutcome, RolloutStep } from './types';
import type { SessionSubject } from './session';

/** Runs steps through the journal, tells about them and measures them. */
export class StepRunner {
  readonly durations: RolloutOutcome['durations'] = [];

  constructor(
    private readonly context: RolloutContext,
    private readonly subject: SessionSubject,
    private readonly journal: RolloutJournal,
    private readonly signal: AbortSignal = context.signal,
  ) {}

  async run<T>(step: RolloutStep, act: () => Promise<T>): Promise<T> {
    const { clock } = this.context;
    const started = clock.now();
    this.context.report({ type: 'step', project: this.subject.project, service: this.subject.service, step });
    try {
      return await interruptible(
        this.signal,
        this.journal.step(step, () => interruptible(this.signal, act())),
      );
    } finally {
      this.durations.push({ step, ms: clock.now() - started });
    }
  }
}
