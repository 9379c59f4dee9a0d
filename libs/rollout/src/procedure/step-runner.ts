import { Interrupted } from './rollout-error';
import type { Clock, RolloutContext, RolloutJournal, RolloutStep } from '../types';
import { interruptible } from './waiting';

export interface StepRunnerOptions<Step extends string> {
  clock: Clock;
  signal: AbortSignal;
  journal: { step<T>(name: Step, run: () => Promise<T>): Promise<T> };
  onStep(step: Step): void;
}

/** Runs steps through the journal, tells about them and measures them. */
export class StepRunner<Step extends string> {
  readonly durations: { step: Step; ms: number }[] = [];
  private current: Promise<void> = Promise.resolve();

  constructor(private readonly options: StepRunnerOptions<Step>) {}

  /** Resolves when the work of the last step has ended, also after an interrupt made `run` give up on it. */
  settled(): Promise<void> {
    return this.current;
  }

  async run<T>(step: Step, act: () => Promise<T>): Promise<T> {
    const { clock, signal, journal, onStep } = this.options;
    const started = clock.now();
    onStep(step);
    try {
      const work = journal.step(step, () => (signal.aborted ? Promise.reject<T>(new Interrupted()) : act()));
      this.current = work.then(
        () => undefined,
        () => undefined,
      );
      return await interruptible(signal, work);
    } finally {
      this.durations.push({ step, ms: Math.round(clock.now() - started) });
    }
  }
}

/** The runner of a rollout's steps. */
export function stepsOf(
  context: RolloutContext,
  { project, service }: { project: string; service: string },
  journal: RolloutJournal,
): StepRunner<RolloutStep> {
  return new StepRunner({
    clock: context.clock,
    signal: context.signal,
    journal,
    onStep: (step) => context.report({ type: 'step', project, service, step }),
  });
}
