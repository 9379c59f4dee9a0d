import { readFile } from 'node:fs/promises';

const ESTABLISHED = '01';
/** The other side has ended what it sends. */
const CLOSE_WAIT = '08';

/** Ports of those who are connected to a port of ours. */
export interface Clients {
  open: ReadonlySet<number>;
  halfClosed: ReadonlySet<number>;
}

/**
 * Who is connected to a port of ours, as one of the kernel's tables says it (/proc/net/tcp).
 * @param table its text
 */
export function clientsIn(table: string, port: number): Clients {
  const open = new Set<number>();
  const halfClosed = new Set<number>();
  for (const line of table.split('\n').slice(1)) {
    const [, local = '', remote = '', state] = line.trim().split(/\s+/);
    if (portOf(local) !== port) continue;
    if (state === ESTABLISHED) open.add(portOf(remote));
    if (state === CLOSE_WAIT) halfClosed.add(portOf(remote));
  }
  return { open, halfClosed };
}

/** The same for this process's network namespace; null: nobody can tell. */
export async function clientsAt(port: number, procNet = '/proc/net'): Promise<Clients | null> {
  const table = await readFile(`${procNet}/tcp`, 'utf8').catch(() => null);
  return table === null ? null : clientsIn(table, port);
}

function portOf(end: string): number {
  return Number.parseInt(end.split(':')[1] ?? '', 16);
}
