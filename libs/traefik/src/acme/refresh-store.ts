import { authorityOf, LETS_ENCRYPT, LETS_ENCRYPT_STAGING, type AcmeResolver } from './resolvers';
import { certificateData, storedCertificate, storeData, type ResolverData, type StoreData } from './store';

/** What of acme.json does not fit the configuration that is to come. */
export interface RefreshedStore {
  /** What the next Traefik has to find. */
  text: string;
  /** Names whose certificates another authority issued: they are asked for anew. */
  reissued: string[];
  /** Names whose certificates go because nobody asks for them as they are. */
  givenUp: string[];
  /** Names whose certificates go from a resolver that there is no more to the one that is asked for them now. */
  moved: string[];
  /** Resolvers that register a new account, with the words why. */
  accounts: { resolver: string; reason: string }[];
}

export interface StoreKnowledge {
  /** Authority (host) by fingerprint, as far as it is known; else the account tells. */
  issuers?: Readonly<Record<string, string>>;
  /** Fingerprints of certificates that are not to be renewed. */
  unwanted?: readonly string[];
  /** What resolvers are asked for. */
  wanted?: readonly { resolver: string; names: readonly string[] }[];
}

/**
 * Fits acme.json to resolvers that changed. Traefik itself goes on with whatever certificate is there until that ends,
 * and with an account until something is ordered, whoever issued them and for whatever e-mail.
 *
 * Certificates of another authority go, so that the new one is asked; those of Let's Encrypt stay when its staging
 * authority is to come, for they are better than what one would get there. An account of another e-mail or authority
 * goes, and Traefik registers one.
 *
 * Certificates of a resolver that has another name now go with it: Traefik would ask for each again.
 *
 * @returns null: it fits
 * @throws AcmeStoreError
 */
export function refreshStore(
  text: string,
  resolvers: readonly AcmeResolver[],
  { issuers = {}, unwanted = [], wanted = [] }: StoreKnowledge = {},
): RefreshedStore | null {
  const data = storeData(text);
  const moved = moveRenamed(data, resolvers, wanted);
  const reissued: string[] = [];
  const givenUp: string[] = [];
  const accounts: RefreshedStore['accounts'] = [];
  for (const resolver of resolvers) {
    const stored = data[resolver.name];
    if (!stored) continue;
    const kept = certificateData(stored).filter((entry) => {
      const [certificate] = storedCertificate(resolver.name, entry);
      if (certificate === undefined) return true;
      if (unwanted.includes(certificate.fingerprint)) {
        givenUp.push(...certificate.names);
        return false;
      }
      const known = issuers[certificate.fingerprint] ?? guessed(certificate.issuer, stored);
      if (!isForeign(known, authorityOf(resolver.directory))) return true;
      reissued.push(...certificate.names);
      return false;
    });
    const reason = accountReason(stored, resolver);
    if (reason !== null) accounts.push({ resolver: resolver.name, reason });
    data[resolver.name] = {
      ...stored,
      ...(reason !== null && { Account: null }),
      Certificates: kept,
    };
  }
  if ([moved, reissued, givenUp, accounts].every((each) => each.length === 0)) return null;
  return { text: JSON.stringify(data, null, 2), reissued, givenUp, moved, accounts };
}

/** What of resolvers that there are no more is wanted of another one goes there, in place. */
function moveRenamed(
  data: StoreData,
  resolvers: readonly AcmeResolver[],
  wanted: NonNullable<StoreKnowledge['wanted']>,
): string[] {
  const moved: string[] = [];
  const setOf = (names: readonly string[]): string => [...names].sort().join();
  for (const [name, stored] of Object.entries(data)) {
    if (!stored || resolvers.some((resolver) => resolver.name === name)) continue;
    const left = certificateData(stored).filter((entry) => {
      const [certificate] = storedCertificate(name, entry);
      if (certificate === undefined) return true;
      const key = setOf(certificate.names);
      const heir = wanted.find(({ names, resolver }) => resolver !== name && setOf(names) === key);
      if (heir === undefined || !resolvers.some((resolver) => resolver.name === heir.resolver)) return true;
      const own = data[heir.resolver] ?? {};
      const has = certificateData(own).flatMap((one) => storedCertificate(heir.resolver, one));
      if (has.some(({ names }) => setOf(names) === key)) return true;
      // Its authority is known by the account where nobody kept it, and that goes along.
      data[heir.resolver] = {
        ...own,
        Account: own.Account ?? stored.Account ?? null,
        Certificates: [...certificateData(own), entry],
      };
      moved.push(...certificate.names);
      return false;
    });
    data[name] = { ...stored, Certificates: left };
  }
  return moved;
}

/**
 * Which authority issued each certificate of acme.json, by fingerprint: what was known, and of the others whom their
 * resolver asks now.
 *
 * @param resolvers that got them
 * @throws AcmeStoreError
 */
export function knownIssuers(
  text: string,
  resolvers: readonly AcmeResolver[],
  known: Readonly<Record<string, string>>,
): Record<string, string> {
  const data = storeData(text);
  const issuers: Record<string, string> = {};
  for (const [name, stored] of Object.entries(data)) {
    const asked = resolvers.find((resolver) => resolver.name === name);
    for (const entry of certificateData(stored)) {
      const [certificate] = storedCertificate(name, entry);
      if (certificate === undefined) continue;
      const { fingerprint, issuer } = certificate;
      const found = known[fingerprint] ?? issuedBy(issuer, asked && authorityOf(asked.directory));
      if (found !== null) issuers[fingerprint] = found;
    }
  }
  return issuers;
}

/** Who issued a certificate that was there before anybody kept that: the account tells whom the resolver asked. */
function guessed(issuer: string, stored: ResolverData): string | null {
  const uri = stored.Account?.Registration?.uri;
  return issuedBy(issuer, uri ? authorityOf(uri) : undefined);
}

/**
 * The authority that was asked, but of Let's Encrypt's two the one that the issuer's name tells: the settings may have
 * gone from one to the other. Another authority may hand out certificates of Let's Encrypt as its own.
 *
 * @param asked undefined: not known
 * @returns null: not known
 */
function issuedBy(issuer: string, asked: string | undefined): string | null {
  const ofTwo = [LETS_ENCRYPT, LETS_ENCRYPT_STAGING].map(authorityOf);
  if (asked !== undefined && !ofTwo.includes(asked)) return asked;
  return named(issuer) ?? asked ?? null;
}

function named(issuer: string): string | null {
  if (issuer.includes('(STAGING)')) return authorityOf(LETS_ENCRYPT_STAGING);
  return /^let's encrypt\b/i.test(issuer) ? authorityOf(LETS_ENCRYPT) : null;
}

function isForeign(issuer: string | null, authority: string): boolean {
  if (issuer === null || issuer === authority) return false;
  return !(issuer === authorityOf(LETS_ENCRYPT) && authority === authorityOf(LETS_ENCRYPT_STAGING));
}

function accountReason(
  { Account: account }: ResolverData,
  { email, directory }: AcmeResolver,
): string | null {
  if (account === undefined || account === null) return null;
  if ((account.Email ?? '') !== email) return `the e-mail is ${email} now`;
  const uri = account.Registration?.uri;
  if (uri && authorityOf(uri) !== authorityOf(directory))
    return `the authority is ${authorityOf(directory)} now`;
  return null;
}
