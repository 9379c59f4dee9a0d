import type { HostFacts } from '../facts';
import { findings, note, warning, type Finding } from '../finding';

/** A clock that jumps by less is being set, not wrong. */
const TOLERANCE_MS = 5 * 60_000;

/** Without a time server to ask: a clock cannot be before what it has already stamped. */
export function checkClock({ clock, now }: Pick<HostFacts, 'clock' | 'now'>): Finding[] {
  const { newestFile, unsynchronized } = clock;
  const set = 'set it: timedatectl set-ntp true; certificates and deploys are judged by it';
  return findings('clock', new Date(now).toISOString(), [
    newestFile !== null && newestFile.time > now + TOLERANCE_MS
      ? warning(`is behind: ${newestFile.path} is from ${new Date(newestFile.time).toISOString()}`, set)
      : null,
    unsynchronized === true
      ? note('systemd-timesyncd has not reached a time server since the boot', set)
      : null,
  ]);
}
