import { ACME_STORE } from '@itsup/artifacts';
import {
  isCovered,
  readAcmeStore,
  withLacking,
  type AcmeResolver,
  type ServedCertificate,
  type StoredCertificate,
} from '@itsup/traefik';

import { changeBook, readBook } from '../refused/book';
import { LOG_LINES, resolversOf, servedBy, type RunningTraefik } from '../running-traefik';
import { goodOf, lackingNames } from '../standing';
import { goodCertificates, keepCopy, readKept, readWhole } from './store-copy';
import {
  mendStore,
  setStoreAside,
  stampOfStore,
  writeStore,
  type StoreAccess,
  type StoreStamp,
} from './store-file';
import type { DeployContext } from '../../context';

type StoreContext = Pick<DeployContext, 'docker' | 'state' | 'system'>;

/** What became of acme.json. */
export interface StoreCheck {
  /** What was wrong and what was done about it, in words; empty: nothing. */
  notes: string[];
  /** Why Traefik has to be replaced; null: it serves what acme.json holds. */
  reason: string | null;
}

const WELL: StoreCheck = { notes: [], reason: null };

/**
 * Looks at acme.json before a deploy relies on it: a sound one is copied, one that Traefik could not read at its next
 * start is mended or replaced by the copy, and what it has lost of the copy goes back where nothing else is served.
 * Without a change since the last look it is one `lstat`.
 *
 * @param accessOf how to reach it as its owner; asked for only when there is something to look at
 * @param traefik that runs; null: none
 * @param wanted the names that are to have certificates; asked for only then, too
 */
export async function checkStore(
  context: StoreContext,
  accessOf: () => Promise<StoreAccess>,
  traefik: RunningTraefik | null,
  wanted: () => readonly string[],
): Promise<StoreCheck> {
  const seen = await stampOfStore(context);
  if (seen === null || seen.text === (await readBook(context.state)).store) return WELL;
  const access = await accessOf();
  const now = context.system.now();
  const notes: string[] = [];
  if (isUnfit(seen, access)) {
    await mendStore(access);
    notes.push('acme.json had another mode or owner than Traefik takes, and has them again');
  }
  let stamp = await stampOfStore(context);
  // Where the engine maps users, an owner looks wrong from here and stays so.
  const isMended = isUnfit(seen, access) && stamp !== null && !isUnfit(stamp, access);
  const kept = await readKept(context.state);
  const { text: found, flaw } = await readWhole(context, access, kept !== null);
  let text = found;
  if (flaw !== null) {
    const aside = await setStoreAside(access, now);
    const told = `acme.json cannot be read (${flaw})`;
    if (kept === null)
      notes.push(
        `${told} and there is no copy: what Traefik does not have is asked for anew; it is ${aside} now`,
      );
    else {
      await writeStore(access, kept.text);
      notes.push(
        `${told}: the copy of ${new Date(kept.at).toISOString()} is back; the other is ${aside} now`,
      );
    }
    text = kept?.text ?? '';
    stamp = await stampOfStore(context);
  }
  const served = traefik === null ? null : await servedBy(traefik.access);
  const resolvers = traefik === null ? [] : resolversOf(traefik);
  const { dropped } = await readBook(context.state);
  const lost = lostOf(text, kept?.text ?? '', { served, resolvers, wanted: wanted(), dropped, now });
  if (lost.length > 0) {
    text = withLacking(text, kept?.text ?? '', ({ fingerprint }) =>
      lost.some((one) => one.fingerprint === fingerprint),
    );
    await writeStore(access, text);
    stamp = await stampOfStore(context);
    const names = lost.flatMap((one) => one.names);
    notes.push(`acme.json has lost certificates that are good still, and has them again: ${inShort(names)}`);
  }
  if (flaw === null) await keepCopy(context, text);
  const reason =
    traefik === null
      ? null
      : await reasonToReplace(text, {
          ...{ isMended, hadFlaw: flaw !== null, now },
          served,
          resolvers,
          isSkipped: () => hasSkippedResolver(context, traefik),
        });
  if (reason === null) {
    const seen = stamp?.text ?? null;
    await changeBook(context, (book) => ({ ...book, store: seen, copied: seen }));
  }
  return { notes, reason };
}

/** Whether Traefik would not read it, and leave its resolver out. */
function isUnfit({ mode, uid }: StoreStamp, { user }: StoreAccess): boolean {
  return (mode & 0o077) !== 0 || (user !== null && uid !== user.uid);
}

interface Replaced {
  isMended: boolean;
  hadFlaw: boolean;
  /** null: nobody answers. */
  served: readonly ServedCertificate[] | null;
  resolvers: readonly AcmeResolver[];
  /** Reads Traefik's log. */
  isSkipped: () => Promise<boolean>;
  now: number;
}

