import { listed, type Place, type Settings } from '@itsup/config';
import { locate } from '@itsup/traefik';
import { operatorRouters } from '../../labels/operator-routers';
import { keyOf, type Term } from '../../rule/terms';
import { conflictAt, holding, type Conflict } from '../conflict';
import { described, precedence } from '../rule-conflicts';
import { claimsOfRouter, dashboardClaims, ruleKey, termKey, type Claim } from './claims';
import { reaches } from './takings';

/**
 * Routers of projects that take what a router of the operator's own names: one in `projects/middlewares.yml`, or the
 * dashboard's. Where that is asked first nothing is taken: what the operator writes over a project's row is meant, and
 * so is a rule of theirs for every host, or for a wildcard's, behind the projects that name theirs. A path of a project
 * below a host of theirs is a note, and an error where isolation is strict, as below another project's domain.
 */
export function operatorConflicts(
  claims: readonly Claim[],
  settings: Pick<Settings, 'middlewaresOverride' | 'traefikDomain' | 'places' | 'isolation'>,
): Conflict[] {
  const own = operatorClaims(settings);
  const dashboard = dashboardClaims(settings);
  if (own.length + dashboard.length === 0) return [];
  return claims
    .filter(({ party }) => party.project !== null)
    .flatMap((claim) => [
      ...own.flatMap((theirs) => conflictWith(claim, theirs, settings.isolation)),
      // What takes the dashboard otherwise is told with the conflicts among all claims.
      ...dashboard
        .filter((theirs) => isGuest(claim, theirs))
        .flatMap((theirs) => conflictWith(claim, theirs, settings.isolation)),
    ]);
}

/** What the routers of `projects/middlewares.yml` ask for. */
function operatorClaims({ middlewaresOverride: file }: Pick<Settings, 'middlewaresOverride'>): Claim[] {
  if (file === null) return [];
  return operatorRouters({ middlewaresOverride: file }).flatMap(({ kind, name, router }) => {
    if (kind === 'udp') return [];
    const at = locate(file.text, [kind, 'routers', name], 'key');
    const place: Place = { file: file.file, ...(at ?? { line: 1, column: 1 }) };
    const party = { project: null, label: `the router ${name} of ${file.file}`, place };
    return claimsOfRouter(party, kind, 'file', router, false);
  });
}

function conflictWith(claim: Claim, theirs: Claim, isolation: Settings['isolation']): Conflict[] {
  const taken = takenOf(claim, theirs);
  if (taken.length === 0) return [];
  const { party } = claim;
  const guests = taken.flatMap((wanted) => guestTerms(claim, wanted));
  const isNote = isolation !== 'strict' && isGuest(claim, theirs);
  const message = isGuest(claim, theirs)
    ? `${party.label} serves ${listed(described(claim, guests))}, below what ${theirs.party.label} has`
    : `${party.label} takes requests for ${listed(described(theirs, taken))}, which ${theirs.party.label} has`;
  return [
    conflictAt(
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
      party.project === null ? [] : [party.project],
    ),
  ];
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

/** It names the host, with a path below what the operator's router has. */
function isGuest(claim: Claim, theirs: Claim): boolean {
  if (claim.kind !== 'http' || theirs.kind !== 'http') return false;
  return takenOf(claim, theirs).every((wanted) => guestTerms(claim, wanted).length > 0);
}

function guestTerms({ terms }: Claim, wanted: Term): Term[] {
  return terms.filter(
    (term) =>
      term.host === wanted.host &&
      term.others.length === 0 &&
      keyOf(term) !== keyOf(wanted) &&
      (term.path ?? term.prefix ?? '/') !== '/',
  );
}
