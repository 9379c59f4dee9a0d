import { stat } from 'node:fs/promises';

import { AcmeStoreError, isCovered, readAcmeStore, type StoredCertificate } from '@itsup/traefik';

import { readFileOrNull, writeFileAtomic } from '../state/atomic-file';
import type { State } from '../state/state';
import { changeBook, keptStoreFile, readBook } from './book';
import { resolversOf, servedBy } from './keeper';
import type { RunningTraefik } from './running-traefik';
import {
  mendStore,
  readStore,
  setStoreAside,
  stampOfStore,
  writeStore,
  type StoreAccess,
} from './store-file';
import type { DeployContext } from '../context';

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
 * start is mended or replaced by the copy. Without a change since the last look it is one `lstat`.
 *
 * @param accessOf how to reach it as its owner; asked for only when there is something to look at
 * @param traefik that runs; null: none
 */
export async function checkStore(
  context: Pick<DeployContext, 'docker' | 'state' | 'system'>,
  accessOf: () => Promise<StoreAccess>,
  traefik: RunningTraefik | null,
): Promise<StoreCheck> {
  const stamp = await stampOfStore(context);
  if (stamp === null || stamp.text === (await readBook(context.state)).store) return WELL;
  const access = await accessOf();
  const notes: string[] = [];
  if ((stamp.mode & 0o077) !== 0 || (access.user !== null && stamp.uid !== access.user.uid)) {
    await mendStore(access);
    notes.push('acme.json had another mode or owner than Traefik takes, and has them again');
  }
  let text = (await readStore(access)) ?? '';
  const kept = await readKept(context.state);
  const flaw = flawOf(text) ?? (kept === null ? null : emptied(text));
  if (flaw !== null) {
    const aside = await setStoreAside(access, context.system.now());
    if (kept === null) {
      notes.push(
        `acme.json cannot be read (${flaw}) and there is no copy: certificates are asked for anew; it is ${aside} now`,
      );
      text = '';
    } else {
      await writeStore(access, kept.text);
      notes.push(
        `acme.json cannot be read (${flaw}): the copy of ${new Date(kept.at).toISOString()} is back; the other is ${aside} now`,
      );
      ({ text } = kept);
    }
  } else await keepCopy(context.state, text);
  const missing = traefik === null ? [] : await notServed(traefik, text, context.system.now());
  if (missing.length > 0)
    return { notes, reason: `does not serve what acme.json holds: ${missing.slice(0, 3).join(', ')}` };
  const now = await stampOfStore(context);
  await changeBook(context, (book) => ({ ...book, store: now?.text ?? null }));
  return { notes, reason: null };
}

/** Traefik makes an empty file where there is none; where there was more than that, it was cut. */
function emptied(text: string): string | null {
  return text.trim() === '' ? 'it is empty' : null;
}

/**
 * What is wrong with acme.json, for a run that does not mend it; null: nothing. Without a change since the last look it
 * is one `lstat`.
 */
export async function storeFlaw(
  context: Pick<DeployContext, 'docker' | 'state'>,
  accessOf: () => Promise<StoreAccess>,
): Promise<string | null> {
  const stamp = await stampOfStore(context);
  if (stamp === null || stamp.text === (await readBook(context.state)).store) return null;
  const access = await accessOf();
  if ((stamp.mode & 0o077) !== 0) return 'others may read it, so Traefik does not';
  if (access.user !== null && stamp.uid !== access.user.uid) return 'it is not Traefik’s own';
  const text = (await readStore(access)) ?? '';
  return flawOf(text) ?? ((await readKept(context.state)) === null ? null : emptied(text));
}

/**
 * After a run: what it brought is copied before anything can happen to it. Without a change since the last look it is
 * one `lstat`.
 */
export async function keepStore(
  context: Pick<DeployContext, 'docker' | 'state' | 'system'>,
  accessOf: () => Promise<StoreAccess>,
): Promise<void> {
  const stamp = await stampOfStore(context);
  if (stamp === null || stamp.text === (await readBook(context.state)).store) return;
  const access = await accessOf();
  const text = (await readStore(access)) ?? '';
  // What is wrong with it is said and mended before a run, not after.
  if ((stamp.mode & 0o077) !== 0 || flawOf(text) !== null) return;
  if (access.user !== null && stamp.uid !== access.user.uid) return;
  await keepCopy(context.state, text);
  await changeBook(context, (book) => ({ ...book, store: stamp.text }));
}

/** Why Traefik, or we, could not read it; null: nothing. */
export function flawOf(text: string): string | null {
  try {
    readAcmeStore(text);
    return null;
  } catch (error) {
    if (error instanceof AcmeStoreError) return error.message;
    throw error;
  }
}

/** The last sound acme.json; null: none was ever kept. */
export async function readKept(state: Pick<State, 'dir'>): Promise<{ text: string; at: number } | null> {
  const file = keptStoreFile(state);
  const text = await readFileOrNull(file);
  if (text === null || flawOf(text) !== null) return null;
  return { text, at: (await stat(file)).mtimeMs };
}

/** Keeps a sound acme.json, but not one that has lost everything. */
export async function keepCopy(state: Pick<State, 'dir'>, text: string): Promise<void> {
  const holdsAny = readAcmeStore(text).some(({ certificates }) => certificates.length > 0);
  if (!holdsAny || text === (await readFileOrNull(keptStoreFile(state)))) return;
  await writeFileAtomic(keptStoreFile(state), text);
}

/** All certificates of a text that are still good, and of the kept one what it lacks. */
export function goodCertificates(texts: readonly string[], now: number): StoredCertificate[] {
  const good: StoredCertificate[] = [];
  for (const text of texts) {
    const stored = readAcmeStore(text).flatMap(({ certificates }) => certificates);
    const lacking = stored.filter(
      ({ expires, names }) =>
        expires > now && !names.every((name) => good.some((one) => isCovered(name, one.names))),
    );
    good.push(...lacking);
  }
  return good;
}

async function notServed(traefik: RunningTraefik, text: string, now: number): Promise<string[]> {
  const served = await servedBy(traefik.access);
  if (served === null) return [];
  const resolvers = resolversOf(traefik).map(({ name }) => name);
  const names = readAcmeStore(text)
    .filter(({ name }) => resolvers.includes(name))
    .flatMap(({ certificates }) => certificates)
    .filter(({ expires }) => expires > now)
    .flatMap((certificate) => certificate.names);
  return names.filter((name) => !served.some((one) => isCovered(name, one.names)));
}
