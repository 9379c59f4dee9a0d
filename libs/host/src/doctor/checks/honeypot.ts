import type { HostFacts } from '../facts';
import { findings, warning, type Finding } from '../finding';

/** Every managed container asks the DNS server that logs lookups first, and waits for it when it is not there. */
export function checkHoneypot({
  wanted,
  honeypotRuns,
}: Pick<HostFacts, 'wanted' | 'honeypotRuns'>): Finding[] {
  if (!wanted.honeypot || honeypotRuns !== false) return [];
  return findings('DNS server', null, [
    warning(
      'the DNS server that logs lookups does not run: each lookup of a container takes 4 s',
      'itsup deploy proxy, or switch it off: dns.enabled: false in projects/itsup.yml',
    ),
  ]);
}
