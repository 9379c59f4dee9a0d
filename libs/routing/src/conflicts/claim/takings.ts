import { listed } from '@itsup/config';
import { evaluate } from '../../rule/evaluate';
import { isPlain, keyOf, widerHosts, wildcardOf, type Term } from '../../rule/terms';
import { collect } from '../../names/order';
import { ruleKey, termKey, type Claim } from './claims';
import { conflictAt, holding, type Conflict } from '../conflict';
import { described, precedence, scopesOf } from '../rule-conflicts';

/**
 * Routers of one project that take what another project names, in part: by an expression, a negation, a condition, a
 * path for every host, or on plain HTTP, where the other one has its redirect. What takes a route whole is a conflict
 * of rules; a plain path below another's domain takes nothing against its will until that says so (`guestsOf`).
 */
export function takings(claims: readonly Claim[]): Conflict[] {
  return scopesOf([...claims, ...plainTwins(claims)]).flatMap((scope) => {
    const hosts = hostsIn(scope);
    return scope
      .filter(({ party, isRedirect }) => party.project !== null && !isRedirect)
      .flatMap((claim) => {
        const taken = takenBy(claim, scope, hosts);
        return taken.size === 0 ? [] : [takingOf(claim, taken)];
      });
  });
}

/**
 * Names whose TLS passes through: nobody redirects plain HTTP for them, and who answers it for another project can have
 * certificates for its name.
 */
function plainTwins(claims: readonly Claim[]): Claim[] {
  return claims
    .filter(({ kind, tls, entryPoint }) => kind === 'tcp' && tls && entryPoint === 'web-secure')
    .map((claim) => ({ ...claim, kind: 'http', entryPoint: 'web', tls: false, isRedirect: true }));
}

/** So many places of others are shown. */
const MAX_SHOWN = 8;

/** A claim of another project, with what of it is taken. */
type Taken = Map<Claim, Term[]>;

interface Named {
  claim: Claim;
  term: Term;
}

/** Who names which host. */
interface Hosts {
  terms: ReadonlyMap<string, readonly Named[]>;
  /** Those of redirects alone. */
  redirects: ReadonlyMap<string, readonly Named[]>;
  /** The hosts that a wildcard takes. */
  below: ReadonlyMap<string, readonly string[]>;
}

function hostsIn(scope: readonly Claim[]): Hosts {
  const terms = new Map<string, Named[]>();
  const redirects = new Map<string, Named[]>();
  const below = new Map<string, string[]>();
  for (const claim of scope) {
    for (const term of claim.terms) {
      if (term.host === null) continue;
      collect(terms, term.host, { claim, term });
      if (claim.isRedirect) collect(redirects, term.host, { claim, term });
    }
  }
  for (const host of terms.keys()) collect(below, wildcardOf(host), host);
  return { terms, redirects, below };
}

function takenBy(claim: Claim, scope: readonly Claim[], hosts: Hosts): Taken {
  const taken: Taken = new Map();
  const take = (other: Claim, term: Term): void => {
    const known = taken.get(other);
    if (!known) taken.set(other, [term]);
    else if (!known.includes(term)) known.push(term);
  };
  for (const term of claim.terms) {
    if (term.host === null) continue;
    // A path below the other's domain is a guest's, which takes of it what plain HTTP redirects.
    const named = isBelowDomain(term) ? hosts.redirects : hosts.terms;
    for (const { claim: other, term: wanted } of named.get(term.host) ?? []) {
      if (isOther(claim, other) && takesNamed(claim, term, other, wanted)) take(other, wanted);
    }
  }
  if (!claim.terms.some(reachesUnnamedHosts)) return taken;
  for (const other of scope) {
    if (!isOther(claim, other) || precedence(claim, other) < 0) continue;
    for (const term of other.terms) {
      if (term.host === null || !reaches(claim, term.host, term, () => namesBelow(other, term.host, hosts)))
        continue;
      // A conflict of rules, which looks at no redirect.
      if (other.isRedirect || !coversWhole(claim, term)) take(other, term);
    }
  }
  return taken;
}

/** Of another project, and not in conflict over equal terms, which is told as that. */
function isOther(claim: Claim, other: Claim): boolean {
  if (claim.party.project === other.party.project) return false;
  if (other.isRedirect) return true;
  const keys = keysOf(other);
  return !claim.terms.some((term) => keys.has(keyOf(term)));
}

const keysByClaim = new WeakMap<Claim, ReadonlySet<string>>();

