import { lstat, realpath } from 'node:fs/promises';
import path from 'node:path';

/** A file or folder through which somebody other than root decides what is read behind it. */
export interface ForeignPath {
  path: string;
  /** Its owner; 0 where everybody may write to it. */
  uid: number;
}

/**
 * The first of these paths, or of the folders above them, that another user than root owns, or that everybody may write
 * to. Links are followed, for what they lead to counts. What is not there is nobody's.
 * A folder with the sticky bit, like /tmp, lets nobody replace what is another's.
 */
export async function foreignPath(paths: readonly string[]): Promise<ForeignPath | null> {
  const seen = new Set<string>();
  for (const one of paths) {
    const places = [one, await realpath(one).catch(() => one)];
    for (const place of places.flatMap(withParents)) {
      if (seen.has(place)) continue;
      seen.add(place);
      const found = await lstat(place).catch(() => null);
      if (found === null) continue;
      if (found.uid !== 0) return { path: place, uid: found.uid };
      const openToAll = (found.mode & 0o002) !== 0 && (found.mode & 0o1000) === 0;
      if (openToAll && !found.isSymbolicLink()) return { path: place, uid: 0 };
    }
  }
  return null;
}

/** From the root of the file system down to the path. */
function withParents(file: string): string[] {
  const parent = path.dirname(file);
  return parent === file ? [file] : [...withParents(parent), file];
}
