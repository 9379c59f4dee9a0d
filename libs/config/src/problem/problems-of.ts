import { UserError, type Problem } from './problem';

/**
 * What a caught error says to the operator. Mistakes of theirs and faults of the system (a full disk, a command that
 * failed) become one line with its cure; an error of ours keeps its stack, because only that helps to mend it.
 */
export function problemsOf(error: unknown): Problem[] {
  if (error instanceof UserError) {
    return error.problems;
  }
  if (!(error instanceof Error)) {
    return [{ code: 'unexpected', severity: 'error', message: String(error) }];
  }
  const { code, help } = error as { code?: unknown; help?: unknown };
  if (typeof code === 'string') {
    const problem: Problem = { code: code.toLowerCase(), severity: 'error', message: error.message };
    return [typeof help === 'string' ? { ...problem, help } : problem];
  }
  return [{ code: 'unexpected', severity: 'error', message: error.stack ?? error.message }];
}
