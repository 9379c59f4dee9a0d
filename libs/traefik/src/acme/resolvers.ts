import { field, subtree, treeOf, type Tree } from '../fields';

/** How a resolver proves a name to its authority. */
export type Challenge = 'http' | 'tls' | 'dns' | 'none';

/** A certificate resolver of Traefik's static configuration, as far as it asks an ACME authority. */
export interface AcmeResolver {
  name: string;
  /** URL of the authority's directory. */
  directory: string;
  email: string;
  challenge: Challenge;
  /** Of the HTTP challenge; null: another one. */
  entryPoint: string | null;
  storage: string;
  /** Provider of the DNS challenge; null: another one. */
  dnsProvider: string | null;
  /** Hours that its certificates are said to be good for: Traefik decides by it when to renew. */
  certificatesDuration: number;
}

/** The authority of a resolver that names none (lego: `DirectoryURLLetsEncrypt`). */
export const LETS_ENCRYPT = 'https://acme-v02.api.letsencrypt.org/directory';

/** Its authority for trying things, whose certificates no browser trusts. */
export const LETS_ENCRYPT_STAGING = 'https://acme-staging-v02.api.letsencrypt.org/directory';

const HOUR_MS = 60 * 60_000;
const DAY_HOURS = 24;
/** Ninety days. */
const DEFAULT_DURATION = 90 * DAY_HOURS;

/**
 * How long before its end Traefik renews a certificate, and how often it looks, in milliseconds
 * (Traefik: `getCertificateRenewDurations`).
 */
export function renewalOf({ certificatesDuration: hours }: Pick<AcmeResolver, 'certificatesDuration'>): {
  before: number;
  every: number;
} {
  const periods = (before: number, every: number): { before: number; every: number } => ({
    before: before * HOUR_MS,
    every: every * HOUR_MS,
  });
  if (hours >= 365 * DAY_HOURS) return periods(120 * DAY_HOURS, 7 * DAY_HOURS);
  if (hours >= 90 * DAY_HOURS) return periods(30 * DAY_HOURS, DAY_HOURS);
  if (hours >= 30 * DAY_HOURS) return periods(10 * DAY_HOURS, 12);
  if (hours >= 6 * DAY_HOURS) return periods(2 * DAY_HOURS, 2);
  if (hours >= DAY_HOURS) return periods(6, 1 / 6);
  return periods(1 / 3, 1 / 60);
}

/**
 * The ACME resolvers of a static configuration, in its order. Keys count whatever their case, as Traefik reads them.
 */
export function acmeResolvers(configuration: Tree): AcmeResolver[] {
  return Object.entries(subtree(configuration, 'certificatesResolvers')).flatMap(([name, resolver]) => {
    const acme = field(treeOf(resolver), 'acme');
    if (acme === undefined) return [];
    const tree = treeOf(acme);
    const http = field(tree, 'httpChallenge');
    const dns = field(tree, 'dnsChallenge');
    const entryPoint = text(field(treeOf(http), 'entryPoint'));
    const dnsProvider = text(field(treeOf(dns), 'provider'));
    return [
      {
        name,
        directory: text(field(tree, 'caServer')) ?? LETS_ENCRYPT,
        email: text(field(tree, 'email')) ?? '',
        challenge: challengeOf(dnsProvider, entryPoint, field(tree, 'tlsChallenge')),
        entryPoint,
        storage: text(field(tree, 'storage')) ?? 'acme.json',
        dnsProvider,
        certificatesDuration: Number(field(tree, 'certificatesDuration') ?? DEFAULT_DURATION),
      },
    ];
  });
}

/**
 * Which field of a static configuration keeps errors out of the container's output, where refusals are read; null: none
 * does. (zerolog: what a level above ERROR leaves out.)
 */
export function hiddenErrors(configuration: Tree): 'filePath' | 'level' | null {
  const log = subtree(configuration, 'log');
  if (text(field(log, 'filePath')) !== null) return 'filePath';
  return /^(?:fatal|panic|disabled)$/i.test(text(field(log, 'level')) ?? '') ? 'level' : null;
}

/** The host of a directory or account: whose certificates they are. Traefik, too, tells authorities apart by it. */
export function authorityOf(url: string): string {
  try {
    return new URL(url).hostname.toLowerCase();
  } catch {
    return url;
  }
}

/** lego takes DNS-01 before the others where it has it. */
function challengeOf(dnsProvider: string | null, entryPoint: string | null, tls: unknown): Challenge {
  if (dnsProvider !== null) return 'dns';
  if (entryPoint !== null) return 'http';
  return tls === undefined || tls === false ? 'none' : 'tls';
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
