import type { DeployRecord } from '../requests';
import { duration, shortCommit, wrapped } from './words';

/** Steps that take less are left out. */
const SHORTEST_STEP_MS = 500;

/**
 * Records of a stack for people, newest first: when, how it ended, from which commit, what was done to which service
 * and why, what took its time, how things were with its certificates, and what went wrong. In 80 columns.
 * @param present id of the record that describes what runs; null: none does
 */
export function formatHistory(records: readonly DeployRecord[], present: string | null): string {
  return records
    .flatMap((record) => [...entryOf(record, present), ''])
    .join('\n')
    .trimEnd();
}

function entryOf(record: DeployRecord, present: string | null): string[] {
  const { id, command, outcome, startedAt, durationMs, by, commit, services, steps, problems, restorable } =
    record;
  const { certificates = [], product } = record;
  const when = whenOf(startedAt);
  const from = commit === null ? '' : `, ${shortCommit(commit)}`;
  const mark =
    id === present ? ', runs now' : restorable || outcome === 'unchanged' ? '' : ', nothing to go back to';
  const version = product === undefined ? '' : `, itsup ${product}`;
  const changed = services.filter(({ action }) => action !== 'none');
  const slow = steps.filter(({ ms }) => ms >= SHORTEST_STEP_MS);
  return [
    `${id}${mark}`,
    ...wrapped(`${command}: ${outcome}, ${when}, took ${took(durationMs)}${from}, by ${by}${version}`, '  '),
    ...(outcome === 'unchanged' ? ['  what it found is what it was to deploy'] : []),
    ...changed.flatMap(({ service, action, reasons }) =>
      wrapped(reasons.join(', ') || action, `  ${service}: ${reasons.length > 0 ? `${action}, ` : ''}`),
    ),
    ...(slow.length === 0
      ? []
      : wrapped(slow.map(({ step, ms }) => `${step} ${took(ms)}`).join(', '), '  steps: ')),
    ...certificates.flatMap((line) => wrapped(line, '  certificate of ')),
    ...problems.flatMap((problem) => wrapped(problem, '  error: ')),
  ];
}

/** What a rollback goes back to, in one line. */
export function formatChosen({ id, startedAt, commit }: DeployRecord): string {
  return `goes back to ${id}, ${whenOf(startedAt)}${commit === null ? '' : `, ${shortCommit(commit)}`}`;
}

function whenOf(startedAt: string): string {
  return startedAt.replace('T', ' ').replace(/:\d\d(\.\d+)?Z$/, ' UTC');
}

function took(ms: number): string {
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : duration(ms);
}
