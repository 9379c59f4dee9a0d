import { lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { isAbsolute, join, posix, relative, sep } from 'node:path';
import { isPrivate } from './file-owner';
import { readRegularFile, type NoText } from './regular-file';

/** A Compose file or an ingress file of this size was not written by a person, and parsing it would take seconds. */
export const MAX_FILE_BYTES = 512 * 1024;

/** Why a file was not read; `private`: it is nobody's source (`isPrivate`). */
export type Unreadable = NoText | 'outside' | 'private';

export interface ReadFile {
  text: string | null;
  /** Set when `text` is null. */
  reason?: Unreadable;
  /** What is there instead of a file (`a named pipe`), the system's word for its fault, or where a link leads to. */
  found?: string;
  /** Where in `text` the first byte stands that is no UTF-8. */
  damagedAt?: number;
  /** The file behind a symbolic link, from the workspace root; the path itself where there is no link. */
  realFile: string;
}

/**
 * Reads files of one workspace, each at most once, and none that lies outside of it, be it by `..` or by a symbolic
 * link. Synchronous: thousands of small files are read several times faster than through promises.
 */
export class SourceFiles {
  private rootOnDisk: string | undefined;
  private readonly folders = new Map<string, string | null>();
  private readonly files = new Map<string, ReadFile>();
  private asked: Set<string> | null = null;

  constructor(private readonly root: string) {}

  /** Reads `file`, a path from the workspace root with forward slashes. */
  read(file: string): ReadFile {
    this.asked?.add(file);
    let read = this.files.get(file);
    if (!read) {
      read = this.readNow(file);
      this.files.set(file, read);
    }
    return read;
  }

  /** Tells which files are asked for while something is made of them. */
  recording<T>(make: () => T): { value: T; asked: string[] } {
    const asked = new Set<string>();
    this.asked = asked;
    try {
      return { value: make(), asked: [...asked] };
    } finally {
      this.asked = null;
    }
  }

  /** Lets go of the files below a folder, which nothing else is going to read. */
  forget(folder: string): void {
    for (const file of this.files.keys()) {
      if (file.startsWith(`${folder}/`)) this.files.delete(file);
    }
  }

  /**
   * The file or folder behind a path from the workspace root, itself from the root (`.` is the root); the path itself
   * where nothing is there yet, null when it leads out of the workspace.
   */
  realPath(path: string): string | null {
    if (isOutside(path)) return null;
    let known = path;
    let rest = '';
    for (;;) {
      try {
        const real = realpathSync.native(join(this.root, known));
        return this.isBelowRoot(real) ? posix.join(this.fromRoot(real) || '.', rest) : null;
      } catch {
        if (known === '.' || known === '') return path;
        rest = posix.join(posix.basename(known), rest);
        known = posix.dirname(known);
      }
    }
  }

  /** An absolute path of the machine as one from the workspace root; null when it is not in the workspace. */
  inWorkspace(path: string): string | null {
    if (this.root === '' || !isAbsolute(path)) return null;
    for (const root of [this.root, this.realRoot]) {
      const found = relative(root, path).split(sep).join('/');
      if (!isOutside(found)) return found === '' ? '.' : found;
    }
    return null;
  }

  private readNow(file: string): ReadFile {
    const nothing = (reason: Unreadable): ReadFile => ({ text: null, reason, realFile: file });
    if (isOutside(file)) return nothing('outside');
    try {
      const real = this.resolve(file);
      if (real === undefined) return nothing('missing');
      if (real === null) return nothing('outside');
      const realFile = this.fromRoot(real);
      if (isPrivate(realFile)) return { text: null, reason: 'private', realFile };
      const { text, damagedAt, ...why } = readRegularFile(real, MAX_FILE_BYTES);
      if (text === null) return { text, ...why, realFile: file };
      const mark = text.charCodeAt(0) === 0xfeff ? 1 : 0;
      return {
        ...{ text: text.slice(mark), realFile },
        ...(damagedAt !== undefined && { damagedAt: damagedAt - mark }),
      };
    } catch (error) {
      const reason = reasonOf(error);
      const link = reason === 'missing' ? linkAt(join(this.root, file)) : null;
      return { ...nothing(reason), ...(link !== null && { found: link }) };
    }
  }

  /** The real path of a file; null when it is not below the real root, undefined when its folder has no such name. */
  private resolve(file: string): string | null | undefined {
    const folder = this.realFolder(posix.dirname(file));
    if (folder === null) return null;
    const direct = join(folder, posix.basename(file));
    // Most of what is asked for is not there, and an exception for each takes longer than the look.
    const stats = lstatSync(direct, { throwIfNoEntry: false });
    if (stats === undefined) return undefined;
    if (!stats.isSymbolicLink()) return direct;
    const real = realpathSync.native(direct);
    return this.isBelowRoot(real) ? real : null;
  }

  /** The real path of a folder; asks the file system for links of its own name only, its parent being known. */
  private realFolder(folder: string): string | null {
    if (folder === '.') return this.realRoot;
    let real = this.folders.get(folder);
    if (real === undefined) {
      const parent = this.realFolder(posix.dirname(folder));
      if (parent === null) return null;
      const direct = join(parent, posix.basename(folder));
      const resolved = lstatSync(direct).isSymbolicLink() ? realpathSync.native(direct) : direct;
      real = this.isBelowRoot(resolved) ? resolved : null;
      this.folders.set(folder, real);
    }
    return real;
  }

  private fromRoot(real: string): string {
    return real
      .slice(this.realRoot.length + 1)
      .split(sep)
      .join('/');
  }

  private get realRoot(): string {
    return (this.rootOnDisk ??= realpathSync.native(this.root));
  }

  private isBelowRoot(path: string): boolean {
    return path === this.realRoot || path.startsWith(this.realRoot.replace(/[/\\]$/, '') + sep);
  }
}

/** A path from the root that leaves it. */
export function isOutside(file: string): boolean {
  return file === '..' || file.startsWith('../') || posix.isAbsolute(file);
}

/** Where a symbolic link leads to, as it is written; null: there is none. */
function linkAt(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}

function reasonOf(error: unknown): Unreadable {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP') return 'missing';
  if (code === 'EACCES' || code === 'EPERM') return 'denied';
  if (code === 'EISDIR' || code === 'ENAMETOOLONG' || code === 'ERR_INVALID_ARG_VALUE') return 'not-a-file';
  // A disk or a mount that fails is the trouble of whoever named the file.
  if (typeof code === 'string') return 'unreadable';
  throw error;
}
