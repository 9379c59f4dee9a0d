import type { Refusal, ServedCertificate } from '@itsup/traefik';

import type { DeployContext } from '../../context';
import { changeBook, readBook } from './book';
import { orderKey, refusalKey, type BookedRefusal, type KeyPair, type WantedCertificate } from '../model';
import { makeStandIn, standInNames } from './stand-in';
import { HOUR_MS, lackingNames, NO_ADDRESS } from '../standing';

type Context = Pick<DeployContext, 'state' | 'system'>;

export interface HoldOptions {
  /** false: DNS had no address, so nobody was asked. */
  asked: boolean;
  /** By the running Traefik: for a name that has a good certificate nothing stands in. */
  served: readonly ServedCertificate[];
  /** Where each name leads now. */
  lookups: Readonly<Record<string, string>>;
}

/** Remembers these refusals, and has something served in their place, so that Traefik does not ask again. */
export async function holdRefused(
  context: Context,
  refused: readonly { wanted: WantedCertificate; refusal: Refusal }[],
  { asked, served, lookups }: HoldOptions,
): Promise<void> {
  const now = context.system.now();
  await changeBook(context, async (book) => {
    const refusals = { ...book.refusals };
    const failures = recentOf(book.failures, now);
    for (const { wanted, refusal } of refused) {
      const { names, resolver } = wanted;
      const key = refusalKey(wanted);
      const standIn = await standInFor(names, { served, now, before: refusals[key]?.standIn });
      // It came meanwhile.
      if (standIn === null) continue;
      const led = Object.fromEntries(names.map((name) => [name, lookups[name] ?? NO_ADDRESS]));
      refusals[key] = { ...refusal, asked, names, resolver, lookups: led, standIn };
      if (asked && refusal.isVerdict)
        failures[orderKey(names)] = [...(failures[orderKey(names)] ?? []), refusal.at];
    }
    return { ...book, refusals, failures };
  });
}

/** These are no longer held: what changes of the file makes Traefik ask. */
export async function release(context: Context, keys: readonly string[]): Promise<void> {
  const now = context.system.now();
  await changeBook(context, (book) => ({
    ...book,
    refusals: Object.fromEntries(Object.entries(book.refusals).filter(([key]) => !keys.includes(key))),
    asked: { ...book.asked, ...Object.fromEntries(keys.map((key) => [key, now])) },
  }));
}

/**
 * Fits what is held to what is served: what stands in for a name that got a certificate by another way (a wildcard's, a
 * file of the operator's) would be served in its place, for of two certificates for a name Traefik takes any. Costs no
 * order: what has a certificate is not asked for.
 */
export async function fitStandIns(context: Context, served: readonly ServedCertificate[]): Promise<void> {
  const now = context.system.now();
  const { refusals } = await readBook(context.state);
  const covered: string[] = [];
  const changed = new Map<string, KeyPair>();
  for (const [key, { names, standIn: before }] of Object.entries(refusals)) {
    const standIn = await standInFor(names, { served, now, before });
    if (standIn === null) covered.push(key);
    else if (standIn !== before) changed.set(key, standIn);
  }
  if (covered.length > 0) await release(context, covered);
  if (changed.size === 0) return;
  const fitted = (key: string, one: BookedRefusal): BookedRefusal => ({
    ...one,
    standIn: changed.get(key) ?? one.standIn,
  });
  await changeBook(context, (book) => ({
    ...book,
    refusals: Object.fromEntries(Object.entries(book.refusals).map(([key, one]) => [key, fitted(key, one)])),
  }));
}

/**
 * What is to stand in for those of the names that have no good certificate; null: all have one.
 * @param before stays where it is for the same names
 */
async function standInFor(
  names: readonly string[],
  { served, now, before }: { served: readonly ServedCertificate[]; now: number; before: KeyPair | undefined },
): Promise<KeyPair | null> {
  const lacking = lackingNames(names, served, now);
  if (lacking.length === 0) return null;
  if (before !== undefined && orderKey(standInNames(before)) === orderKey(lacking)) return before;
  return makeStandIn(lacking, now);
}

/** Failures that an authority may still count. */
function recentOf(failures: Readonly<Record<string, number[]>>, now: number): Record<string, number[]> {
  const recent = Object.entries(failures).map(
    ([key, times]) => [key, times.filter((at) => now - at < HOUR_MS)] as const,
  );
  return Object.fromEntries(recent.filter(([, times]) => times.length > 0));
}
