import type { IngressRow } from '@itsup/config';
import type { TraefikRouter } from '../model';
import { defaultResolver, report, type RowContext } from './context';
import { isPublicName } from '../names/public-names';
import { domainsOf } from './route-base';

/**
 * The TLS part of a router that terminates TLS. A domain that no public authority certifies (`app.localhost`, a bare
 * name, an address) gets Traefik's own certificate instead of an order that fails for ever, unless the row names a
 * resolver.
 */
export function certificateOf(row: IngressRow, context: RowContext): NonNullable<TraefikRouter['tls']> {
  const domains = row.resolver === null ? domainsOf(row).filter(isPublicName) : domainsOf(row);
  const [main, ...sans] = domains;
  if (main === undefined) {
    // A raw rule without domains: Traefik takes the names from the rule's Host matchers.
    return row.domains.length === 0 ? { certResolver: row.resolver ?? defaultResolver } : {};
  }
  warnOfWildcard(row, domains, context);
  return {
    certResolver: row.resolver ?? defaultResolver,
    domains: [sans.length === 0 ? { main } : { main, sans }],
  };
}

/** HTTP-01, which the default resolver uses, cannot prove a wildcard. */
function warnOfWildcard(row: IngressRow, domains: readonly string[], context: RowContext): void {
  const wildcard = domains.find((domain) => domain.startsWith('*.'));
  if (wildcard === undefined || (row.resolver ?? defaultResolver) !== defaultResolver) return;
  report(context, row, {
    key: 'domain',
    code: 'wildcard-needs-dns-challenge',
    severity: 'warning',
    message: `${wildcard} gets no certificate from the resolver ${defaultResolver}: wildcards need a DNS challenge`,
    help: 'add a resolver with dnsChallenge under letsencrypt.resolvers in projects/itsup.yml and name it in tls.resolver',
  });
}
