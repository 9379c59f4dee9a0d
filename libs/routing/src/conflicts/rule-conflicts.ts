import { listed } from '@itsup/config';
import { collect } from '../names/order';
import { isPlain, keyOf, startsOf, widerHosts, type Term } from '../rule/terms';
import { ruleKey, termKey, type Claim } from './claim/claims';
import { compareParties, conflictAt, holding, type Conflict, type Party } from './conflict';

/**
 * Routers of one entry point that get in each other's way: those that ask for the same, and those that are never
 * reached because a router with a higher priority takes all that they could match.
 */
export function ruleConflicts(claims: readonly Claim[]): Conflict[] {
  return scopesOf(claims.filter(({ isRedirect }) => !isRedirect)).flatMap((scope) => {
    const same = new Groups();
    return [...sameClaims(scope, same), ...shadows(scope, same)];
  });
}

/** Claims by what Traefik decides among: one protocol on one entry point, with or without TLS. */
export function scopesOf(claims: readonly Claim[]): Claim[][] {
  const scopes = new Map<string, Claim[]>();
  for (const claim of claims) collect(scopes, `${claim.kind} ${claim.entryPoint} ${claim.tls}`, claim);
  return [...scopes.values()];
}

/** Which claims were reported as the same already, by the numbers of their groups. */
class Groups {
  private readonly byClaim = new Map<Claim, Set<number>>();
  private count = 0;

  add(members: readonly Claim[]): void {
    this.count += 1;
    for (const member of members) {
      const groups = this.byClaim.get(member) ?? new Set();
      this.byClaim.set(member, groups.add(this.count));
    }
  }

  share(a: Claim, b: Claim): boolean {
    const groups = this.byClaim.get(b);
    return groups !== undefined && [...(this.byClaim.get(a) ?? [])].some((group) => groups.has(group));
  }
}

function sameClaims(scope: readonly Claim[], same: Groups): Conflict[] {
  const byKey = new Map<string, { term: Term; claims: Claim[] }>();
  for (const claim of scope) {
    for (const term of claim.terms) {
      if (isPlainTcpCatchAll(claim, term)) continue;
      const entry = byKey.get(keyOf(term)) ?? { term, claims: [] };
      if (entry.claims.at(-1) !== claim) entry.claims.push(claim);
      byKey.set(keyOf(term), entry);
    }
  }
  // Two rows that share several domains are one mistake.
  const numbers = new Map(scope.map((claim, index) => [claim, index]));
  const groups = new Map<string, { members: Claim[]; terms: Term[] }>();
  for (const { term, claims } of byKey.values()) {
    if (claims.length < 2) continue;
    const id = claims.map((claim) => numbers.get(claim)).join();
    const group = groups.get(id) ?? { members: claims, terms: [] };
    group.terms.push(term);
    groups.set(id, group);
  }
  return [...groups.values()].map(({ members, terms }) => {
    same.add(members);
    const [first] = members as [Claim, ...Claim[]];
    const keys = terms.map((term) => termKey(first, term));
    const parties = members.map(({ party }) => holding(party, ...keys)).sort(compareParties);
    return conflictAt(
      parties.at(-1) ?? first.party,
      parties.slice(0, -1),
      {
        code: 'route-conflict',
        message: `${listed([...new Set(parties.map(({ label }) => label))])} claim ${listed(described(first, terms))}`,
        help: 'give each its own domain or path_prefix, or remove one',
      },
      ({ label }) => `${label} claims it here`,
    );
  });
}

/** Several routes on a port without TLS are a conflict of ports, told there. */
function isPlainTcpCatchAll(claim: Claim, term: Term): boolean {
  return claim.kind === 'tcp' && !claim.tls && term.host === null && isPlain(term);
}

function shadows(scope: readonly Claim[], same: Groups): Conflict[] {
  const index = indexOf(scope);
  const found = new Map<Claim, Map<Claim, Term[]>>();
  for (const claim of scope) {
    for (const term of claim.terms) {
      const winner = isPlainTcpCatchAll(claim, term) ? null : winnerOver(claim, term, index);
      if (winner === null || same.share(claim, winner)) continue;
      const byWinner = found.get(claim) ?? new Map<Claim, Term[]>();
      collect(byWinner, winner, term);
      found.set(claim, byWinner);
    }
  }
  return [...found].flatMap(([claim, byWinner]) => {
    const taken = [...byWinner.values()].flat().length;
    return [...byWinner].map(([winner, terms]) => shadowOf(claim, winner, terms, taken < claim.terms.length));
  });
}

/** Which of a project's routers answers is written there; what another project takes, or chance, is nobody's wish. */
function isDecidedWithin(claim: Claim, winner: Claim): boolean {
  const { project } = claim.party;
  return project !== null && project === winner.party.project && precedence(claim, winner) !== 0;
}

