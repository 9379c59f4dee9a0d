import type { CertificateStatus } from '../certificates/model';
import {
  daysLeft,
  endingInWords,
  FILE_CURE,
  inWords,
  isLate,
  namesInShort,
  refusalInWords,
} from '../certificates/words';

const HEADINGS = ['NAME', 'PROJECT', 'STATE', 'DAYS', 'ISSUER'];

/** One line a certificate, columns aligned; then in full what needs a person. */
export function formatCertificates(statuses: readonly CertificateStatus[], now: number): string {
  if (statuses.length === 0) return 'No router asks for a certificate.';
  const rows = statuses.map((status) => rowOf(status, now));
  const widths = HEADINGS.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const lines = [HEADINGS, ...rows].map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [...lines, ...statuses.flatMap((status) => remarksOf(status, now))].join('\n');
}

/** One certificate in a line: `app.example.com: by Let's Encrypt R11, 89 days left`. */
export function formatCertificate(status: CertificateStatus, now: number): string {
  return `${status.wanted.names.join(', ')}: ${inWords(status, now)}`;
}

function rowOf({ wanted, standing }: CertificateStatus, now: number): string[] {
  const there = standing.state === 'there';
  return [
    namesInShort(wanted.names),
    wanted.stack,
    standing.state === 'none' ? 'no resolver' : standing.state,
    there ? String(daysLeft(standing.expires, now)) : '-',
    there ? standing.issuer : `(${wanted.resolver})`,
  ];
}

/** What was said of a certificate, and what to do. */
export function remarksOf({ wanted, standing }: CertificateStatus, now: number): string[] {
  const names = wanted.names.join(', ');
  if (standing.state === 'refused') {
    return [
      `${names}: ${refusalInWords(standing.refusal, now)}`,
      `  it is not asked for again before something changes; to ask now: itsup certificates retry ${wanted.names[0]}`,
    ];
  }
  if (standing.state === 'none')
    return [
      `${names}: Traefik has no resolver ${wanted.resolver}: set letsencrypt.email in projects/itsup.yml, or LETSENCRYPT_EMAIL`,
    ];
  if (standing.state === 'asked' && standing.ended !== undefined) {
    const text = inWords({ wanted, standing }, now);
    return [`${names}: ${text}; see why: itsup logs proxy traefik`];
  }
  if (standing.state === 'ended') return [`${names}: ${inWords({ wanted, standing }, now)}; ${FILE_CURE}`];
  if (standing.state !== 'there') return [];
  if (!isLate(standing, now)) return [];
  const { text, cure } = endingInWords(standing, now);
  return [`${names}: ${text}; ${cure}`];
}
