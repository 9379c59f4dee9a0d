import { readdirSync, readFileSync } from 'node:fs';

/**
 * Memory of a process and its descendants, bytes: the sum of what each accounts for (PSS), so that pages which
 * processes share count once. Linux only; 0 for what has ended meanwhile.
 */
export function treeMemory(root: number): number {
  const children = childrenByParent();
  let bytes = 0;
  const queue = [root];
  for (let pid = queue.pop(); pid !== undefined; pid = queue.pop()) {
    const pss = /^Pss:\s+(\d+) kB/m.exec(readProc(`/proc/${pid}/smaps_rollup`))?.[1];
    bytes += Number(pss ?? 0) * 1024;
    queue.push(...(children.get(pid) ?? []));
  }
  return bytes;
}

function childrenByParent(): Map<number, number[]> {
  const children = new Map<number, number[]>();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = readProc(`/proc/${entry}/stat`);
    // The command's name may hold spaces and parentheses; the fields begin behind its last one.
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    const siblings = children.get(parent);
    if (siblings) siblings.push(Number(entry));
    else children.set(parent, [Number(entry)]);
  }
  return children;
}

function readProc(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
