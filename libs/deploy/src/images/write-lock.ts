import path from 'node:path';

import { compareText } from '@itsup/config';

import { writeFileAtomic } from '../state/atomic-file';
import { formatImageLock, IMAGE_LOCK_FILE, type ImageLock } from './image-lock';

/** What was written, for people. */
export interface LockChange {
  image: string;
  from: string | null;
  to: string | null;
}

/** Writes the lock where it changes, sorted. @returns what changed */
export async function writeLock(root: string, before: ImageLock, after: ImageLock): Promise<LockChange[]> {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort(compareText);
  const changes = names.flatMap((image): LockChange[] => {
    const [from, to] = [before.get(image) ?? null, after.get(image) ?? null];
    return from === to ? [] : [{ image, from, to }];
  });
  if (changes.length > 0)
    await writeFileAtomic(path.join(root, IMAGE_LOCK_FILE), formatImageLock(after), {
      mode: 0o644,
      folderMode: 0o755,
    });
  return changes;
}
