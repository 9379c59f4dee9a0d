import type { StackStatus } from './model';

const HEADINGS = ['STACK', 'SERVICE', 'REPLICAS', 'HEALTH', 'IMAGE', 'LAST DEPLOY'];

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
    return [[stack.stack, '-', '-', stack.state, '-', last]];
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
      index === 0 ? last : '',
    ];
  });
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

function remarksOf({ stack, state, unfinished, lockedBy }: StackStatus): string[] {
  const remarks: string[] = [];
  if (unfinished !== null) {
    remarks.push(`${stack}: ${unfinished}; the next deploy finishes it`);
  }
  if (lockedBy !== null) {
    remarks.push(`${stack}: being deployed by ${lockedBy}`);
  }
  if (state === 'orphan') {
    remarks.push(`${stack}: its folder is gone; itsup prune takes it down`);
  }
  return remarks;
}