function keysOf(claim: Claim): ReadonlySet<string> {
  const keys = keysByClaim.get(claim) ?? new Set(claim.terms.map(keyOf));
  keysByClaim.set(claim, keys);
  return keys;
}

/**
 * Both name the host. Equal terms, and a whole host above a path, are conflicts of rules; of redirects those look at
 * none.
 */
function takesNamed(claim: Claim, term: Term, other: Claim, wanted: Term): boolean {
  if (!pathsMeet(term, wanted)) return false;
  if (other.isRedirect) return true;
  if (keyOf(term) === keyOf(wanted)) return false;
  return precedence(claim, other) >= 0;
}

/** A path and nothing else; the first page is no path below a domain. */
function isBelowDomain({ others, path }: Term): boolean {
  return others.length === 0 && path !== '/';
}

/**
 * A term that says by something else than a host's name which hosts it is for; a wildcard names none of those below it.
 */
function reachesUnnamedHosts({ host }: Term): boolean {
  return host === null || host.startsWith('*');
}

/** A plain term for every host that takes all of this one. */
function coversWhole(claim: Claim, wanted: Term): boolean {
  const path = wanted.path ?? wanted.prefix ?? '';
  return claim.terms.some(
    (term) => isWider(term.host, wanted.host) && isPlain(term) && path.startsWith(term.prefix ?? ''),
  );
}

/** Whether a term's host takes this one without naming it. */
function isWider(host: string | null, wanted: string | null): boolean {
  return host !== wanted && widerHosts(wanted).includes(host ?? '');
}

/** Names that a project has below a wildcard of its own, say for a path: the rest of such a host is the wildcard's. */
function namesBelow({ party }: Claim, host: string | null, hosts: Hosts): string[] {
  if (host?.startsWith('*') !== true) return [];
  return (hosts.below.get(host) ?? []).filter((name) =>
    hosts.terms.get(name)?.some(({ claim }) => claim.party.project === party.project),
  );
}

/**
 * Whether the rule can match a request for this host and some path of the term.
 * @param below names that are known to be the wildcard's
 */
export function reaches(claim: Claim, host: string, wanted: Term, below: () => readonly string[]): boolean {
  const isMet = claim.terms.some(
    (term) => (term.host === host || isWider(term.host, host)) && pathsMeet(term, wanted),
  );
  if (!isMet) return false;
  const path = wanted.path;
  // A wildcard stands for one label, of which an expression may know some alone.
  const names = host.startsWith('*')
    ? [...PROBES.map((label) => `${label}${host.slice(1)}`), ...below()]
    : [host];
  return names.some((name) => evaluate(claim.rule, { host: name, path, query: null }).verdict !== 'no');
}

/** Labels of every kind that an expression may tell apart. */
const PROBES = ['itsup-probe', 'www', 'a', 'app1', '0', 'api', 'login', 'x_y', 'a-very-long-label-of-a-host'];

/** Whether some path satisfies both. */
export function pathsMeet(a: Term, b: Term): boolean {
  if (a.path !== null && b.path !== null) return a.path === b.path;
  const one = a.path ?? a.prefix ?? '';
  const other = b.path ?? b.prefix ?? '';
  if (a.path !== null) return one.startsWith(other);
  if (b.path !== null) return other.startsWith(one);
  return one.startsWith(other) || other.startsWith(one);
}

function takingOf(claim: Claim, taken: Taken): Conflict {
  const { party, priority } = claim;
  const what = listed([...taken].flatMap(([other, terms]) => described(other, terms)).slice(0, 4));
  const owners = listed([...new Set([...taken.keys()].map((other) => other.party.label))].sort().slice(0, 4));
  // Of a rule for every host all projects are the others; each of them is a party, whether it is shown or not.
  const others = [...taken].map(([other, terms]) =>
    holding(other.party, ...terms.map((term) => termKey(other, term))),
  );
  const conflict = conflictAt(
    holding(party, ruleKey(claim)),
    others,
    {
      code: 'route-taken',
      message: `${party.label} takes requests for ${what}, which ${owners} ${taken.size === 1 ? 'has' : 'have'}: its rule with priority ${priority} is asked first`,
      help: 'let its rule name hosts of its own, or give it priority: 1, behind everybody else',
    },
    ({ label }) => `${label} claims it here`,
    party.project === null ? [] : [party.project],
  );
  const { related, ...problem } = conflict.problem;
  return related === undefined || related.length <= MAX_SHOWN
    ? conflict
    : { ...conflict, problem: { ...problem, related: related.slice(0, MAX_SHOWN) } };
}
