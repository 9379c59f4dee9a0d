import type { DiskFacts, HostFacts } from '../facts';
import { error, findings, warning, type Finding } from '../finding';

const GIB = 1024 ** 3;
/** Less, and an image does not fit. */
const FULL_BYTES = 0.5 * GIB;
const LOW_BYTES = 3 * GIB;
const LOW_SHARE = 0.05;
const LOW_INODES = 0.03;

export function checkDisks({ disks }: Pick<HostFacts, 'disks'>): Finding[] {
  return findings(
    'disk',
    disks.length === 0
      ? null
      : disks.map((disk) => `${size(disk.freeBytes)} free for ${disk.what}`).join(', '),
    disks.map(judged),
  );
}

function judged({ what, path, freeBytes, totalBytes, freeInodes }: DiskFacts): Omit<Finding, 'check'> | null {
  const cure =
    'docker system df shows what Docker holds; docker image prune --all removes images that nothing runs';
  if (freeBytes < FULL_BYTES) return error(`${size(freeBytes)} left for ${what} (${path})`, cure);
  if (freeBytes < LOW_BYTES && freeBytes < totalBytes * LOW_SHARE) {
    return warning(`${size(freeBytes)} left for ${what} (${path})`, cure);
  }
  if (freeInodes !== null && freeInodes < LOW_INODES) {
    return warning(`${(freeInodes * 100).toFixed(1)} % of the inodes left for ${what} (${path})`, cure);
  }
  return null;
}

function size(bytes: number): string {
  return bytes >= GIB ? `${(bytes / GIB).toFixed(1)} GiB` : `${Math.round(bytes / 1024 ** 2)} MiB`;
}
