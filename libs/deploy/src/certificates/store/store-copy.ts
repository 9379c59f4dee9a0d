import { stat } from 'node:fs/promises';

import {
  AcmeStoreError,
  isCovered,
  readAcmeStore,
  withLacking,
  type StoredCertificate,
} from '@itsup/traefik';

import type { DeployContext } from '../../context';
import { readFileOrNull, writeFileAtomic } from '../../state/atomic-file';
import type { State } from '../../state/state';
import { keptStoreFile, readBook } from '../refused/book';
import { readStore, type StoreAccess } from './store-file';

/** Longer than Traefik needs to write acme.json, which it does in place. */
const WRITING_MS = 500;

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

/** Traefik makes an empty file where there is none; where there was more than that, it was cut. */
function emptied(text: string): string | null {
  return text.trim() === '' ? 'it is empty' : null;
}

/** What acme.json holds, and what is wrong with that; read once more where Traefik may have been writing it. */
export async function readWhole(
  { system }: Pick<DeployContext, 'system'>,
  access: StoreAccess,
  hasCopy: boolean,
): Promise<{ text: string; flaw: string | null }> {
  const read = async (): Promise<{ text: string; flaw: string | null }> => {
    const text = (await readStore(access)) ?? '';
    return { text, flaw: flawOf(text) ?? (hasCopy ? emptied(text) : null) };
  };
  const first = await read();
  if (first.flaw === null) return first;
  await system.sleep(WRITING_MS);
  return read();
}

/** The last sound acme.json; null: none was ever kept. */
export async function readKept(state: Pick<State, 'dir'>): Promise<{ text: string; at: number } | null> {
  const file = keptStoreFile(state);
  const text = await readFileOrNull(file);
  if (text === null || flawOf(text) !== null) return null;
  return { text, at: (await stat(file)).mtimeMs };
}

/** What ended is kept that long, for a clock that was ahead. */
const KEPT_MS = 365 * 24 * 60 * 60_000;

/**
 * Keeps a sound acme.json, and of the copy before what this one has none for: it may have lost them. Not what a
 * hand-over took out of it, unless that had ended, which a wrong clock may say.
 */
export async function keepCopy(
  { state, system }: Pick<DeployContext, 'state' | 'system'>,
  text: string,
): Promise<void> {
  const now = system.now();
  const before = await readKept(state);
  const { dropped } = await readBook(state);
  const union = withLacking(
    text,
    before?.text ?? '',
    ({ fingerprint, expires }) =>
      now - expires < KEPT_MS && (expires <= now || !dropped.includes(fingerprint)),
  );
  const holdsAny = readAcmeStore(union).some(({ certificates }) => certificates.length > 0);
  if (!holdsAny || union === before?.text) return;
  await writeFileAtomic(keptStoreFile(state), union);
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
