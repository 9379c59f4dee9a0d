import type { ExportEntry, Problem, Project, Settings } from '@itsup/config';
import { collect } from '../../names/order';
import { isPlain, keyOf, widerHosts, type Term } from '../../rule/terms';
import { conflictAt, holding, type Conflict } from '../conflict';
import { termKey, type Claim } from './claims';
import { pathsMeet } from './takings';

/** A path that one project serves below a domain of another one. */
interface Guest {
  host: string;
  path: string;
  guest: Claim;
  term: Term;
  owner: Claim;
}

/** What projects have on domains of others. */
export interface Guests {
  /** Where nobody asks for the owner's consent. */
  notes: Problem[];
  /** Without the consent that is asked for. */
  refused: Conflict[];
}

/**
 * Paths below the domains of other projects: a note, and where the owner's `exports` or `isolation: strict` ask for
 * consent and it is not there, a conflict that the guest makes; a path that is deployed stands against who claims the
 * whole domain later.
 */
export function guestsAmong(
  claims: readonly Claim[],
  projects: ReadonlyMap<string, Project>,
  settings: Pick<Settings, 'isolation'>,
): Guests {
  const told = new Set<string>();
  const guests: Guests = { notes: [], refused: [] };
  for (const { host, path, guest, term, owner } of guestsOf(claims)) {
    const [from, to] = [guest.party.project, owner.party.project];
    const key = `${from} ${host}${path} ${to}`;
    if (from === null || to === null || told.has(key)) continue;
    told.add(key);
    const provider = projects.get(to);
    if (namesConsent(provider, path, from)) continue;
    const file = provider?.ingressFile ?? 'its ingress.yml';
    const serves = `${guest.party.label} serves ${host}${path}, below a domain of ${to}`;
    const consent = `exports: {paths: {${JSON.stringify(path)}: [${from}]}}`;
    addGuest(guests, { guest, term, owner, host }, provider, settings, {
      note: {
        code: 'path-below-domain',
        message: serves,
        help: `${to} says so with ${consent} in ${file}`,
      },
      refused: {
        code: 'path-not-exported',
        message: `${serves}, which does not say that it may`,
        help: `let ${consent} stand in ${file}`,
      },
    });
  }
  return guests;
}

type Words = Pick<Problem, 'code' | 'message' | 'help'>;

/** Adds a guest: as a note, or as a conflict where the owner of the domain is asked. */
export function addGuest(
  { notes, refused }: Guests,
  { guest, term, owner, host }: Pick<Guest, 'guest' | 'term' | 'owner' | 'host'>,
  provider: Project | undefined,
  { isolation }: Pick<Settings, 'isolation'>,
  words: { note: Words; refused: Words },
): void {
  const project = guest.party.project;
  if (project === null) return;
  const exported = provider?.exports;
  const isClosed = exported !== undefined || isolation === 'strict';
  const owned = owner.terms.filter((each) => hostsMeet(each.host, host));
  const conflict = conflictAt(
    holding(guest.party, termKey(guest, term)),
    [holding(owner.party, ...owned.map((each) => termKey(owner, each)))],
    isClosed ? words.refused : { ...words.note, severity: 'note' },
    ({ label }) => `${label} claims the domain here`,
    [project],
  );
  const { problem } = conflict;
  const related = [
    ...(problem.related ?? []),
    ...(exported ? [{ message: `${provider?.name ?? ''} names here who may`, place: exported.place }] : []),
  ];
  const told = { ...problem, project, ...(related.length > 0 && { related }) };
  if (isClosed) refused.push({ ...conflict, problem: told });
  else notes.push(told);
}

function hostsMeet(owned: string | null, host: string): boolean {
  return owned !== null && widerHosts(host).includes(owned);
}

/** Whether a project's `exports` let another one serve this path below its domains. */
export function namesConsent(owner: Project | undefined, path: string, guest: string): boolean {
  return owner?.exports?.paths.some((entry) => allows(entry, path, guest)) ?? false;
}

/** A path and what is below it; PathPrefix compares texts, so `/api` is no consent to `/apis`. */
function allows({ name, projects }: ExportEntry, path: string, guest: string): boolean {
  const base = name.replace(/\/$/, '');
  return projects.includes(guest) && (path === base || path === name || path.startsWith(`${base}/`));
}

/**
 * Of two projects that name one host, who has the longer path is the other's guest; of two paths side by side each is.
 */
function guestsOf(claims: readonly Claim[]): Guest[] {
  const byHost = new Map<string, { claim: Claim; term: Term }[]>();
  for (const claim of claims) {
    if (claim.isRedirect || claim.kind !== 'http' || claim.entryPoint === 'web') continue;
    for (const term of claim.terms) {
      if (term.host !== null && term.others.length === 0) collect(byHost, term.host, { claim, term });
    }
  }
  const guests: Guest[] = [];
  for (const [host, named] of byHost) {
    if (new Set(named.map(({ claim }) => claim.party.project)).size < 2) continue;
    const whole = named.filter(({ term }) => isPlain(term) && (term.prefix ?? '/') === '/');
    const wholly = new Set(whole.map(({ claim }) => claim.party.project));
    for (const { claim: guest, term } of named) {
      const path = term.path ?? term.prefix ?? '/';
      // A project that has the whole host as well is nobody's guest on it.
      if (path === '/' || wholly.has(guest.party.project)) continue;
      const owner = (whole.length > 0 ? whole : named).find(
        ({ claim, term: other }) =>
          claim.party.project !== guest.party.project &&
          keyOf(other) !== keyOf(term) &&
          (whole.length > 0 || !pathsMeet(other, term) || (other.prefix ?? '').length < path.length),
      );
      if (owner !== undefined) guests.push({ host, path, guest, term, owner: owner.claim });
    }
  }
  return guests;
}
