import { listed, type Place, type Problem, type Project } from '@itsup/config';
import type { ProjectRouting, Route } from '../model';
import { collect, comparePlaces, compareText } from '../names/order';

/** A project with what became of it. */
export interface RoutedProject {
  project: Project;
  routing: ProjectRouting;
}

/** A conflict and those who take part in it. */
export interface Conflict {
  /** One alone, or several. */
  projects: string[];
  parties: Party[];
  /** Of the projects, those that take what another one has; empty: neither is more in the wrong than the other. */
  takers: string[];
  problem: Problem;
}

/** One that takes part in a conflict. */
export interface Party {
  /** null: the proxy itself. */
  project: string | null;
  /** What the message calls it, e.g. `blog:web`. */
  label: string;
  /** null: what the proxy has by default stands in no file. */
  place: Place | null;
  /** What it claims of the table, by key (`claimKey`): the conflict is about these. */
  holds?: readonly string[];
}

/** The key of something that one project alone can have; what is deployed is remembered by it. */
export function claimKey(kind: ClaimKind, ...parts: readonly (string | number)[]): string {
  return [kind, ...parts].join(' ');
}

/** What can be claimed. */
export type ClaimKind =
  'route' | 'name' | 'port' | 'container' | 'project' | 'network' | 'volume' | 'image' | 'runs' | 'address';

/** A route as a party. */
export function partyOf(route: Route, holds: readonly string[] = []): Party {
  return {
    project: route.project,
    label: `${route.project}:${route.service ?? route.host ?? ''}`,
    place: route.place,
    holds,
  };
}

/** The same party with what it claims in this conflict. */
export function holding(party: Party, ...holds: readonly string[]): Party {
  return { ...party, holds };
}

/** Orders parties by place, so that the same conflict is always told from the same side; the proxy comes first. */
export function compareParties(a: Party, b: Party): number {
  const proxyFirst = Number(b.project === null) - Number(a.project === null);
  if (proxyFirst !== 0 || a.place === null || b.place === null) return proxyFirst;
  return comparePlaces(a.place, b.place) || compareText(a.label, b.label);
}

/**
 * Tells a conflict at the place of `at`, naming all others as related places.
 *
 * @param note what is said at the others' places.
 * @param takers of the projects, those that take what another one has
 */
export function conflictAt(
  at: Party,
  others: readonly Party[],
  problem: Pick<Problem, 'code' | 'message' | 'help' | 'subject'> & Partial<Pick<Problem, 'severity'>>,
  note: (other: Party) => string,
  takers: readonly string[] = [],
): Conflict {
  const related = others.flatMap((other) =>
    other.place === null ? [] : [{ message: note(other), place: other.place }],
  );
  const projects = [at, ...others].flatMap(({ project }) => (project === null ? [] : [project]));
  return {
    projects: [...new Set(projects)].sort(compareText),
    parties: [at, ...others],
    takers: [...takers],
    problem: {
      code: problem.code,
      severity: problem.severity ?? 'error',
      message: problem.message,
      ...(problem.help === undefined ? {} : { help: problem.help }),
      ...(problem.subject === undefined ? {} : { subject: problem.subject }),
      ...(at.place === null ? {} : { place: at.place }),
      ...(related.length > 0 ? { related } : {}),
    },
  };
}

/** The same among projects that trust each other: a note of the party's, and no dispute. */
export function noteAt(
  at: Party & { project: string },
  others: readonly Party[],
  words: Pick<Problem, 'code' | 'message' | 'help'>,
): Problem {
  const { problem } = conflictAt(
    at,
    others,
    { ...words, severity: 'note' },
    ({ label }) => `${label} is here`,
  );
  return { ...problem, project: at.project };
}

/**
 * Conflicts over names that more than one party claims, told at the last of them by place.
 * @param words for the name and the parties' labels
 * @param note what is said at the others' places
 */
export function claimedTwice(
  kind: ClaimKind,
  named: readonly { name: string; party: Party }[],
  words: (name: string, labels: string) => Pick<Problem, 'code' | 'message' | 'help'>,
  note: (other: Party) => string,
): Conflict[] {
  const byName = new Map<string, Party[]>();
  for (const { name, party } of named) collect(byName, name, party);
  return [...byName].flatMap(([name, all]) => {
    if (all.length < 2) return [];
    const parties = all.map((party) => holding(party, claimKey(kind, name))).sort(compareParties);
    const at = parties.at(-1);
    if (!at) return [];
    const labels = listed(parties.map(({ label }) => label));
    return [conflictAt(at, parties.slice(0, -1), words(name, labels), note)];
  });
}
