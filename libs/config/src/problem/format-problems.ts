import { styleText } from 'node:util';
import type { Place, Problem, Severity } from './problem';

export interface FormatOptions {
  /** ANSI colours; off by default, for files and pipes. */
  color?: boolean;
}

/** Longer lines are cut around the place they are shown for. */
const MAX_WIDTH = 110;

type Style = (style: Parameters<typeof styleText>[0], text: string) => string;

/**
 * Problems for people, one block each: place and message in the form that editors and CI make clickable, the line with
 * a caret under what is meant, what to do about it, and the other places that take part. Ends with a line break;
 * empty when there are none.
 */
export function formatProblems(problems: readonly Problem[], { color = false }: FormatOptions = {}): string {
  const style: Style = (format, text) => (color ? styleText(format, text) : text);
  return problems.map((problem) => block(problem, style)).join('\n');
}

const STYLES: Record<Severity, Parameters<typeof styleText>[0]> = {
  error: ['red', 'bold'],
  warning: ['yellow', 'bold'],
  note: ['cyan', 'bold'],
};

function block(problem: Problem, style: Style): string {
  const where = problem.place ? `${style('bold', shownPlace(problem.place))}: ` : '';
  const lines = [
    `${where}${style(STYLES[problem.severity], problem.severity)}: ${printable(problem.message)}`,
  ];
  if (problem.place) lines.push(...excerpt(problem.place, style));
  if (problem.help !== undefined) lines.push(`  ${style('cyan', 'help')}: ${printable(problem.help)}`);
  for (const { message, place } of problem.related ?? []) {
    lines.push(`  ${style('bold', shownPlace(place))}: ${printable(message)}`);
    lines.push(...excerpt(place, style));
  }
  return `${lines.join('\n')}\n`;
}

function shownPlace({ file, line, column }: Place): string {
  return `${printable(file)}:${line}:${column}`;
}

function excerpt({ line, column, text, length = 1 }: Place, style: Style): string[] {
  if (text === undefined || text.trim() === '') return [];
  const cut = Math.max(0, column - 1 - MAX_WIDTH / 2);
  const shown = text.slice(cut, cut + MAX_WIDTH);
  const before = shown.slice(0, column - 1 - cut);
  const marks = Math.max(1, Math.min(length, shown.length - before.length));
  // Tabs stay tabs, so that the caret lands below its column whatever a tab's width is.
  const indent = before.replace(/[^\t]/g, ' ');
  const number = String(line).padStart(5);
  const bar = style('dim', '|');
  return [
    `${number} ${bar} ${printable(shown)}`,
    `${' '.repeat(number.length)} ${bar} ${indent}${style('red', '^'.repeat(marks))}`,
  ];
}

/** Characters of a file must not move the cursor or rename the terminal; each becomes one visible character. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) =>
    character === '\t' ? character : '\ufffd',
  );
}
