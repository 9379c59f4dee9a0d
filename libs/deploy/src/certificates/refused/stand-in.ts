import { generateKeyPair, X509Certificate } from 'node:crypto';
import { promisify } from 'node:util';

import type { KeyPair } from '../model';

/** Who signs a stand-in: it says to whoever looks that it is no certificate to trust. */
const ISSUER = 'itsup stand-in';

/** Long enough to be never renewed: it goes when a certificate comes. */
const YEARS = 10;

/** Whether an issuer's name, as `issuerName` writes it, is that of a stand-in. */
export function isStandIn(issuer: string): boolean {
  return issuer.includes(ISSUER);
}

/** The names of a stand-in; empty: it cannot be read. */
export function standInNames({ certificate }: KeyPair): string[] {
  let names: string | undefined;
  try {
    names = new X509Certificate(certificate).subjectAltName;
  } catch {
    return [];
  }
  return (names ?? '').split(', ').flatMap((name) => (name.startsWith('DNS:') ? [name.slice(4)] : []));
}

/**
 * A certificate that this host signs itself. Traefik asks for no certificate for a name that it has one for, and
 * browsers show a warning that can be passed instead of a connection that fails.
 */
export async function makeStandIn(names: readonly string[], now: number): Promise<KeyPair> {
  // Loaded where it is needed: most deploys make none.
  const { default: forge } = await import('node-forge');
  const { privateKey: key } = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const privateKey = forge.pki.privateKeyFromPem(key);
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.setRsaPublicKey(privateKey.n, privateKey.e);
  certificate.serialNumber = `01${forge.util.bytesToHex(forge.random.getBytesSync(15))}`;
  certificate.validity.notBefore = new Date(now - 24 * 60 * 60_000);
  certificate.validity.notAfter = new Date(now + YEARS * 365 * 24 * 60 * 60_000);
  const subject = [{ name: 'organizationName', value: ISSUER }];
  certificate.setSubject(subject);
  certificate.setIssuer(subject);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: false },
    { name: 'subjectAltName', altNames: names.map((value) => ({ type: 2, value })) },
  ]);
  certificate.sign(privateKey, forge.md.sha256.create());
  return { certificate: forge.pki.certificateToPem(certificate), key };
}