/** Why Traefik has to start anew for what acme.json holds now; null: it need not. */
async function reasonToReplace(
  text: string,
  { isMended, hadFlaw, served, resolvers, isSkipped, now }: Replaced,
): Promise<string | null> {
  const missing = served === null ? [] : notServed(text, served, resolvers, now);
  if (missing.length > 0) return `does not serve what acme.json holds: ${inShort(missing)}`;
  if (await isSkipped()) return 'could not read acme.json when it started, and runs without its resolver';
  if (isMended) return 'may have started while it could not read acme.json';
  // One that serves any has them in memory, more than the copy may have, and writes them with the next.
  if (hadFlaw && served !== null && goodOf(served, now).length === 0)
    return 'may have started with an acme.json that it could not read';
  return null;
}

/** The resolver is left out as a whole; Traefik says so once, when it starts, and never looks again. */
const SKIPPED = /The ACME resolver? .*is skipped from the resolvers list/;
/** How long a start may take until it is said. */
const STARTING_MS = 60_000;

async function hasSkippedResolver(
  { docker }: Pick<StoreContext, 'docker'>,
  traefik: RunningTraefik,
): Promise<boolean> {
  if (!resolversOf(traefik).some(({ storage }) => storage === ACME_STORE)) return false;
  const [container] = await docker.inspectContainers([traefik.container]);
  if (container?.startedAt === undefined || container.startedAt === null) return false;
  const since = Date.parse(container.startedAt);
  const options = { tail: LOG_LINES, since, until: since + STARTING_MS };
  return SKIPPED.test(await docker.logs(traefik.container, options).catch(() => ''));
}

/**
 * What is good of the copy, is wanted, and neither in acme.json nor served by anything else: Traefik began anew from
 * less than there was. What was thrown away on purpose is served until there is another one, too.
 */
function lostOf(
  text: string,
  kept: string,
  {
    served,
    resolvers,
    wanted,
    dropped,
    now,
  }: Pick<Replaced, 'served' | 'resolvers' | 'now'> & {
    wanted: readonly string[];
    dropped: readonly string[];
  },
): StoredCertificate[] {
  const lacking = lackingNames(wanted, served ?? [], now);
  const own = goodCertificates([text], now);
  const missing = lacking.filter((name) => !own.some((one) => isCovered(name, one.names)));
  return goodCertificates([text, kept], now)
    .slice(own.length)
    .filter(
      ({ resolver, fingerprint }) =>
        !dropped.includes(fingerprint) && resolvers.some(({ name }) => name === resolver),
    )
    .filter(({ names }) => missing.some((name) => isCovered(name, names)));
}

function inShort(names: readonly string[]): string {
  return names.slice(0, 3).join(', ') + (names.length > 3 ? ` and ${names.length - 3} more` : '');
}

/**
 * What is wrong with acme.json, for a run that does not mend it; null: nothing. Without a change since the last look it
 * is one `lstat`.
 */
export async function storeFlaw(
  context: StoreContext,
  accessOf: () => Promise<StoreAccess>,
): Promise<string | null> {
  const stamp = await stampOfStore(context);
  if (stamp === null || (await isKnown(context, stamp.text))) return null;
  const access = await accessOf();
  if ((stamp.mode & 0o077) !== 0) return 'others may read it, so Traefik does not';
  if (access.user !== null && stamp.uid !== access.user.uid) return 'it is not Traefik’s own';
  return (await readWhole(context, access, (await readKept(context.state)) !== null)).flaw;
}

async function isKnown({ state }: Pick<StoreContext, 'state'>, stamp: string): Promise<boolean> {
  const { store, copied } = await readBook(state);
  return stamp === store || stamp === copied;
}

/**
 * After a run: what it brought is copied before anything can happen to it. Without a change since the last look it is
 * one `lstat`. Whether Traefik serves it is for `checkStore` to find.
 */
export async function keepStore(context: StoreContext, accessOf: () => Promise<StoreAccess>): Promise<void> {
  const stamp = await stampOfStore(context);
  if (stamp === null || (await isKnown(context, stamp.text))) return;
  const access = await accessOf();
  const { text, flaw } = await readWhole(context, access, (await readKept(context.state)) !== null);
  // What is wrong with it is said and mended before a run, not after.
  if (isUnfit(stamp, access) || flaw !== null) return;
  await keepCopy(context, text);
  await changeBook(context, (book) => ({ ...book, copied: stamp.text }));
}

function notServed(
  text: string,
  served: readonly ServedCertificate[],
  resolvers: readonly AcmeResolver[],
  now: number,
): string[] {
  const names = readAcmeStore(text)
    .filter(({ name }) => resolvers.some((resolver) => resolver.name === name))
    .flatMap(({ certificates }) => certificates)
    .filter(({ expires }) => expires > now)
    .flatMap((certificate) => certificate.names);
  return names.filter((name) => !served.some((one) => isCovered(name, one.names)));
}
