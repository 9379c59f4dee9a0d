import path from 'node:path';

import { readFileOrNull, readJsonOrNull, writeFileAtomic } from '../state/atomic-file';
import type { State } from '../state/state';
import type { Owner } from './route-owners';

/** What this layer published, so that it removes nothing else and knows whose routes it finds. */
export interface PublishedIndex {
  version: 1;
  files: string[];
  owners: Record<string, Owner>;
}

/** null: nothing was ever published. */
export function readIndex(state: State): Promise<PublishedIndex | null> {
  return readJsonOrNull<PublishedIndex>(indexFile(state), 1);
}

/** Writes nothing when nothing changed. */
export async function writeIndex(state: State, index: PublishedIndex): Promise<void> {
  const text = `${JSON.stringify(index)}\n`;
  if ((await readFileOrNull(indexFile(state))) === text) return;
  await writeFileAtomic(indexFile(state), text, { sync: false });
}

function indexFile(state: State): string {
  return path.join(state.dir, 'published.json');
}
