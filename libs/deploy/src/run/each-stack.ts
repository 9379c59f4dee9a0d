import type { Problem } from '@itsup/config';

import type { StackOutcome } from '../requests';

/** The outcome of a stack of which nothing was touched. */
export function failedStack(stack: string, problems: Problem[], durationMs = 0): StackOutcome {
  return { stack, status: 'failed', plan: null, problems, durationMs };
}

/** Does one stack after the other, and tells of each as soon as it is done. */
export async function eachStack(
  stacks: readonly string[],
  onOutcome: ((outcome: StackOutcome) => void) | undefined,
  act: (stack: string) => Promise<StackOutcome>,
): Promise<StackOutcome[]> {
  const outcomes: StackOutcome[] = [];
  for (const stack of stacks) {
    const outcome = await act(stack);
    outcomes.push(outcome);
    onOutcome?.(outcome);
  }
  return outcomes;
}
