import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/**
 * Of a larger file size and time stand for the content: disk images and databases of that size take minutes to read.
 */
export const MAX_DIGESTED_BYTES = 2 * 1024 ** 3;

const CHUNK_BYTES = 1024 * 1024;

/** Without waiting for the other end of a pipe, and without taking a terminal. */
const CAREFULLY = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;

/**
 * Hands the content of a regular file on, part by part, however large it is; what has taken the file's place meanwhile
 * (a pipe, a device, with `noFollow` a link) is never read.
 * @returns whether it was a regular file and was read to its end
 */
export async function readChunks(
  file: string,
  onChunk: (chunk: Uint8Array) => void,
  { noFollow = false }: { noFollow?: boolean } = {},
): Promise<boolean> {
  const handle = await open(file, noFollow ? CAREFULLY | constants.O_NOFOLLOW : CAREFULLY);
  try {
    if (!(await handle.stat()).isFile()) return false;
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    for (let total = 0; total <= MAX_DIGESTED_BYTES;) {
      const { bytesRead } = await handle.read(buffer, 0, CHUNK_BYTES);
      if (bytesRead === 0) return true;
      total += bytesRead;
      onChunk(buffer.subarray(0, bytesRead));
    }
    // It grew while it was read, or it is one of the kernel's that never end.
    return false;
  } finally {
    await handle.close();
  }
}
