import { formatProblems } from '@itsup/config';
import type { DeploySummary, StackOutcome } from '@itsup/deploy';
import { isOwnOutput } from '../terminal/own-output';
import type { StackRun } from './run-action';

/** Settles the task of a stack as the deploy layer settled the stack. */
export function settleOutcome({
  settle,
  print,
}: Pick<StackRun<unknown>, 'settle' | 'print'>): (outcome: StackOutcome) => void {
  return ({ stack, status, problems }) => {
    const success = status !== 'failed' && status !== 'skipped';
    // Of what is as it was before, the run's last line tells.
    if (isOwnOutput() && success && status !== 'unchanged') print(stack, status);
    settle(stack, { problems, success, summary: status });
  };
}

/** What a deploy found and no failure tells: warnings, notes, and stacks whose folder is gone. */
export function printFindings(
  { problems, prunable }: Pick<DeploySummary, 'problems' | 'prunable'>,
  { color, print, unseen }: Pick<StackRun<unknown>, 'color' | 'print' | 'unseen'>,
): void {
  const fresh = unseen(problems);
  if (fresh.length > 0) {
    print(null, formatProblems(fresh, { color }).trimEnd());
  }
  if (prunable.length > 0) {
    const stacks = prunable.join(', ');
    print(null, `still on the engine, but no longer in projects/: ${stacks} (itsup prune takes them down)`);
  }
}
