import { isCovered, lackedChallenge, type AcmeResolver, type ServedCertificate } from '@itsup/traefik';

import {
  orderKey,
  refusalKey,
  type BookedRefusal,
  type CertificateStatus,
  type Standing,
  type WantedCertificate,
} from './model';
import { isStandIn } from './refused/stand-in';

export interface Sight {
  served: readonly ServedCertificate[];
  /** Of the running Traefik. */
  resolvers: readonly Pick<AcmeResolver, 'name'>[];
  /** By `refusalKey`. */
  refusals: Readonly<Record<string, BookedRefusal>>;
  now: number;
  /** Certificates that resolvers keep; what is served and is none of them is a file. null: they are not known. */
  stored?: readonly KnownCertificate[] | null;
}

export type KnownCertificate = Pick<ServedCertificate, 'fingerprint' | 'names'>;

/** What of all that is served is good for a name: it has not ended, and stands in for nothing. */
export function goodOf(served: readonly ServedCertificate[], now: number): ServedCertificate[] {
  return served.filter(({ expires, issuer }) => expires > now && !isStandIn(issuer));
}

/** Those of the names that no good certificate is for. */
export function lackingNames(
  names: readonly string[],
  served: readonly ServedCertificate[],
  now: number,
): string[] {
  const good = goodOf(served, now);
  return names.filter((name) => !good.some((one) => isCovered(name, one.names)));
}

/** How things are with a certificate: what is served counts more than what was refused once. */
export function standingOf(
  { names, resolver }: Pick<WantedCertificate, 'names' | 'resolver'>,
  { served, resolvers, refusals, now, stored = null }: Sight,
): Standing {
  const good = goodOf(served, now);
  if (names.every((name) => good.some((one) => isCovered(name, one.names)))) {
    // Of a name's certificates the newest counts, and of the names the one whose certificate ends first.
    const newest = names.map((name) =>
      good
        .filter((one) => isCovered(name, one.names))
        .reduce((best, one) => (one.expires > best.expires ? one : best)),
    );
    const first = newest.reduce((best, one) => (one.expires < best.expires ? one : best));
    const { issuer, begins, expires } = first;
    return {
      state: 'there',
      issuer,
      begins,
      expires,
      ...(isFile(first, stored) && { isFile: true as const }),
    };
  }
  const past = served.filter(
    (one) => !isStandIn(one.issuer) && one.expires <= now && names.some((name) => isCovered(name, one.names)),
  );
  const endedFiles = lackingNames(names, served, now).map((name) => {
    const own = past.filter((one) => isCovered(name, one.names));
    return own.length > 0 && own.every((one) => isFile(one, stored)) ? own : null;
  });
  if (endedFiles.every((own) => own !== null))
    return { state: 'ended', expires: Math.max(...endedFiles.flat().map(({ expires }) => expires)) };
  if (!resolvers.some(({ name }) => name === resolver)) return { state: 'none' };
  const refusal = refusals[refusalKey({ names, resolver })];
  if (refusal !== undefined) return { state: 'refused', refusal };
  const [behind] = inTheWayOf({ names, resolver }, refusals).filter((one) => one.resolver === resolver);
  if (behind !== undefined) return { state: 'asked', behind };
  return past.length === 0
    ? { state: 'asked' }
    : { state: 'asked', ended: Math.max(...past.map(({ expires }) => expires)) };
}

/** By its names, too: since resolvers were asked, it may have been renewed. */
function isFile({ fingerprint, names }: ServedCertificate, stored: Sight['stored']): boolean {
  if (!stored) return false;
  const key = orderKey(names);
  return !stored.some((one) => one.fingerprint === fingerprint || orderKey(one.names) === key);
}

/** Refusals of other certificates whose stand-ins Traefik takes for one of this: it does not ask for that meanwhile. */
export function inTheWayOf(
  { names, resolver }: Pick<WantedCertificate, 'names' | 'resolver'>,
  refusals: Readonly<Record<string, BookedRefusal>>,
): BookedRefusal[] {
  const key = refusalKey({ names, resolver });
  return Object.entries(refusals).flatMap(([other, refusal]) =>
    other !== key && names.every((name) => isCovered(name, refusal.names)) ? [refusal] : [],
  );
}

export function statusesOf(wanted: readonly WantedCertificate[], sight: Sight): CertificateStatus[] {
  return wanted.map((one) => ({ wanted: one, standing: standingOf(one, sight) }));
}

/** An authority's limit on failures is counted by the hour. */
export const HOUR_MS = 60 * 60_000;

/** Let's Encrypt takes five failures an hour for a name; the last one is left for whoever asks by hand. */
const FAILURES_AN_HOUR = 4;

/**
 * Why a name that was refused may be asked for again; null: nothing has changed, so that the answer would be the same
 * and would count as another failure.
 *
 * @param lookups where the names lead now, as `whereTheyLead` writes it
 * @param failures when authorities refused these names lately, milliseconds since the epoch
 */
export function reasonToAsk(
  refusal: BookedRefusal,
  lookups: Readonly<Record<string, string>>,
  now: number,
  failures: readonly number[] = [],
): string | null {
  if (refusal.notBefore !== null && now < refusal.notBefore) return null;
  // Where the names lead and what time it is changes nothing of that.
  if (lackedChallenge(refusal) !== null) return null;
  if (!refusal.asked) {
    const isAnywhere = Object.values(lookups).every((where) => where !== NO_ADDRESS && where !== NOT_KNOWN);
    return isAnywhere ? 'DNS has an address now' : null;
  }
  const isPatient = failures.filter((at) => now - at < HOUR_MS).length < FAILURES_AN_HOUR;
  const moved = Object.entries(lookups).find(([name, where]) => hasMoved(refusal.lookups[name], where));
  if (moved !== undefined && isPatient) return `${moved[0]} leads to ${moved[1]} now`;
  if (refusal.notBefore !== null) return 'the authority’s time is over';
  if (!refusal.isVerdict) return 'the authority was not reached';
  return now - refusal.at >= HOUR_MS ? 'an hour has passed' : null;
}

/** Whether a refusal was for a challenge that its resolver lacked and has by now. */
export function hasChallengeNow(
  refusal: BookedRefusal,
  resolvers: readonly Pick<AcmeResolver, 'name' | 'challenge'>[],
): boolean {
  const challenge = resolvers.find(({ name }) => name === refusal.resolver)?.challenge ?? 'none';
  const lack = lackedChallenge(refusal);
  return (lack === 'any' && challenge !== 'none') || (lack === 'dns' && challenge === 'dns');
}

/**
 * Whether a name leads elsewhere. Who has many addresses gives some of them at a time, so one in common is enough to
 * have stayed; a name that leads nowhere now gets no better answer, and what was not known says nothing.
 */
function hasMoved(before: string | undefined, now: string): boolean {
  if (before === undefined || before === NOT_KNOWN || now === NOT_KNOWN || now === NO_ADDRESS) return false;
  const addresses = before.split(ADDRESS_SEPARATOR);
  return !now.split(ADDRESS_SEPARATOR).some((address) => addresses.includes(address));
}

/** What a lookup says of a name that does not exist. */
export const NO_ADDRESS = 'no address';

/** What it says when nobody answered. */
export const NOT_KNOWN = 'not known';

/** Between several addresses. */
export const ADDRESS_SEPARATOR = ', ';
