import type { Problem } from '@itsup/config';
import type { Explanation } from '@itsup/routing';
import { isCovered } from '@itsup/traefik';

import type { CertificateStatus } from '../certificates/model';
import { inWords, refusalInWords } from '../certificates/words';
import type { CertificateFact } from './model';

/** Certificates as an explanation shows them; null: no Traefik could be asked. */
export function certificateFacts(
  statuses: readonly CertificateStatus[] | null,
  now: number,
): CertificateFact[] | null {
  if (statuses === null) return null;
  return statuses.map((status) => ({
    resolver: status.wanted.resolver,
    names: status.wanted.names,
    text: inWords(status, now),
  }));
}

/** Why a browser would be shown a warning at what the answers serve. */
export function certificateFindings(
  { answers }: Explanation,
  statuses: readonly CertificateStatus[] | null,
  now: number,
): Problem[] {
  const hosts = answers.flatMap(({ connection: { host, tls } }) => (tls && host !== null ? [host] : []));
  return (statuses ?? []).flatMap(({ wanted, standing }): Problem[] => {
    if (standing.state !== 'refused' || !hosts.some((host) => isCovered(host, wanted.names))) return [];
    return [
      {
        code: 'certificate-refused',
        severity: 'error',
        project: wanted.stack,
        message: `no certificate for ${wanted.names.join(', ')}: ${refusalInWords(standing.refusal, now)}`,
        help: `correct that, then: itsup certificates retry ${wanted.names[0]}`,
      },
    ];
  });
}
