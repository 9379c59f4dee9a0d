import type { HostFacts } from '../facts';
import { findings, note, warning, type Finding } from '../finding';
import { listed } from './names';

const DAY_MS = 24 * 60 * 60_000;
/** Traefik renews thirty days before the end; one that has so little left has failed to renew for weeks. */
const RENEWAL_FAILED_DAYS = 14;
const LOGS = 'see why in the proxy’s log: itsup logs proxy traefik';

export function checkCertificates({
  certificates: { mode, unreadable, certificates },
  wanted,
  now,
}: Pick<HostFacts, 'certificates' | 'wanted' | 'now'>): Finding[] {
  if (wanted.certified.length === 0) return [];
  if (unreadable !== null) {
    return findings('certificates', null, [
      note(
        `acme.json cannot be read: ${unreadable}`,
        'it belongs to the user that Traefik runs as; run doctor as root',
      ),
    ]);
  }
  const ends = (domain: string): number | null => {
    const own = certificates.filter(({ names }) => names.some((name) => covers(name, domain)));
    return own.length === 0 ? null : Math.max(...own.map(({ expires }) => expires));
  };
  const none = wanted.certified.filter((domain) => ends(domain) === null);
  const dated = wanted.certified.flatMap((domain) => {
    const expires = ends(domain);
    return expires === null ? [] : [{ domain, days: Math.floor((expires - now) / DAY_MS) }];
  });
  const expired = dated.filter(({ days }) => days < 0);
  const soon = dated.filter(({ days }) => days >= 0 && days < RENEWAL_FAILED_DAYS);
  const least = Math.min(...dated.map(({ days }) => days));
  const ok = dated.length === 0 ? null : `the next of ${dated.length} ends in ${least} days`;
  return findings('certificates', ok, [
    mode !== null && (mode & 0o077) !== 0
      ? warning(
          'acme.json may be read by others, so Traefik does not use it',
          'chmod 600 it, and restart the proxy',
        )
      : null,
    none.length === 0
      ? null
      : wanted.hasEmail
        ? warning(
            `${listed(none)}: none yet`,
            `the domain has to lead here and port 80 to the entry point web; then ${LOGS}`,
          )
        : note(
            `${listed(none)}: none is asked for, Traefik shows its own`,
            'set letsencrypt.email in projects/itsup.yml, or LETSENCRYPT_EMAIL in secrets/itsup.env',
          ),
    expired.length === 0 ? null : warning(`${listed(expired.map(({ domain }) => domain))}: expired`, LOGS),
    ...soon.map(({ domain, days }) => warning(`${domain}: ends in ${days} days and was not renewed`, LOGS)),
  ]);
}

/** A wildcard covers one label. */
function covers(name: string, domain: string): boolean {
  if (name.toLowerCase() === domain.toLowerCase()) return true;
  return (
    name.startsWith('*.') && domain.slice(domain.indexOf('.')).toLowerCase() === name.slice(1).toLowerCase()
  );
}
