import {
  acmeResolvers,
  canonicalName,
  hostsIn,
  isCovered,
  isTree,
  listField,
  subtree,
  textField,
  type ServedCertificate,
  type ServedConfiguration,
  type Tree,
} from '@itsup/traefik';

/** A certificate of acme.json, as far as instances are compared by it. */
export interface StoredNames {
  resolver: string;
  names: readonly string[];
  /** Milliseconds since the epoch. */
  expires: number;
}

/** What acme.json says that the new instance has to serve. */
export interface Stored {
  certificates: readonly StoredNames[];
  /** Resolvers of the new instance; null: whatever is stored was given to it as a file. */
  resolvers: readonly string[] | null;
}

/**
 * The names that a new instance has to have certificates for before it takes over, of those that the old one has. By
 * names and not by fingerprints: an authority may renew a certificate at any moment.
 *
 * Of what resolvers keep, that is what acme.json holds for the resolvers that there still are: what was given up is not
 * asked of anybody, and what is missing is on its way. Whatever else the old one serves is a file of the operator's,
 * and has to be there.
 */
export function demandedNames(
  old: { certificates: readonly ServedCertificate[]; configuration: ServedConfiguration },
  { certificates, resolvers }: Stored,
  now: number,
): string[] {
  const known = certificates.flatMap(({ names }) => names);
  const stored = certificates
    .filter(({ resolver, expires }) => expires > now && (resolvers === null || resolvers.includes(resolver)))
    .flatMap(({ names }) => names);
  const asked = askedNames(old.configuration);
  const served = old.certificates.filter(({ expires }) => expires > now).flatMap(({ names }) => names);
  const isResolvers = (name: string): boolean => isCovered(name, known) || isCovered(name, asked);
  return [...new Set(served)].filter((name) => (isResolvers(name) ? isCovered(name, stored) : true)).sort();
}

/** What a router asks a resolver for: a certificate for these names. */
export interface AskedOrder {
  resolver: string;
  names: string[];
}

/** Names that routers ask a resolver for. */
export function askedNames(configuration: ServedConfiguration): string[] {
  return askedOrders(configuration).flatMap(({ names }) => names);
}

/** The certificates that routers ask resolvers for, each as often as it is asked for. */
export function askedOrders(configuration: ServedConfiguration): AskedOrder[] {
  return [...configuration.http.routers.values(), ...configuration.tcp.routers.values()].flatMap(
    ({ definition }) => {
      const tls = subtree(definition, 'tls');
      const resolver = textField(tls, 'certResolver');
      if (resolver === undefined) return [];
      const domains = listOf(tls).map((domain) => [
        textField(domain, 'main') ?? '',
        ...listField(domain, 'sans'),
      ]);
      const sets = domains.length > 0 ? domains : [hostsIn(textField(definition, 'rule') ?? '')];
      return sets.map((names) => ({ resolver, names: names.map(canonicalName) }));
    },
  );
}

/** Names that an instance asks one of its resolvers for and has nothing for yet, while another one serves them. */
export function namesOnTheirWay(
  fresh: { certificates: readonly ServedCertificate[]; configuration: ServedConfiguration },
  old: { certificates: readonly ServedCertificate[] },
  resolvers: readonly string[],
): string[] {
  const has = (certificates: readonly ServedCertificate[], name: string): boolean =>
    certificates.some(({ names }) => isCovered(name, names));
  const asked = askedOrders(fresh.configuration).flatMap(({ resolver, names }) =>
    resolvers.includes(resolver) ? names : [],
  );
  return [...new Set(asked)].filter((name) => has(old.certificates, name) && !has(fresh.certificates, name));
}

function listOf(tls: Tree): Tree[] {
  const domains: unknown = tls['domains'];
  return Array.isArray(domains) ? domains.filter(isTree) : [];
}

/** Names of the ACME resolvers of a static configuration. */
export function resolverNames(configuration: Tree): string[] {
  return acmeResolvers(configuration).map(({ name }) => name);
}