/** @param isReachedElsewhere the claim has other names or paths that nobody takes */
function shadowOf(
  claim: Claim,
  winner: Claim,
  terms: readonly Term[],
  isReachedElsewhere: boolean,
): Conflict {
  const what = listed(described(claim, terms));
  const loser = holding(claim.party, ...terms.map((term) => termKey(claim, term)));
  const taker = holding(winner.party, ruleKey(winner));
  const takes = takesFromAnother(claim, winner, terms);
  const isPartial = isReachedElsewhere && isDecidedWithin(claim, winner);
  // The dashboard has no priority to set: the row that takes it away is the one to change.
  const [at, other]: [Party, Party] = claim.party.project === null || takes ? [taker, loser] : [loser, taker];
  return conflictAt(
    at,
    [other],
    {
      code: 'unreachable-route',
      ...(isPartial ? { severity: 'note' } : {}),
      message:
        precedence(winner, claim) === 0
          ? `it is left to chance whether ${claim.party.label} or ${winner.party.label} answers ${what}: both have priority ${claim.priority}`
          : `${claim.party.label} never gets ${what}: ${winner.party.label} takes it with priority ${winner.priority} before ${claim.priority}`,
      help:
        at === loser
          ? `Traefik asks the longest rule first; add priority: ${winner.priority + 1} to this row to have it asked before`
          : `Traefik asks the longest rule first; add priority: ${claim.priority - 1} to this row to have it asked after`,
    },
    ({ label }) => `${label} ${at === taker ? 'claims' : 'takes'} it here`,
    takes && winner.party.project !== null ? [winner.party.project] : [],
  );
}

/**
 * Of two projects, whether one takes what the other names: by a rule for every host, or for more hosts and asked before
 * on purpose.
 */
function takesFromAnother(claim: Claim, winner: Claim, terms: readonly Term[]): boolean {
  if (claim.party.project === null || winner.party.project === null) return false;
  if (claim.party.project === winner.party.project) return false;
  const hosts = new Set(terms.map(({ host }) => host));
  if (winner.terms.some(({ host }) => host !== null && hosts.has(host))) return false;
  return winner.priorityIsWritten || winner.terms.some(({ host }) => host === null);
}

/** The claims with the highest priority on one host and prefix; two, because a claim does not shadow itself. */
interface Best {
  best: Claim;
  second: Claim | null;
}

/** Positive: Traefik asks `a` first; 0: left to chance. */
export function precedence(a: Claim, b: Claim): number {
  return a.priority - b.priority || Number(a.via === 'file') - Number(b.via === 'file');
}

type Index = Map<string, Map<string, Best>>;

/** By host (`''` is any) and prefix (`''` is any): who takes everything there. */
function indexOf(scope: readonly Claim[]): Index {
  const index: Index = new Map();
  for (const claim of scope) {
    for (const term of claim.terms) {
      if (!isPlain(term)) continue;
      const byPrefix = index.get(term.host ?? '') ?? new Map<string, Best>();
      index.set(term.host ?? '', byPrefix);
      byPrefix.set(term.prefix ?? '', better(byPrefix.get(term.prefix ?? ''), claim));
    }
  }
  return index;
}

function better(known: Best | undefined, claim: Claim): Best {
  if (!known) return { best: claim, second: null };
  if (known.best === claim || known.second === claim) return known;
  if (precedence(claim, known.best) > 0) return { best: claim, second: known.best };
  return known.second === null || precedence(claim, known.second) > 0
    ? { best: known.best, second: claim }
    : known;
}

function winnerOver(claim: Claim, term: Term, index: Index): Claim | null {
  let winner: Claim | null = null;
  for (const host of widerHosts(term.host)) {
    const byPrefix = index.get(host);
    if (!byPrefix) continue;
    for (const prefix of startsOf(term.path ?? term.prefix ?? '', byPrefix)) {
      const entry = byPrefix.get(prefix);
      const candidate = entry?.best === claim ? entry.second : entry?.best;
      if (candidate && precedence(candidate, winner ?? claim) >= 0) winner = candidate;
    }
  }
  return winner;
}

export function described(claim: Claim, terms: readonly Term[]): string[] {
  const texts = terms.map((term) => {
    const host = term.host ?? (claim.kind === 'http' ? 'every host' : 'every connection');
    const path = term.path ?? term.prefix ?? '';
    const more = term.others.length > 0 ? ' (with further conditions)' : '';
    return `${host}${path}${more} on ${claim.entryPoint}`;
  });
  return texts.length > 4 ? [...texts.slice(0, 3), `${texts.length - 3} more`] : texts;
}
