import { formatProblems } from '@itsup/config';
import type { DeploySummary, StackOutcome } from '@itsup/deploy';
import { isOwnOutput } from '../terminal/own-output';
import type { StackRun } from './run-action';

/** Ends the task of a stack with the outcome of the deploy layer. */
export function reportOutcome({
  endTask,
  print,
}: Pick<StackRun<unknown>, 'endTask' | 'print'>): (outcome: StackOutcome) => void {
  return ({ stack, status, problems }) => {
    const success = status !== 'failed' && status !== 'skipped';
    // Of what is as it was before, the run's last line tells.
    if (isOwnOutput() && success && status !== 'unchanged') print(stack, status);
    endTask(stack, { problems, success, summary: status });
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
