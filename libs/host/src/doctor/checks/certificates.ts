import { FILE_CURE, formatCertificate, isLate, type CertificateStatus } from '@itsup/deploy';

import type { HostFacts } from '../facts';
import { findings, note, warning, type Finding } from '../finding';
import { listed } from './names';

const DAY_MS = 24 * 60 * 60_000;
/** Traefik renews thirty days before the end; one that has so little left has failed to renew for weeks. */
const RENEWAL_FAILED_DAYS = 14;
const LOGS = 'see why in the proxy’s log: itsup logs proxy traefik';

export function checkCertificates({
  certificates: { mode, unreadable, certificates, statuses = null },
  wanted,
  now,
}: Pick<HostFacts, 'certificates' | 'wanted' | 'now'>): Finding[] {
  if (wanted.certified.length === 0) return [];
  const broken =
    unreadable === null || unreadable === 'EACCES'
      ? null
      : warning(
          `acme.json is broken, and Traefik would serve no certificate after its next start: ${unreadable}`,
          'put the last good copy back: itsup deploy proxy',
        );
  if (statuses !== null) {
    return findings('certificates', wellIn(statuses, now), [
      broken,
      ...statuses.map((status) => findingOf(status, now)),
    ]);
  }
  if (unreadable !== null) {
    return findings('certificates', null, [
      broken ??
        note(
          'acme.json is for Traefik’s user alone, and no Traefik answers: which certificates there are is not known',
          'start it: itsup deploy proxy; or run doctor as root',
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
      ? warning('acme.json may be read by others, so Traefik does not use it', 'mend it: itsup deploy proxy')
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

/** null: none is there. */
function wellIn(statuses: readonly CertificateStatus[], now: number): string | null {
  const ends = statuses.flatMap(({ standing }) => (standing.state === 'there' ? [standing.expires] : []));
  if (ends.length === 0) return null;
  return `the next of ${ends.length} ends in ${Math.floor((Math.min(...ends) - now) / DAY_MS)} days`;
}

/** What needs a person, in the words of whoever said no; null: nothing. */
function findingOf(status: CertificateStatus, now: number): Omit<Finding, 'check'> | null {
  const { wanted, standing } = status;
  const text = formatCertificate(status, now);
  switch (standing.state) {
    case 'there':
      if (!isLate(standing, now)) return null;
      return standing.isFile === true
        ? warning(`${text}, and it is a file of yours`, FILE_CURE)
        : warning(`${text}, and it was not renewed`, LOGS);
    case 'ended':
      return warning(text, FILE_CURE);
    case 'refused':
      return warning(text, `correct that, then: itsup certificates retry ${wanted.names[0]}`);
    case 'asked':
      if (standing.ended !== undefined) return warning(text, LOGS);
      return warning(text, `it may come yet; else ask again: itsup certificates retry ${wanted.names[0]}`);
    case 'none':
      return note(
        text,
        'set letsencrypt.email in projects/itsup.yml, or LETSENCRYPT_EMAIL in secrets/itsup.env',
      );
  }
}

/** A wildcard covers one label. */
function covers(name: string, domain: string): boolean {
  if (name.toLowerCase() === domain.toLowerCase()) return true;
  return (
    name.startsWith('*.') && domain.slice(domain.indexOf('.')).toLowerCase() === name.slice(1).toLowerCase()
  );
}
