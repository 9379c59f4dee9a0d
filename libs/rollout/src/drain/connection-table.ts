import { readFile } from 'node:fs/promises';

import type { ConnectionTable } from '../types';

export interface RemoteEnd {
  address: string;
  port: number;
}

/** State of an established TCP connection and of a connected UDP socket in /proc/net. */
const established = '01';

const listening = '0A';

const families = ['tcp', 'tcp6', 'udp', 'udp6'];

/**
 * What identifies an established connection to one of these ends, by address and port as `comparableAddress` has it.
 */
function establishedTo(table: string, wanted: ReadonlySet<string>): string[] {
  return table
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [, local = '', remote = '', state] = line.trim().split(/\s+/);
      if (state !== established) return [];
      const [address = '', port = ''] = remote.split(':');
      const end = `${addressOf(address)} ${parseInt(port, 16)}`;
      return wanted.has(end) ? [`${local} ${remote}`] : [];
    });
}

/**
 * Remote ends of all established connections in one of the kernel's tables (/proc/net/tcp and its siblings; no
 * privilege needed). Addresses there are hexadecimal words in host byte order: little-endian on every machine that
 * Docker runs on.
 */
export function establishedEnds(table: string): RemoteEnd[] {
  const ends: RemoteEnd[] = [];
  for (const line of table.split('\n').slice(1)) {
    const [, , remote, state] = line.trim().split(/\s+/);
    if (state !== established || !remote) continue;
    const [address = '', port = ''] = remote.split(':');
    ends.push({ address: addressOf(address), port: parseInt(port, 16) });
  }
  return ends;
}

/**
 * How many established connections of the tables end at a port that listens in one of them, those of the loopback left
 * out.
 * @param addresses count those alone that come to one of these; default: all
 */
export function establishedInto(tables: string[], addresses?: readonly string[]): number {
  const wanted = addresses && new Set(addresses.map(comparableAddress));
  const sockets = tables.flatMap((table) =>
    table
      .split('\n')
      .slice(1)
      .flatMap((line) => {
        const [, local = '', remote = '', state] = line.trim().split(/\s+/);
        if (state === undefined) return [];
        const [at = '', port] = local.split(':');
        return [{ at: addressOf(at), port, remote: addressOf(remote.split(':')[0] ?? ''), state }];
      }),
  );
  const ports = new Set(sockets.filter(({ state }) => state === listening).map(({ port }) => port));
  return sockets.filter(
    ({ at, port, remote, state }) =>
      state === established &&
      ports.has(port) &&
      !remote.startsWith('127.') &&
      remote !== '0:0:0:0:0:0:0:1' &&
      (wanted === undefined || wanted.has(at)),
  ).length;
}

/** IPv4 (also mapped into IPv6) in dotted form, IPv6 as eight full groups. */
function addressOf(hex: string): string {
  const words = hex.match(/.{8}/g) ?? [];
  const bytes = words.flatMap((word) =>
    (word.match(/../g) ?? []).reverse().map((byte) => parseInt(byte, 16)),
  );
  const mapped =
    bytes.length === 16 &&
    bytes.slice(0, 10).every((byte) => byte === 0) &&
    bytes[10] === 255 &&
    bytes[11] === 255;
  if (bytes.length === 4 || mapped) return bytes.slice(-4).join('.');
  const groups: string[] = [];
  for (let index = 0; index < bytes.length; index += 2) {
    groups.push((((bytes[index] ?? 0) << 8) | (bytes[index + 1] ?? 0)).toString(16));
  }
  return groups.join(':');
}

/** The address in the form that `establishedEnds` gives. */
export function comparableAddress(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.toLowerCase().split('::');
  const left = head === '' ? [] : head.split(':');
  const right = !tail ? [] : tail.split(':');
  const middle =
    tail === undefined ? [] : Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0');
  return [...left, ...middle, ...right].map((group) => group.replace(/^0+(?=.)/, '')).join(':');
}

/**
 * The tables of this process's network namespace, which is Traefik's when deploy runs on the engine's host, and of
 * containers'. Linux shows the latter to every user.
 */
export function createConnectionTable(procNet = '/proc/net', proc = '/proc'): ConnectionTable {
  return {
    countTo: async (ends) => {
      const wanted = new Set(ends.map((end) => `${comparableAddress(end.address)} ${end.port}`));
      const tables = await Promise.all(
        families.map((family) => readFile(`${procNet}/${family}`, 'utf8').catch(() => '')),
      );
      return tables.flatMap(establishedEnds).filter((end) => wanted.has(`${end.address} ${end.port}`)).length;
    },
    listTo: async (ends) => {
      const wanted = new Set(ends.map((end) => `${comparableAddress(end.address)} ${end.port}`));
      const tables = await Promise.all(
        ['tcp', 'tcp6'].map((family) => readFile(`${procNet}/${family}`, 'utf8').catch(() => '')),
      );
      return tables.flatMap((table) => establishedTo(table, wanted));
    },
    countInto: async (pids, addresses) => {
      const counts = await Promise.all(
        pids.map(async (pid) => {
          // A process that has ended has no connections.
          const read = (table: string): Promise<string> =>
            readFile(`${proc}/${pid}/net/${table}`, 'utf8').catch(() => '');
          return establishedInto(await Promise.all([read('tcp'), read('tcp6')]), addresses);
        }),
      );
      return counts.reduce((sum, count) => sum + count, 0);
    },
  };
}
