import { stringify } from 'yaml';

import type { StoredCertificate } from './store';

/** A dynamic file by which another Traefik serves these certificates. Holds private keys. */
export function certificatesFile(
  certificates: readonly Pick<StoredCertificate, 'certificate' | 'key'>[],
): string {
  if (certificates.length === 0) return '{}\n';
  return stringify({
    tls: {
      certificates: certificates.map(({ certificate, key }) => ({ certFile: certificate, keyFile: key })),
    },
  });
}
