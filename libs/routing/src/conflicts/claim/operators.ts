import { listed, type Settings } from '@itsup/config';
import { locate } from '@itsup/traefik';
import { operatorRouters } from '../../labels/operator-routers';
import { widerHosts, type Term } from '../../rule/terms';
import { conflictAt, holding, type Conflict } from '../conflict';
import { described, precedence } from '../rule-conflicts';
import { claimsOfRouter, ruleKey, termKey, type Claim } from './claims';
import { pathsMeet, reaches } from './takings';

/** A router of the operator's, its place found when it is asked for: that takes a reading of the whole file. */
export interface OperatorClaim {
  theirs: Claim;
  placed(): Claim;
}

/**
 * Routers of projects that take what a router of the operator's own names: one in `projects/middlewares.yml`, or the
 * dashboard's. Where that is asked first nothing is taken: what the operator writes over a project's row is meant, and
 * so is a rule of theirs for every host, or for a wildcard's, behind the projects that name theirs. A path of a project
 * below a host of theirs is a note, and an error where isolation is strict, as below another project's domain.
 *
 * @param claims the dashboard's among them, which are no project's
 * @param own what `operatorClaims` found
 */
export function operatorConflicts(
  claims: readonly Claim[],
  own: readonly OperatorClaim[],
  settings: Pick<Settings, 'isolation'>,
): Conflict[] {
  const dashboard = claims.filter(({ party }) => party.project === null);
  if (own.length + dashboard.length === 0) return [];
  return claims.flatMap((claim) => {
    const { project } = claim.party;
    if (project === null) return [];
    const conflicts: Conflict[] = [];
    for (const { theirs, placed } of own) {
      const taken = takenOf(claim, theirs);
      if (taken.length > 0) conflicts.push(conflictWith(claim, project, placed(), taken, settings.isolation));
    }
    for (const theirs of dashboard) {
      const taken = takenOf(claim, theirs);
      // What takes the dashboard otherwise is told with the conflicts among all claims.
      if (taken.length > 0 && isGuest(claim, theirs, taken))
        conflicts.push(conflictWith(claim, project, theirs, taken, settings.isolation));
    }
    return conflicts;
  });
}

/** What the routers of `projects/middlewares.yml` ask for. */
export function operatorClaims({
  middlewaresOverride: file,
}: Pick<Settings, 'middlewaresOverride'>): OperatorClaim[] {
  if (file === null) return [];
  return operatorRouters({ middlewaresOverride: file }).flatMap(({ kind, name, router }) => {
    if (kind === 'udp') return [];
    const party = { project: null, label: `the router ${name} of ${file.file}`, place: null };
    return claimsOfRouter(party, kind, 'file', router, false).map((theirs) => ({
      theirs,
      placed: () => {
        const at = locate(file.text, [kind, 'routers', name], 'key') ?? { line: 1, column: 1 };
        return { ...theirs, party: { ...party, place: { file: file.file, ...at } } };
      },
    }));
  });
}

/** @param taken terms of theirs, some */
function conflictWith(
  claim: Claim,
  project: string,
  theirs: Claim,
  taken: Term[],
  isolation: Settings['isolation'],
): Conflict {
  const { party } = claim;
  const isBelowIt = isGuest(claim, theirs, taken);
  const isNote = isolation !== 'strict' && isBelowIt;
  const guests = taken.flatMap((wanted) => meeting(claim, wanted));
  const message = isBelowIt
    ? `${party.label} serves ${listed(described(claim, guests))}, below what ${theirs.party.label} has`
    : `${party.label} takes requests for ${listed(described(theirs, taken))}, which ${theirs.party.label} has`;
  return conflictAt(
    holding(party, ruleKey(claim)),
    [holding(theirs.party, ...taken.map((term) => termKey(theirs, term)))],
    {
      code: isNote ? 'path-below-domain' : 'route-taken',
      ...(isNote && { severity: 'note' }),
      message,
      help: isNote
        ? 'nothing to do where that is meant; `isolation: strict` in itsup.yml refuses it'
        : 'let its rule name hosts of its own, or the operator give that router a higher priority',
    },
    ({ label }) => `${label} claims it here`,
    [project],
  );
}

/** Terms of the operator's router of which the claim gets requests. */
function takenOf(claim: Claim, theirs: Claim): Term[] {
  if (claim.entryPoint !== theirs.entryPoint || claim.tls !== theirs.tls) return [];
  const named = theirs.terms.filter(({ host }) => host !== null && !host.startsWith('*'));
  // Before it decrypts, Traefik asks HTTPS routers with a host first.
  if (theirs.kind === 'tcp' && claim.kind === 'http')
    return claim.tls ? named.filter(({ host }) => host !== null && claim.hosts.includes(host)) : [];
  if (claim.kind !== theirs.kind || precedence(claim, theirs) < 0) return [];
  return named.filter((term) => reaches(claim, term.host ?? '', term, () => []));
}

/** Whatever it gets of the operator's router, it gets by paths below what that has. */
function isGuest(claim: Claim, theirs: Claim, taken: readonly Term[]): boolean {
  if (claim.kind !== 'http' || theirs.kind !== 'http') return false;
  return taken.every((wanted) => meeting(claim, wanted).every((term) => isBelow(term, wanted)));
}

/** Terms of the claim that some request of this one satisfies too, other conditions aside. */
function meeting({ terms }: Claim, wanted: Term): Term[] {
  const wider = widerHosts(wanted.host);
  return terms.filter((term) => wider.includes(term.host ?? '') && pathsMeet(term, wanted));
}

/** It names the host, and a path that is below the other's and not all of it. */
function isBelow(term: Term, wanted: Term): boolean {
  const path = term.path ?? term.prefix ?? '/';
  return (
    term.host === wanted.host &&
    term.others.length === 0 &&
    wanted.path === null &&
    path !== '/' &&
    path !== wanted.prefix &&
    path.startsWith(wanted.prefix ?? '')
  );
}
