import { inflateRawSync } from 'node:zlib';

/** A file of an archive. */
export interface ArchivedFile {
  /** Relative, with forward slashes, as the archive has it. */
  path: string;
  content: Buffer;
}

/** What an archive may hold at most, unpacked. */
export interface ArchiveLimits {
  files: number;
  bytes: number;
}

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_ENTRY = 0x04034b50;
const END_BYTES = 22;
/** The longest comment that may follow the end of the directory. */
const COMMENT_BYTES = 0xffff;
const ENCRYPTED = 1;
const STORED = 0;
const DEFLATED = 8;
const SYMBOLIC_LINK = 0o120000;

/**
 * Takes a ZIP archive apart in memory, by its central directory (PKWARE's APPNOTE, 4.3). Folders and symbolic links are
 * left out. Nothing is unpacked above the limits, whatever sizes the archive claims.
 * @throws Error for what is no such archive, is encrypted or ZIP64, names a path that leaves its folder, or is too
 * large
 */
export function unzip(archive: Buffer, limits: ArchiveLimits): ArchivedFile[] {
  try {
    return read(archive, limits);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new Error('the archive is cut off', { cause: error });
  }
}

function read(archive: Buffer, limits: ArchiveLimits): ArchivedFile[] {
  const end = endOfDirectory(archive);
  const count = archive.readUInt16LE(end + 10);
  if (count > limits.files) throw new Error(`the archive holds more than ${limits.files} files`);
  let offset = archive.readUInt32LE(end + 16);
  let left = limits.bytes;
  const files = new Map<string, ArchivedFile>();
  for (let index = 0; index < count; index += 1) {
    if (archive.readUInt32LE(offset) !== DIRECTORY_ENTRY)
      throw new Error('the archive’s directory is broken');
    const nameLength = archive.readUInt16LE(offset + 28);
    const name = archive.toString('utf8', offset + 46, offset + 46 + nameLength);
    const mode = archive.readUInt32LE(offset + 38) >>> 16;
    if ((archive.readUInt16LE(offset + 8) & ENCRYPTED) !== 0) throw new Error(`${name} is encrypted`);
    if (!name.endsWith('/') && (mode & 0o170000) !== SYMBOLIC_LINK) {
      const file = { path: safe(name), content: contentOf(archive, offset, left, limits) };
      if (files.has(file.path)) throw new Error(`${name} is in the archive twice`);
      left -= file.content.length;
      files.set(file.path, file);
    }
    offset += 46 + nameLength + archive.readUInt16LE(offset + 30) + archive.readUInt16LE(offset + 32);
  }
  return [...files.values()];
}

function endOfDirectory(archive: Buffer): number {
  const first = Math.max(0, archive.length - END_BYTES - COMMENT_BYTES);
  for (let offset = archive.length - END_BYTES; offset >= first; offset -= 1)
    if (archive.readUInt32LE(offset) === END_OF_DIRECTORY) return offset;
  throw new Error('it is no ZIP archive');
}

function contentOf(archive: Buffer, entry: number, left: number, limits: ArchiveLimits): Buffer {
  const local = archive.readUInt32LE(entry + 42);
  if (archive.readUInt32LE(local) !== LOCAL_ENTRY) throw new Error('the archive’s directory is broken');
  const begin = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
  const packedLength = archive.readUInt32LE(entry + 20);
  if (begin + packedLength > archive.length) throw new RangeError('beyond the end');
  const packed = archive.subarray(begin, begin + packedLength);
  const method = archive.readUInt16LE(entry + 10);
  const content = method === STORED ? packed : method === DEFLATED ? inflate(packed, left) : null;
  if (content === null) throw new Error(`the archive is packed in a way (${method}) that is not known here`);
  if (content.length > left) throw new Error(`the archive holds more than ${limits.bytes} bytes`);
  return content;
}

function inflate(packed: Buffer, most: number): Buffer {
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(most, 1) });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(
      code === 'ERR_BUFFER_TOO_LARGE' ? 'the archive is too large unpacked' : 'the archive is damaged',
      { cause: error },
    );
  }
}

/** @throws Error for a path that could lead out of the folder that it is unpacked into */
function safe(name: string): string {
  const steps = name.split('/');
  const isPlain = steps.every((step) => step !== '' && step !== '.' && step !== '..');
  // A backslash separates on other systems, and nothing of Go's has one; NUL ends a path.
  if (!isPlain || /[\\\0]/.test(name))
    throw new Error(`${JSON.stringify(name)} is no path inside of a folder`);
  return name;
}
