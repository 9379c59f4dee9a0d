import type { HostFacts } from '../facts';
import { findings, note, warning, type Finding } from '../finding';

/**
 * Where the domains of the routes lead. Behind a router their address is the router's, so that is worth a note alone.
 */
export function checkNames({
  addresses,
  lookups,
  wanted,
}: Pick<HostFacts, 'addresses' | 'lookups' | 'wanted'>): Finding[] {
  if (wanted.domains.length === 0) return [];
  const here = new Set(addresses);
  const absent: string[] = [];
  const failed: { domain: string; reason: string }[] = [];
  const elsewhere = new Map<string, string[]>();
  for (const domain of wanted.domains) {
    const lookup = lookups.get(domain);
    if (lookup === undefined) continue;
    if (lookup.outcome === 'absent') absent.push(domain);
    else if (lookup.outcome === 'failed') failed.push({ domain, reason: lookup.reason });
    else if (!lookup.addresses.some((address) => here.has(address))) {
      const key = [...lookup.addresses].sort().join(', ');
      elsewhere.set(key, [...(elsewhere.get(key) ?? []), domain]);
    }
  }
  const allFailed = failed.length === wanted.domains.length;
  return findings('DNS', `${counted(wanted.domains.length)} lead somewhere`, [
    absent.length === 0
      ? null
      : warning(
          `${listed(absent)}: no address`,
          'add an A or AAAA record that leads to this host or its router',
        ),
    failed.length === 0
      ? null
      : warning(
          allFailed
            ? `the resolver does not answer: ${failed[0]?.reason ?? ''}`
            : `${listed(failed.map(({ domain }) => domain))}: the resolver does not answer (${failed[0]?.reason ?? ''})`,
          'see whether this host reaches its resolver (/etc/resolv.conf), and whether the domain’s name servers answer',
        ),
    ...[...elsewhere].map(([where, domains]) =>
      note(
        `${listed(domains)}: ${where}, which is no address of this host`,
        'right if that is your router; else change the record',
      ),
    ),
  ]);
}

function counted(count: number): string {
  return count === 1 ? 'the domain' : `${count} domains`;
}

/** The first few of a list, and how many more there are. */
export function listed(names: readonly string[]): string {
  return names.length > 4 ? `${names.slice(0, 4).join(', ')} and ${names.length - 4} more` : names.join(', ');
}
