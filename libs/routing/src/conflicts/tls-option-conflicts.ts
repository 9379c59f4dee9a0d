import { listed } from '@itsup/config';
import { collect } from '../names/order';
import { ruleKey, termKey, type Claim } from './claim/claims';
import type { OperatorClaim } from './claim/operators';
import { conflictAt, holding, type Conflict, type Party } from './conflict';

/**
 * Routers of one entry point that mention one host, negated or not, and have different TLS options: Traefik drops both
 * for the default ones (pkg/server/router/tcp), so a client's certificate that one of them asks for is asked for no
 * more. Within one project it is a warning.
 */
export function tlsOptionConflicts(claims: readonly Claim[]): Conflict[] {
  if (claims.every(({ tlsOptions }) => tlsOptions === 'default')) return [];
  const byHost = new Map<string, Claim[]>();
  for (const claim of claims) {
    if (claim.kind !== 'http' || !claim.tls) continue;
    for (const host of new Set(claim.hosts)) collect(byHost, `${claim.entryPoint} ${host}`, claim);
  }
  const told = new Set<string>();
  return [...byHost].flatMap(([key, named]) => {
    if (new Set(named.map(({ tlsOptions }) => tlsOptions)).size < 2) return [];
    const host = key.slice(key.indexOf(' ') + 1);
    const parties = onePerOptions(named).map((claim) => ({ claim, party: partyIn(claim, host) }));
    const id = parties.map(({ party }) => `${party.label} ${party.place?.line}`).join();
    if (told.has(id)) return [];
    told.add(id);
    const projects = new Set(parties.map(({ party }) => party.project));
    const mentioning = parties.filter(({ claim }) => claim.terms.every((term) => term.host !== host));
    const at = (mentioning.at(-1) ?? parties.at(-1))?.party;
    if (at === undefined) return [];
    const options = parties.map(({ claim, party }) => `${party.label} ${claim.tlsOptions}`);
    const takers = mentioning.flatMap(({ party }) => party.project ?? []);
    return [
      conflictAt(
        at,
        parties.flatMap(({ party }) => (party === at ? [] : [party])),
        { ...optionsProblem(host, options), ...(projects.size > 1 ? {} : { severity: 'warning' }) },
        ({ label }) => `${label} names the host here`,
        // Who names the host by a negation alone has no use of it.
        takers.length < projects.size ? takers : [],
      ),
    ];
  });
}

/**
 * The same of a project and a router of `projects/middlewares.yml`: an error of the project's, whose TLS options or
 * the operator's would be switched off by it.
 */
export function operatorTlsOptionConflicts(
  claims: readonly Claim[],
  own: readonly OperatorClaim[],
): Conflict[] {
  const told = new Set<string>();
  return own.flatMap(({ theirs, placed }) =>
    claims.flatMap((claim) => {
      const { project } = claim.party;
      const host = disputedHost(claim, theirs);
      const id = `${project} ${claim.tlsOptions} ${theirs.party.label} ${host}`;
      if (project === null || host === undefined || told.has(id)) return [];
      told.add(id);
      const { party } = placed();
      const options = [claim, theirs].map(({ party: { label }, tlsOptions }) => `${label} ${tlsOptions}`);
      return [
        conflictAt(
          partyIn(claim, host),
          [party],
          optionsProblem(host, options),
          ({ label }) => `${label} names the host here`,
          [project],
        ),
      ];
    }),
  );
}

/** A host that both mention with different TLS options. */
function disputedHost(claim: Claim, theirs: Claim): string | undefined {
  const isOneDoor = claim.entryPoint === theirs.entryPoint && claim.tls && theirs.tls;
  if (!isOneDoor || claim.kind !== 'http' || theirs.kind !== 'http') return undefined;
  if (claim.tlsOptions === theirs.tlsOptions) return undefined;
  return claim.hosts.find((host) => theirs.hosts.includes(host));
}

function optionsProblem(host: string, options: readonly string[]) {
  return {
    code: 'tls-options-conflict',
    message: `routers for ${host} have different TLS options (${listed(options)}): Traefik would drop them all for the default ones, and ask for no client's certificate`,
    help: 'give all of them the same tls.options, or leave the host out of one',
  };
}

/** One claim of each project with each of its options. */
function onePerOptions(claims: readonly Claim[]): Claim[] {
  const found = new Map<string, Claim>();
  for (const claim of claims) {
    const key = `${claim.party.project} ${claim.tlsOptions}`;
    if (!found.has(key)) found.set(key, claim);
  }
  return [...found.values()];
}

function partyIn(claim: Claim, host: string): Party {
  const terms = claim.terms.filter((term) => term.host === host);
  return holding(
    claim.party,
    ...(terms.length > 0 ? terms.map((term) => termKey(claim, term)) : [ruleKey(claim)]),
  );
}
