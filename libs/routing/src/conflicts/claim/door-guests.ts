import type { Project, Settings } from '@itsup/config';
import { collect } from '../../names/order';
import { widerHosts } from '../../rule/terms';
import { addGuest, namesConsent, type Guests } from './guests';
import type { Claim } from './claims';

/**
 * Projects that answer for another one's domain on a port of their own: Traefik has the domain's certificate there too,
 * and a browser sends the domain's cookies to every port of it. A note, and a conflict that the port's project makes
 * where the owner's `exports` or `isolation: strict` ask for consent to the whole of the domain (`/`) and it is not
 * there.
 */
export function doorsAmong(
  claims: readonly Claim[],
  projects: ReadonlyMap<string, Project>,
  settings: Pick<Settings, 'isolation'>,
): Guests {
  const owners = new Map<string, Claim[]>();
  for (const claim of claims) {
    if (claim.kind !== 'http' || claim.entryPoint !== 'web-secure' || claim.isRedirect) continue;
    for (const { host } of claim.terms) if (host !== null) collect(owners, host, claim);
  }
  const told = new Set<string>();
  const guests: Guests = { notes: [], refused: [] };
  for (const guest of claims) {
    const from = guest.party.project;
    const isDoor = guest.decrypts && guest.entryPoint !== 'web-secure' && guest.entryPoint !== 'web';
    if (from === null || !isDoor) continue;
    for (const term of guest.terms) {
      const { host } = term;
      const named = host === null ? [] : widerHosts(host).flatMap((wider) => owners.get(wider) ?? []);
      if (named.some(({ party }) => party.project === from)) continue;
      const [owner] = named;
      const to = owner?.party.project ?? null;
      const key = `${from} ${host} ${guest.entryPoint}`;
      if (host === null || owner === undefined || to === null || told.has(key)) continue;
      told.add(key);
      const provider = projects.get(to);
      if (namesConsent(provider, '/', from)) continue;
      const file = provider?.ingressFile ?? `the ingress.yml of ${to}`;
      const answers = `${guest.party.label} answers for ${host} on ${guest.entryPoint}, with the certificate and the cookies of a domain of ${to}`;
      const consent = `exports: {paths: {"/": [${from}]}}`;
      addGuest(guests, { guest, term, owner, host }, provider, settings, {
        note: {
          code: 'domain-on-another-port',
          message: answers,
          help: `${to} says so with ${consent} in ${file}`,
        },
        refused: {
          code: 'domain-not-exported',
          message: `${answers}, which does not say that it may`,
          help: `give it a domain of its own, or let ${consent} stand in ${file}`,
        },
      });
    }
  }
  return guests;
}
