import { listed } from '@itsup/config';
import { termKey, type Claim } from './claim/claims';
import { conflictAt, holding, type Conflict } from './conflict';
import { widerHosts } from '../rule/terms';

/**
 * TCP routes with TLS that HTTPS routes of the same entry point keep everything from. Before it decrypts, Traefik asks
 * HTTPS routers with a host first, TCP routers second: a passthrough of a domain that some HTTPS router names gets
 * nothing.
 */
export function tlsConflicts(claims: readonly Claim[]): Conflict[] {
  const https = new Map<string, Claim>();
  for (const claim of claims) {
    if (claim.kind !== 'http' || !claim.tls || claim.isRedirect) continue;
    for (const host of claim.hosts) if (host !== '*') https.set(`${claim.entryPoint} ${host}`, claim);
  }
  return claims.flatMap((claim) => {
    if (claim.kind !== 'tcp' || !claim.tls) return [];
    const taken = new Map<Claim, string[]>();
    for (const { host } of claim.terms) {
      if (host === null) continue;
      const winner = widerHosts(host)
        .map((wider) => https.get(`${claim.entryPoint} ${wider}`))
        .find((found) => found !== undefined);
      if (winner) taken.set(winner, [...(taken.get(winner) ?? []), host]);
    }
    return [...taken].map(([winner, hosts]) =>
      conflictAt(
        holding(claim.party, ...keysOn(claim, hosts)),
        [holding(winner.party, ...keysOn(winner, hosts))],
        {
          code: 'unreachable-route',
          message: `${claim.party.label} never gets ${listed(hosts)} on ${claim.entryPoint}: ${winner.party.label} terminates TLS for it, and HTTPS comes before TCP`,
          help: 'give one of them another domain, or this row a hostport',
        },
        ({ label }) => `${label} terminates TLS here`,
      ),
    );
  });
}

/** What of a claim is about these hosts. */
function keysOn(claim: Claim, hosts: readonly string[]): string[] {
  const named = new Set(hosts);
  return claim.terms
    .filter(({ host }) => host !== null && named.has(host))
    .map((term) => termKey(claim, term));
}
