import type { Problem } from '@itsup/config';

import type { DeployRecord, StackOutcome } from '../requests';

/** What `alert.command` gets on its standard input, as JSON. Holds no secret. */
export interface FailureAlert {
  version: 1;
  /** What failed. */
  command: 'deploy' | 'restart' | 'rollback';
  /** Host name. */
  host: string;
  /** Path of the workspace. */
  workspace: string;
  by: string;
  commit: string | null;
  /** ISO 8601, UTC. */
  at: string;
  /** Stacks that failed, and those that were left out because of them. */
  stacks: {
    stack: string;
    status: 'failed' | 'skipped';
    problems: { message: string; help: string | null }[];
    /** null: it failed before anything was touched. */
    record: DeployRecord | null;
  }[];
  /** What kept the whole deploy from beginning. */
  problems: { message: string; help: string | null }[];
  /** What failed nothing yet, and will: a certificate that is not renewed. Absent: nothing. */
  warnings?: { message: string; help: string | null }[];
}

/** The failures among outcomes; null: there is nothing to tell. */
export function failureAlert(
  facts: Pick<FailureAlert, 'command' | 'host' | 'workspace' | 'by' | 'commit' | 'at'>,
  outcomes: readonly StackOutcome[],
  records: ReadonlyMap<string, DeployRecord>,
  problems: readonly Problem[] = [],
  warnings: readonly Problem[] = [],
): FailureAlert | null {
  const stacks = outcomes.flatMap(({ stack, status, problems: own }) =>
    status === 'failed' || status === 'skipped'
      ? [{ stack, status, problems: own.map(inShort), record: records.get(stack) ?? null }]
      : [],
  );
  if (stacks.length === 0 && problems.length === 0 && warnings.length === 0) return null;
  return {
    version: 1,
    ...facts,
    stacks,
    problems: problems.map(inShort),
    ...(warnings.length > 0 && { warnings: warnings.map(inShort) }),
  };
}

/** One line: which stacks failed where. */
export function alertSubject({ command, host, stacks, problems, warnings = [] }: FailureAlert): string {
  const [warning] = warnings;
  if (stacks.length === 0 && problems.length === 0 && warning !== undefined)
    return `warning on ${host}: ${warning.message}`;
  const failed = stacks.filter(({ status }) => status === 'failed').map(({ stack }) => stack);
  return `${command} failed on ${host}${failed.length === 0 ? '' : `: ${failed.join(', ')}`}`;
}

/** A line for each thing that went wrong, with its cure below. */
export function alertText({ stacks, problems, warnings = [] }: FailureAlert): string {
  const lines = [...problems, ...stacks.flatMap((stack) => stack.problems), ...warnings].flatMap(
    ({ message, help }) => (help === null ? [message] : [message, `  ${help}`]),
  );
  const skipped = stacks.filter(({ status }) => status === 'skipped').map(({ stack }) => stack);
  if (skipped.length > 0) lines.push(`not deployed for that reason: ${skipped.join(', ')}`);
  return [...new Set(lines)].join('\n');
}

function inShort({ message, help }: Problem): { message: string; help: string | null } {
  return { message, help: help ?? null };
}
