import { problemsOf, type Problem } from '@itsup/config';

import { InterruptedError } from './interrupted-error';
import { NotHealthyError } from './not-healthy-error';
import { RolloutError } from '@itsup/rollout';
import type { StackRun } from '../secrets/hide-secrets';
import type { StackSpec } from '../../stack/stack-spec';

/** What went wrong in the operator's words; a container's own last words are told before. */
export function failureProblems(
  run: Pick<StackRun, 'context' | 'hide'>,
  { stack }: Pick<StackSpec, 'stack'>,
  error: unknown,
): Problem[] {
  const { reporter, signal } = run.context;
  if (signal?.aborted) {
    const state = error instanceof InterruptedError ? error.state : 'what ran before keeps running';
    return [
      {
        code: 'interrupted',
        severity: 'error',
        project: stack,
        message: `${stack}: interrupted; ${state}`,
        help: `the next deploy finishes what is left: itsup deploy ${stack}`,
      },
    ];
  }
  const tell = (details: string[]): void => {
    for (const line of details) reporter.line(stack, `  | ${line}`);
  };
  if (error instanceof NotHealthyError) {
    tell(error.details);
    return [{ ...error.problem, message: run.hide(error.problem.message) }];
  }
  if (error instanceof RolloutError) {
    tell(error.details);
    const message = `${stack}: what an earlier deploy left could not be settled: ${run.hide(error.message)}`;
    const help = `correct that and run: itsup deploy ${stack}`;
    return [{ code: 'recovery-failed', severity: 'error', project: stack, message, help }];
  }
  return problemsOf(error).map((problem) => ({
    ...problem,
    message: run.hide(problem.message),
    project: problem.project ?? stack,
  }));
}
