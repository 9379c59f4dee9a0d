import type { ExportEntry, Problem, Project, Settings } from '@itsup/config';
import { collect } from '../../names/order';
import { isPlain, keyOf, type Term } from '../../rule/terms';
import type { Claim } from './claims';
import { pathsMeet } from './takings';

/** A path that one project serves below a domain of another one. */
interface Guest {
  host: string;
  path: string;
  guest: Claim;
  owner: Claim;
}

/**
 * Paths below the domains of other projects: a note, and an error where the owner's `exports` or `isolation: strict`
 * ask for consent and it is not there. A problem of the guest alone, whatever is deployed.
 */
export function guestProblems(
  claims: readonly Claim[],
  projects: ReadonlyMap<string, Project>,
  settings: Pick<Settings, 'isolation'>,
): Problem[] {
  const told = new Set<string>();
  return guestsOf(claims).flatMap((found) => {
    const { host, path, guest, owner } = found;
    const [from, to] = [guest.party.project, owner.party.project];
    if (from === null || to === null) return [];
    const key = `${from} ${host}${path} ${to}`;
    if (told.has(key)) return [];
    told.add(key);
    const exported = projects.get(to)?.exports;
    if (namesConsent(projects.get(to), path, from)) return [];
    const closed = exported !== undefined || settings.isolation === 'strict';
    return [
      {
        code: closed ? 'path-not-exported' : 'path-below-domain',
        severity: closed ? ('error' as const) : ('note' as const),
        message: `${guest.party.label} serves ${host}${path}, below a domain of ${to}${closed ? ', which does not say that it may' : ''}`,
        help: `${closed ? 'let' : `${to} says so with`} exports: {paths: {${JSON.stringify(path)}: [${from}]}} ${closed ? 'stand in' : 'in'} ${projects.get(to)?.ingressFile ?? `its ingress.yml`}`,
        ...(guest.party.place ? { place: guest.party.place } : {}),
        related: [
          ...(owner.party.place
            ? [{ message: `${owner.party.label} claims the domain here`, place: owner.party.place }]
            : []),
          ...(exported ? [{ message: `${to} names here who may`, place: exported.place }] : []),
        ],
        project: from,
      },
    ];
  });
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
    for (const { claim: guest, term } of named) {
      const path = term.path ?? term.prefix ?? '/';
      if (path === '/') continue;
      const owners = (whole.length > 0 ? whole : named).filter(
        ({ claim: owner, term: other }) =>
          owner.party.project !== guest.party.project &&
          keyOf(other) !== keyOf(term) &&
          (whole.length > 0 || !pathsMeet(other, term) || (other.prefix ?? '').length < path.length),
      );
      const [owner] = owners;
      // A project that has the whole host as well is nobody's guest on it.
      if (!owner || whole.some(({ claim }) => claim.party.project === guest.party.project)) continue;
      guests.push({ host, path, guest, owner: owner.claim });
    }
  }
  return guests;
}
