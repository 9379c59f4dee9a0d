import type { Claim } from './claim/claims';
import type { Conflict } from './conflict';
import { compareParties, conflictAt } from './conflict';

/**
 * Domains whose HTTP-01 challenges go to a container while Traefik wants a certificate for them too: the proof that
 * Traefik waits for never arrives.
 */
export function acmeConflicts(claims: readonly Claim[]): Conflict[] {
  const certified = new Map<string, Claim>();
  for (const claim of claims) {
    if (!claim.certifies) continue;
    for (const host of claim.hosts) {
      const known = certified.get(host);
      if (!known || compareParties(claim.party, known.party) < 0) certified.set(host, claim);
    }
  }
  return claims.flatMap((claim) => {
    if (claim.entryPoint !== 'web' || claim.isRedirect) return [];
    const host = claim.hosts.find((each) => certified.has(each));
    const other = host === undefined ? undefined : certified.get(host);
    if (host === undefined || !other) return [];
    // Of another project it is no oversight: whoever answers them can have certificates for the name (`takings`).
    if (claim.party.project !== other.party.project) return [];
    const conflict = conflictAt(
      claim.party,
      [other.party],
      {
        code: 'acme-path-taken',
        message: `${claim.party.label} answers the HTTP-01 challenges of ${host}, so Traefik cannot get its certificate for ${other.party.label}`,
        help: 'remove this row, or use passthrough or a resolver with dnsChallenge for the other one',
      },
      ({ label }) => `${label} wants a certificate here`,
    );
    return [{ ...conflict, problem: { ...conflict.problem, severity: 'warning' } }];
  });
}
