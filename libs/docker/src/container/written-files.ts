/** A file that was written into a container, and not mounted. */
export interface WrittenFile {
  /** In the container, absolute. */
  path: string;
  /** A tar that puts it there from the root on. */
  tar: Buffer;
}

const BLOCK_BYTES = 512;
/** Of a header's name, in the format that the engine writes. */
const NAME_BYTES = 100;

/**
 * The engine's archive of one file, which names it without its folder, as one that names it by its path from the root.
 * Owner, mode and content stay. Pure.
 * Source: the ustar format, POSIX.1-2001, "pax interchange format".
 *
 * @returns null: it is no file of its own, or its path does not fit into a plain header
 */
export function fromRoot(archive: Buffer, path: string): Buffer | null {
  const name = path.replace(/^\/+/, '');
  const type = archive[156];
  const isFile = archive.length >= BLOCK_BYTES && (type === 0 || type === '0'.charCodeAt(0));
  if (!isFile || name === '' || Buffer.byteLength(name) > NAME_BYTES) return null;
  const header = Buffer.from(archive.subarray(0, BLOCK_BYTES));
  header.fill(0, 0, NAME_BYTES);
  header.write(name);
  // The rest of a long name.
  header.fill(0, 345, 500);
  // The sum is taken with blanks in its own place.
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, archive.subarray(BLOCK_BYTES)]);
}
