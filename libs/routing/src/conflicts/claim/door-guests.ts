import type { Problem, Project, Settings } from '@itsup/config';
import { widerHosts } from '../rule-conflicts';
import { namesConsent } from './guests';
import type { Claim } from './claims';

/**
 * Projects that answer for another one's domain on a port of their own: Traefik has the domain's certificate there too,
 * and a browser sends the domain's cookies to every port of it. A note, and an error where the owner's `exports` or
 * `isolation: strict` ask for consent to the whole of the domain (`/`) and it is not there.
 */
export function doorProblems(
  claims: readonly Claim[],
  projects: ReadonlyMap<string, Project>,
  settings: Pick<Settings, 'isolation'>,
): Problem[] {
  const owners = new Map<string, Claim[]>();
  for (const claim of claims) {
    if (claim.kind !== 'http' || claim.entryPoint !== 'web-secure' || claim.isRedirect) continue;
    for (const { host } of claim.terms)
      if (host !== null) owners.set(host, [...(owners.get(host) ?? []), claim]);
  }
  const told = new Set<string>();
  return claims.flatMap((claim) => {
    const from = claim.party.project;
    if (from === null || !claim.decrypts || claim.entryPoint === 'web-secure' || claim.entryPoint === 'web')
      return [];
    return claim.terms.flatMap(({ host }): Problem[] => {
      const named = host === null ? [] : widerHosts(host).flatMap((wider) => owners.get(wider) ?? []);
      if (named.some(({ party }) => party.project === from)) return [];
      const [owner] = named;
      const to = owner?.party.project ?? null;
      if (host === null || owner === undefined || to === null) return [];
      const key = `${from} ${host} ${claim.entryPoint}`;
      if (told.has(key)) return [];
      told.add(key);
      const provider = projects.get(to);
      if (namesConsent(provider, '/', from)) return [];
      const closed = provider?.exports !== undefined || settings.isolation === 'strict';
      return [
        {
          code: closed ? 'domain-not-exported' : 'domain-on-another-port',
          severity: closed ? 'error' : 'note',
          message: `${claim.party.label} answers for ${host} on ${claim.entryPoint}, with the certificate and the cookies of a domain of ${to}${closed ? ', which does not say that it may' : ''}`,
          help: `${closed ? 'give it a domain of its own, or let' : `${to} says so with`} exports: {paths: {"/": [${from}]}} ${closed ? 'stand in' : 'in'} ${provider?.ingressFile ?? `the ingress.yml of ${to}`}`,
          ...(claim.party.place ? { place: claim.party.place } : {}),
          ...(owner.party.place
            ? {
                related: [
                  { message: `${owner.party.label} claims the domain here`, place: owner.party.place },
                ],
              }
            : {}),
          project: from,
        },
      ];
    });
  });
}
