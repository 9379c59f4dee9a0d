import { writeFile } from 'node:fs/promises';

/**
 * Gives a fault of the system the path of what was written, where it names none: a disk that is full refuses the write
 * to an open file, and says so without saying where. Whoever writes under a temporary name passes the name that is
 * meant.
 *
 * @returns the same error, for throwing on
 */
export function namedFault(error: unknown, file: string): unknown {
  const isFault = typeof error === 'object' && error !== null && 'code' in error && !('path' in error);
  return isFault ? Object.assign(error, { path: file }) : error;
}

/** `writeFile` whose every fault names a file: its own, or `meant`, where it writes under a temporary name. */
export async function writeNamed(
  file: string,
  content: string | Uint8Array,
  options: { mode: number; flag?: 'w' | 'wx' },
  meant: string = file,
): Promise<void> {
  await writeFile(file, content, options).catch((error: unknown) => {
    throw namedFault(error, meant);
  });
}
