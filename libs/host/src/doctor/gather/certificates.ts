import { X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';

import type { CertificateFacts } from '../facts';

interface StoredCertificate {
  domain?: { main?: string; sans?: string[] | null };
  /** PEM, in base64 once more. */
  certificate?: string;
}

/**
 * What Traefik keeps in acme.json: by resolver, a list of certificates with their names. Private keys are not looked
 * at.
 */
export async function certificateFacts(file: string): Promise<CertificateFacts> {
  try {
    const { mode } = await stat(file);
    const text = await readFile(file, 'utf8');
    return { mode: mode & 0o777, unreadable: null, certificates: certificatesIn(text) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { mode: null, unreadable: code === 'ENOENT' ? null : (code ?? message), certificates: [] };
  }
}

/** @throws SyntaxError when it is no JSON; an empty file holds none, as Traefik sees it */
export function certificatesIn(text: string): CertificateFacts['certificates'] {
  if (text.trim() === '') return [];
  const resolvers = JSON.parse(text) as Record<string, { Certificates?: StoredCertificate[] | null } | null>;
  return Object.values(resolvers)
    .flatMap((resolver) => resolver?.Certificates ?? [])
    .flatMap(({ domain, certificate }) => {
      if (certificate === undefined) return [];
      const names = [domain?.main, ...(domain?.sans ?? [])].filter((name) => name !== undefined);
      const { validTo } = new X509Certificate(Buffer.from(certificate, 'base64'));
      return [{ names, expires: Date.parse(validTo) }];
    });
}
