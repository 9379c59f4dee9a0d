import { honeypotComment } from '../proxy/honeypot-rules';
import type { PacketRules, StackStatus } from '../requests';

const HEADINGS = ['STACK', 'SERVICE', 'REPLICAS', 'HEALTH', 'IMAGE', 'DRIFT', 'LAST DEPLOY'];

/** One table for all stacks, columns aligned; then what needs a person. */
export function formatStatus(stacks: readonly StackStatus[], now: number): string {
  const rows = stacks.flatMap((stack) => rowsOf(stack, now));
  const widths = HEADINGS.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const lines = [HEADINGS, ...rows].map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [...lines, ...stacks.flatMap(remarksOf)].join('\n');
}

function rowsOf(stack: StackStatus, now: number): string[][] {
  const last = lastDeploy(stack, now);
  if (stack.services.length === 0) {
    return [[stack.stack, '-', '-', stack.state, '-', driftOf(stack, null), last]];
  }
  return stack.services.map(({ service, wanted, containers }, index) => {
    const running = containers.filter(({ state }) => state === 'running');
    const health = [...new Set(containers.map((container) => container.health ?? container.state))].sort();
    const images = [...new Set(containers.map(({ image }) => image))].sort();
    return [
      index === 0 ? stack.stack : '',
      service,
      wanted === null ? String(running.length) : `${running.length}/${wanted}`,
      health.join(', ') || 'absent',
      images.join(', ') || '-',
      driftOf(stack, service, index === 0),
      index === 0 ? last : '',
    ];
  });
}

/** What differs, in a word each; what concerns the whole stack is in its first line. */
function driftOf({ drift }: StackStatus, service: string | null, withStack = true): string {
  const own = drift.filter((one) => one.service === service || (withStack && one.service === null));
  const counts = new Map<string, number>();
  for (const { kind } of own) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => (count === 1 ? kind : `${count} ${kind}`)).join(', ') || '-';
}

function lastDeploy({ lastDeploy: record }: StackStatus, now: number): string {
  if (record === null) {
    return 'never';
  }
  const commit = record.commit === null ? '' : ` ${record.commit.slice(0, 7)}`;
  return `${record.outcome} ${ago(now - Date.parse(record.startedAt))}${commit} by ${record.by}`;
}

function ago(milliseconds: number): string {
  const minutes = Math.max(0, Math.round(milliseconds / 60_000));
  if (minutes < 120) {
    return `${minutes} min ago`;
  }
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h ago` : `${Math.round(hours / 24)} days ago`;
}

function remarksOf(status: StackStatus): string[] {
  const { stack, state, unfinished, lockedBy, drift, successor, packetFilter, stateFolder } = status;
  const remarks = drift.map(({ message }) => `${stack}: ${message}`);
  if (drift.length > 0 && state !== 'orphan') {
    remarks.push(`${stack}: what a deploy would do about it: nx run ${stack}:plan`);
  }
  if (stateFolder !== null) {
    remarks.push(`${stack}: ${stateFolder}`);
  }
  if (unfinished !== null) {
    remarks.push(`${stack}: ${unfinished}; the next deploy finishes it`);
  }
  if (lockedBy !== null) {
    remarks.push(`${stack}: being deployed by ${lockedBy}`);
  }
  if (successor !== null) {
    remarks.push(`${stack}: its Compose project is that of ${successor} by now; itsup prune forgets it`);
  } else if (state === 'orphan') {
    remarks.push(`${stack}: its folder is gone; itsup prune takes it down`);
  }
  return [...remarks, ...(packetFilter === null ? [] : rulesOf(stack, packetFilter))];
}

/** Rules of ours by name. Those of a hand-over are there for its time only. */
function rulesOf(stack: string, { rules, reason }: PacketRules): string[] {
  if (reason !== null) return [`${stack}: packet filter rules are not known: ${reason}`];
  // The honeypot has some for each network: their number says enough.
  const honeypot = rules.filter(({ name }) => name.startsWith(`${honeypotComment}:`)).length;
  const others = rules.map(({ name }) => name).filter((name) => !name.startsWith(`${honeypotComment}:`));
  const names = [
    ...(honeypot === 0 ? [] : [`${honeypotComment} (${honeypot})`]),
    ...[...new Set(others)].sort(),
  ];
  return names.length === 0 ? [] : [`${stack}: packet filter rules: ${names.join(', ')}`];
}
