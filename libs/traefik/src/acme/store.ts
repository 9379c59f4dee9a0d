import { X509Certificate } from 'node:crypto';

import { isTree } from '../fields';

import { canonicalName, isCovered } from './names';

/** A certificate with its key, as Traefik keeps it in acme.json. */
export interface StoredCertificate {
  resolver: string;
  /** What it was ordered for, the main name first. */
  names: string[];
  /** The chain, PEM. */
  certificate: string;
  /** PEM. */
  key: string;
  /** SHA-256 of the certificate in hexadecimal: Traefik's API names it so. */
  fingerprint: string;
  /** Name of whoever signed it. */
  issuer: string;
  /** Milliseconds since the epoch. */
  expires: number;
}

/** What acme.json holds of one resolver. */
export interface StoredResolver {
  name: string;
  /** E-mail and URL of the account at the authority; null: none yet. */
  account: { email: string; uri: string } | null;
  certificates: StoredCertificate[];
}

/** acme.json is not what Traefik could read. */
export class AcmeStoreError extends Error {
  override readonly name = 'AcmeStoreError';
}

/** acme.json as Traefik writes it; unknown keys are kept. */
export type StoreData = Record<string, ResolverData | null>;

export interface ResolverData {
  Account?: { Email?: string; Registration?: { uri?: string } | null } | null;
  Certificates?: CertificateData[] | null;
}

interface CertificateData {
  domain?: { main?: string; sans?: string[] | null } | null;
  /** PEM, in base64 once more; so is `key`. */
  certificate?: string | null;
  key?: string | null;
}

/**
 * Reads acme.json as Traefik does: an empty file holds nothing, and a certificate without content is left out.
 * @throws AcmeStoreError when Traefik could not read it, or what it holds is no certificate
 */
export function readAcmeStore(text: string): StoredResolver[] {
  return Object.entries(storeData(text)).map(([name, data]) => ({
    name,
    account: accountOf(data),
    certificates: certificateData(data).flatMap((entry) => storedCertificate(name, entry)),
  }));
}

/** @throws AcmeStoreError */
export function storeData(text: string): StoreData {
  if (text.trim() === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AcmeStoreError(`it is no JSON: ${reason}`);
  }
  if (!isTree(value)) throw new AcmeStoreError('it is no JSON object');
  for (const [name, resolver] of Object.entries(value)) {
    if (resolver === null) continue;
    if (!isTree(resolver)) throw new AcmeStoreError(`what it holds of the resolver ${name} is no object`);
    const list = resolver['Certificates'];
    if (list !== undefined && list !== null && !Array.isArray(list))
      throw new AcmeStoreError(`its certificates of the resolver ${name} are no list`);
  }
  return value as StoreData;
}

/**
 * The text of a store with those of an older one's certificates that it has none for, each at its resolver.
 *
 * @param isKept which of the older one's count
 * @throws AcmeStoreError
 */
export function withLacking(
  text: string,
  older: string,
  isKept: (certificate: StoredCertificate) => boolean,
): string {
  const data = storeData(text);
  const names = readAcmeStore(text).flatMap(({ certificates }) => certificates.flatMap((one) => one.names));
  const added = Object.entries(storeData(older)).flatMap(([name, stored]) => {
    const lacking = certificateData(stored).filter((entry) =>
      storedCertificate(name, entry).some(
        (one) => isKept(one) && !one.names.every((each) => isCovered(each, names)),
      ),
    );
    if (lacking.length === 0) return [];
    const own = data[name] ?? stored;
    return [[name, { ...own, Certificates: [...certificateData(data[name] ?? null), ...lacking] }] as const];
  });
  return added.length === 0 ? text : JSON.stringify({ ...data, ...Object.fromEntries(added) }, null, 2);
}

function accountOf(data: ResolverData | null): StoredResolver['account'] {
  const account = data?.Account;
  if (account === undefined || account === null) return null;
  return { email: account.Email ?? '', uri: account.Registration?.uri ?? '' };
}

export function certificateData(data: ResolverData | null): CertificateData[] {
  return data?.Certificates ?? [];
}

/** One certificate of the store; empty: it has no content. */
export function storedCertificate(
  resolver: string,
  { domain, certificate, key }: CertificateData,
): StoredCertificate[] {
  if (!certificate || !key) return [];
  const names = [domain?.main ?? '', ...(domain?.sans ?? [])].filter((name) => name !== '');
  const pem = Buffer.from(certificate, 'base64').toString('utf8');
  let parsed: X509Certificate;
  try {
    parsed = new X509Certificate(pem);
  } catch {
    throw new AcmeStoreError(`its certificate for ${names.join(', ')} cannot be read`);
  }
  return [
    {
      resolver,
      names: names.map(canonicalName),
      certificate: pem,
      key: Buffer.from(key, 'base64').toString('utf8'),
      fingerprint: parsed.fingerprint256.replaceAll(':', '').toLowerCase(),
      issuer: issuerName(parsed.issuer),
      expires: Date.parse(parsed.validTo),
    },
  ];
}

/** `O=Let's Encrypt, CN=R11` of the lines that Node gives: `Let's Encrypt R11`. */
export function issuerName(issuer: string): string {
  const part = (key: string): string =>
    issuer
      .split('\n')
      .find((line) => line.startsWith(`${key}=`))
      ?.slice(key.length + 1) ?? '';
  const [organization, name] = [part('O'), part('CN')];
  return name.startsWith(organization) ? name || organization : `${organization} ${name}`.trim();
}
