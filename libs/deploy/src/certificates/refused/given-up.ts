import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import { askedNames } from '@itsup/rollout';
import {
  covers,
  createTraefikApi,
  hostsIn,
  readAcmeStore,
  renewalOf,
  TraefikApiError,
  type AcmeResolver,
  type ServedCertificate,
} from '@itsup/traefik';

import type { DeployContext } from '../../context';
import { getText } from '../../proxy/network-probes';
import { changeBook, readBook, STAND_INS_FILE } from './book';
import type { RunningTraefik } from '../running-traefik';
import { isStandIn } from './stand-in';

/**
 * Traefik renews whatever acme.json holds, whether a router asks for it or not; and of what it could not renew it goes
 * on trying by the day, and asks in no other way.
 */
export interface GivenUp {
  /** Of certificates that the next Traefik is not to find. */
  fingerprints: string[];
  /** That nobody uses any more. */
  names: string[];
  /** Whose certificates have ended. */
  ended: string[];
}

export const NOTHING_GIVEN_UP: GivenUp = { fingerprints: [], names: [], ended: [] };

/**
 * An authority counts equal certificates by the week: one whose names come back before (a project that is off for a
 * while) is not asked for again.
 */
const KEPT_MS = 7 * 24 * 60 * 60_000;

export interface HeldCertificate {
  fingerprint: string;
  names: readonly string[];
  /** Milliseconds since the epoch. */
  expires: number;
}

/**
 * Whether a certificate is not to be renewed any more. One of whose names some are given up goes when it would be
 * renewed, so that the others are asked for without them; one that is given up as a whole goes a week later, too. One
 * that has ended goes whoever uses it.
 *
 * @param used names that anything may be served at
 * @param since when it was seen first that a name of it is used no more
 */
export function isToGo(
  { names, expires }: HeldCertificate,
  {
    used,
    resolver,
    since,
    now,
  }: {
    used: readonly string[];
    resolver: Pick<AcmeResolver, 'certificatesDuration'>;
    since: number;
    now: number;
  },
): boolean {
  if (expires <= now) return true;
  const unused = unusedNames(names, used);
  if (unused.length === 0) return false;
  const { before, every } = renewalOf(resolver);
  if (expires - now <= before + every) return true;
  return unused.length === names.length && now - since >= KEPT_MS;
}

/** Those of a certificate's names that nothing is served at. A wildcard stands for what it covers. */
export function unusedNames(names: readonly string[], used: readonly string[]): string[] {
  return names.filter((name) => !used.some((one) => covers(name, one) || covers(one, name)));
}

export interface GivenUpOptions {
  context: Pick<DeployContext, 'state' | 'system'>;
  traefik: RunningTraefik;
  resolvers: readonly AcmeResolver[];
  served: readonly ServedCertificate[];
  /** Names that the sources want certificates for. */
  wanted: readonly string[];
  /** Text of acme.json; asked for only when something may have been given up. */
  store: () => Promise<string>;
}

/** What of acme.json is given up and is not to be renewed; remembers since when. */
export async function givenUpIn(options: GivenUpOptions): Promise<GivenUp> {
  const { context, traefik, resolvers, served, wanted } = options;
  const now = context.system.now();
  const unwanted = served.filter(
    ({ issuer, names, expires }) =>
      !isStandIn(issuer) && (expires <= now || unusedNames(names, wanted).length > 0),
  );
  const { unused: known } = await readBook(context.state);
  if (unwanted.length === 0 && Object.keys(known).length === 0) return NOTHING_GIVEN_UP;
  const routed = unwanted.length === 0 ? [] : await routedNames(traefik);
  // What is not known is not given up.
  if (routed === null) return NOTHING_GIVEN_UP;
  const texts = unwanted.length === 0 ? [] : await dynamicTexts(context.state.dynamicDir);
  const used = [...wanted, ...routed];
  const isUsed = (name: string): boolean =>
    unusedNames([name], used).length === 0 || texts.some((text) => text.includes(name));
  const isKept = ({ names, expires }: Pick<HeldCertificate, 'names' | 'expires'>): boolean =>
    expires > now && names.every(isUsed);
  const candidates = unwanted.filter((one) => !isKept(one));
  const stored = candidates.length === 0 ? [] : readAcmeStore(await options.store());
  const found = stored.flatMap(({ name, certificates }) =>
    certificates.flatMap((one) => {
      const resolver = resolvers.find((each) => each.name === name);
      return resolver === undefined || isKept(one) ? [] : [{ ...one, resolver }];
    }),
  );
  const unused = Object.fromEntries(
    found.map(({ fingerprint }) => [fingerprint, known[fingerprint] ?? now] as const),
  );
  if (JSON.stringify(unused) !== JSON.stringify(known))
    await changeBook(context, (book) => ({ ...book, unused }));
  const going = found.filter(({ fingerprint, resolver, ...one }) =>
    isToGo(
      { fingerprint, ...one },
      { used: one.names.filter(isUsed), resolver, since: unused[fingerprint] ?? now, now },
    ),
  );
  return {
    fingerprints: going.map(({ fingerprint }) => fingerprint),
    names: [...new Set(going.flatMap(({ names }) => names.filter((name) => !isUsed(name))))],
    ended: [...new Set(going.flatMap(({ names, expires }) => (expires <= now ? names : [])))],
  };
}

/** Names in the rules of all routers that run, whatever resolver they name; null: nobody answers. */
async function routedNames({ access }: RunningTraefik): Promise<string[] | null> {
  const [address] = await access.apis();
  if (address === undefined) return null;
  try {
    const configuration = await createTraefikApi(address, getText, access.apiSecret).rawData();
    const routers = [...configuration.http.routers.values(), ...configuration.tcp.routers.values()];
    const rules = routers.flatMap(({ definition }) => {
      const { rule } = definition;
      return typeof rule === 'string' ? hostsIn(rule) : [];
    });
    return [...askedNames(configuration), ...rules];
  } catch (error) {
    if (error instanceof TraefikApiError) return null;
    throw error;
  }
}

/** The files that Traefik watches: a store's default certificate is named in one of them. */
async function dynamicTexts(folder: string): Promise<string[]> {
  const files = await readdir(folder, { withFileTypes: true });
  const own = files.filter((file) => file.isFile() && file.name !== STAND_INS_FILE);
  return Promise.all(own.map(({ name }) => readFile(path.join(folder, name), 'utf8').catch(() => '')));
}
