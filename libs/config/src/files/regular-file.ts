import { isUtf8 } from 'node:buffer';
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readSync,
  realpathSync,
  statSync,
  type Stats,
} from 'node:fs';

/** Why a file has no text. */
export type NoText = 'missing' | 'not-a-file' | 'too-big' | 'denied' | 'unreadable';

export interface FileText {
  text: string | null;
  /** Set when `text` is null. */
  reason?: NoText;
  /** What is there instead of a file (`a named pipe`), or the system's word for its fault (`EIO`). */
  found?: string;
  /** Where in `text` the first byte stands that is no UTF-8 and was replaced; absent: there is none. */
  damagedAt?: number;
}

/** Files of variables and of secrets: a thousand certificates are smaller. */
export const MAX_TEXT_BYTES = 4 * 1024 * 1024;

/**
 * The text of a regular file, links followed. A pipe, a device, a socket or a folder is never opened to be read, not
 * even when it takes a file's place between the look and the opening: reading it might never end. Nor is more read
 * than `maxBytes`, whatever the size that the file system tells (`/proc` tells none).
 */
export function readRegularFile(file: string, maxBytes: number = MAX_TEXT_BYTES): FileText {
  try {
    // An exception for each that is not there would take longer than the look.
    const stats = statSync(file, { throwIfNoEntry: false });
    if (stats === undefined) return { text: null, reason: 'missing' };
    if (!stats.isFile()) return { text: null, reason: 'not-a-file', found: kindOf(stats) };
    if (stats.size > maxBytes) return { text: null, reason: 'too-big' };
    return readOpened(openSync(file, CAREFULLY), maxBytes);
  } catch (error) {
    return { text: null, ...faultOf(error) };
  }
}

/** Without waiting for the other end of a pipe, and without taking a terminal. */
const CAREFULLY = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;

/** For one file after the other: nothing of it outlives a call. */
const scratch = Buffer.allocUnsafeSlow(16 * 1024);

function readOpened(descriptor: number, maxBytes: number): FileText {
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) return { text: null, reason: 'not-a-file', found: kindOf(stats) };
    let bytes = scratch;
    let total = 0;
    for (;;) {
      if (total === bytes.length) bytes = Buffer.concat([bytes], 2 * bytes.length);
      const length = readSync(descriptor, bytes, total, bytes.length - total, null);
      if (length === 0) return decoded(bytes.subarray(0, total));
      total += length;
      if (total > maxBytes) return { text: null, reason: 'too-big' };
    }
  } finally {
    closeSync(descriptor);
  }
}

/** What is no UTF-8 becomes U+FFFD, which a text may hold as well: then the same bytes come out again. */
function decoded(bytes: Buffer): FileText {
  const text = bytes.toString('utf8');
  if (isUtf8(bytes)) return { text };
  let from = 0;
  let offset = 0;
  for (let at = text.indexOf(REPLACED); at >= 0; at = text.indexOf(REPLACED, from)) {
    offset += Buffer.byteLength(text.slice(from, at));
    if (!bytes.subarray(offset, offset + WRITTEN.length).equals(WRITTEN)) return { text, damagedAt: at };
    offset += WRITTEN.length;
    from = at + 1;
  }
  return { text };
}

const REPLACED = '\ufffd';
const WRITTEN = Buffer.from(REPLACED);

/**
 * Whether a regular file is one that the kernel makes up as it is read: some of these block, some never end, and their
 * size says nothing. What stands in `/dev/shm` is a file like any other.
 */
export function isKernelFile(file: string): boolean {
  return /^\/(?:proc|sys)\//.test(realpathSync.native(file));
}

/** What something is that is no regular file, with its article. */
export function kindOf(stats: Pick<Stats, 'isDirectory' | 'isFIFO' | 'isSocket' | 'isFile'>): string {
  if (stats.isFile()) return 'a file';
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a named pipe';
  return stats.isSocket() ? 'a socket' : 'a device';
}

function faultOf(error: unknown): Pick<FileText, 'reason' | 'found'> {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : null;
  if (code === null) throw error;
  if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(code)) return { reason: 'missing' };
  if (['EACCES', 'EPERM'].includes(code)) return { reason: 'denied' };
  if (['EISDIR', 'ENXIO', 'EAGAIN'].includes(code)) return { reason: 'not-a-file', found: 'no regular file' };
  if (['ENAMETOOLONG', 'ERR_INVALID_ARG_VALUE'].includes(code))
    return { reason: 'not-a-file', found: 'no file name' };
  return { reason: 'unreadable', found: code };
}
