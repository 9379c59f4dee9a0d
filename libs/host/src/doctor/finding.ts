/**
 * `error`: deploys fail or would do harm. `warning`: something does not work, or soon will not. `note`: worth knowing.
 */
export type FindingSeverity = 'error' | 'warning' | 'note' | 'ok';

/** What one check found. */
export interface Finding {
  /** What was looked at: `engine`, `ports`. */
  check: string;
  severity: FindingSeverity;
  /** One line. */
  message: string;
  /** One line: what to do; null: nothing. */
  cure: string | null;
}

/** The findings of one check; `ok` is told when it has none worse than a note. */
export function findings(
  check: string,
  ok: string | null,
  found: readonly (Omit<Finding, 'check'> | null)[],
): Finding[] {
  const all = found.flatMap((one) => (one === null ? [] : [{ check, ...one }]));
  const sound = all.every(({ severity }) => severity === 'note');
  return sound && ok !== null ? [{ check, severity: 'ok', message: ok, cure: null }, ...all] : all;
}

export function error(message: string, cure: string): Omit<Finding, 'check'> {
  return { severity: 'error', message, cure };
}

export function warning(message: string, cure: string): Omit<Finding, 'check'> {
  return { severity: 'warning', message, cure };
}

export function note(message: string, cure: string | null = null): Omit<Finding, 'check'> {
  return { severity: 'note', message, cure };
}
