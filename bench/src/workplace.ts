import { statfsSync } from 'node:fs';

const IN_MEMORY = '/dev/shm';
const NEEDED_BYTES = 2 * 1024 ** 3;

/**
 * Puts what is measured into memory where the system has room for it there, unless `TMPDIR` says where. One side of a
 * ratio writes thousands of files more than the other, and on a slow disk nothing but the disk would be measured.
 */
export function chooseWorkplace(): void {
  if (process.env['TMPDIR'] !== undefined) return;
  try {
    const { bavail, bsize } = statfsSync(IN_MEMORY);
    if (bavail * bsize >= NEEDED_BYTES) process.env['TMPDIR'] = IN_MEMORY;
  } catch {
    // This system has none.
  }
}
