import path from 'node:path';

import { certificatesFile } from '@itsup/traefik';

import type { DeployContext } from '../../context';
import { readFileOrNull, readJsonOrNull, writeFileAtomic } from '../../state/atomic-file';
import { acquireLock } from '../../state/lock';
import type { State } from '../../state/state';
import { refusalKey, type BookedRefusal, type KeyPair } from '../model';

/** What is known of certificates beside acme.json; kept in the state folder. */
export interface CertificateBook {
  version: 1;
  /** By `refusalKey`. */
  refusals: Record<string, BookedRefusal>;
  /**
   * When a refused name was asked for again, by `refusalKey`, since `looked`: what the log says from before counts no
   * more.
   */
  asked: Record<string, number>;
  /** When authorities refused these names within the last hour, by `orderKey`. */
  failures: Record<string, number[]>;
  /** Host of the authority by a certificate's fingerprint. */
  issuers: Record<string, string>;
  /** Served for a name of nobody's: that it comes and goes makes Traefik look at its routes again, and ask. */
  nudge: KeyPair | null;
  /** Size and times of acme.json when it was found sound and Traefik to serve it; null: never. */
  store: string | null;
  /** The same when it was last copied. */
  copied: string | null;
  /** Fingerprints of what the last hand-over took out of acme.json: not to be put back. */
  dropped: string[];
  /** When the operator was told of a certificate that ends soon, by name. Milliseconds since the epoch. */
  told: Record<string, number>;
  /** When the log was last gone through to its end; what it says from before counts no more. */
  looked: number;
  /** Since when a certificate has a name that nobody uses, by fingerprint. */
  unused: Record<string, number>;
}

const EMPTY: CertificateBook = {
  version: 1,
  refusals: {},
  asked: {},
  failures: {},
  issuers: {},
  nudge: null,
  store: null,
  copied: null,
  dropped: [],
  told: {},
  looked: 0,
  unused: {},
};
const LOCK_WAIT_MS = 30_000;

/** The dynamic file with what Traefik serves in the place of certificates that were refused. */
export const STAND_INS_FILE = 'stand-ins.yml';

export function certificatesFolder(state: Pick<State, 'dir'>): string {
  return path.join(state.dir, 'certificates');
}

/** The last sound acme.json, copied where this process may read it. */
export function keptStoreFile(state: Pick<State, 'dir'>): string {
  return path.join(certificatesFolder(state), 'acme.json');
}

export async function readBook(state: Pick<State, 'dir'>): Promise<CertificateBook> {
  const book = { ...EMPTY, ...(await readJsonOrNull<CertificateBook>(bookFile(state), 1)) };
  // Before the resolver was part of the key, the names alone were it.
  const refusals = Object.fromEntries(Object.values(book.refusals).map((one) => [refusalKey(one), one]));
  return { ...book, refusals };
}

/**
 * Changes the book, one process at a time, and publishes the stand-ins that go with it.
 * @returns the book as it is now
 */
export async function changeBook(
  { state, system }: Pick<DeployContext, 'state' | 'system'>,
  change: (book: CertificateBook) => CertificateBook | Promise<CertificateBook>,
): Promise<CertificateBook> {
  const lock = await acquireLock({
    file: path.join(state.dir, 'certificates.lock'),
    what: 'the book of certificates',
    command: 'deploy',
    waitMs: LOCK_WAIT_MS,
    system,
  });
  try {
    const before = await readBook(state);
    const book = await change(before);
    const text = `${JSON.stringify(book, null, 2)}\n`;
    if (text !== (await readFileOrNull(bookFile(state)))) await writeFileAtomic(bookFile(state), text);
    await publishStandIns(state, book);
    return book;
  } finally {
    await lock.release();
  }
}

/** Traefik looks at it as at every file of that folder; nothing is written where nothing was ever refused. */
async function publishStandIns(state: State, { refusals, nudge }: CertificateBook): Promise<void> {
  const file = path.join(state.dynamicDir, STAND_INS_FILE);
  const pairs = Object.keys(refusals)
    .sort()
    .flatMap((key) => refusals[key]?.standIn ?? []);
  if (nudge !== null) pairs.push(nudge);
  const present = await readFileOrNull(file);
  if (present === null && pairs.length === 0) return;
  const text = `# Written by a deploy: in the place of certificates that were refused (itsup certificates).\n${certificatesFile(pairs)}`;
  if (text === present) return;
  await writeFileAtomic(file, text, { mode: 0o644, folderMode: 0o750, temporaryFolder: state.traefikDir });
}

function bookFile(state: Pick<State, 'dir'>): string {
  return path.join(certificatesFolder(state), 'book.json');
}
