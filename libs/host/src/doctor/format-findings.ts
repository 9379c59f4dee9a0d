import type { Finding, FindingSeverity } from './finding';

const MARKS: Record<FindingSeverity, string> = { ok: 'ok', note: 'note', warning: 'warning', error: 'error' };
const COLORS: Record<FindingSeverity, string> = { ok: '32', note: '36', warning: '33', error: '31' };

/** Findings for people, a line each with its cure below it, and the sum. */
export function formatFindings(findings: readonly Finding[], { color }: { color: boolean }): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const lines = findings.flatMap(({ check, severity, message, cure }) => {
    const mark = MARKS[severity].padEnd(7);
    const line = `${color ? `\u001B[${COLORS[severity]}m${mark}\u001B[0m` : mark}  ${check.padEnd(width)}  ${message}`;
    return cure === null ? [line] : [line, `${' '.repeat(width + 11)}${cure}`];
  });
  return [...lines, '', sum(findings)].join('\n');
}

function sum(findings: readonly Finding[]): string {
  const count = (severity: FindingSeverity): number =>
    findings.filter((finding) => finding.severity === severity).length;
  const errors = count('error');
  const warnings = count('warning');
  if (errors > 0) return `${plural(errors, 'thing')} to mend before a deploy, ${plural(warnings, 'warning')}`;
  return warnings > 0 ? `deploys can run; ${plural(warnings, 'warning')}` : 'all well';
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
