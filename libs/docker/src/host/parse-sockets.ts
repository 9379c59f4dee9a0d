import type { Connection, Listener, SocketAddress } from './sockets';

/** `ss -H -t -i -n -O state established`: one connection a line, with its counters. */
export function parseSsConnections(stdout: string): Connection[] {
  return stdout
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((words) => words.length >= 4)
    .map(([receiveQueue, sendQueue, local = '', remote = '', ...info]) => {
      const counter = (name: string): number | null => {
        const word = info.find((one) => one.startsWith(`${name}:`));
        return word === undefined ? null : Number(word.slice(name.length + 1));
      };
      const [lastSent, lastReceived] = [counter('lastsnd'), counter('lastrcv')];
      return {
        local: parseAddress(local),
        remote: parseAddress(remote),
        // ss leaves a counter out while it is zero.
        bytesSent: counter('bytes_sent') ?? 0,
        bytesReceived: counter('bytes_received') ?? 0,
        idleMs:
          lastSent === null && lastReceived === null
            ? null
            : Math.min(lastSent ?? Infinity, lastReceived ?? Infinity),
        receiveQueue: Number(receiveQueue),
        sendQueue: Number(sendQueue),
      };
    });
}

/** `ss -H -l -n -t -u -p`: protocol, state, two queues, local and peer address, processes. */
export function parseSsListeners(stdout: string): Listener[] {
  return stdout
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((words) => words.length >= 6)
    .map(([protocol, , , , local = '', , ...rest]) => ({
      protocol: protocol === 'udp' ? ('udp' as const) : ('tcp' as const),
      ...parseAddress(local),
      processes: [...rest.join(' ').matchAll(/\("([^"]*)",pid=(\d+)/g)].map(([, name = '', pid]) => ({
        name,
        pid: Number(pid),
      })),
    }));
}

export interface ProcSocket {
  local: SocketAddress;
  remote: SocketAddress;
  /** As the kernel numbers them: 1 established, 10 listening; an open UDP socket without a peer is 7. */
  state: number;
  receiveQueue: number;
  sendQueue: number;
}

/** `/proc/net/tcp`, `tcp6`, `udp` and `udp6`. */
export function parseProcNet(text: string): ProcSocket[] {
  return text
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields.length >= 5)
    .map(([, local = '', remote = '', state = '', queues = '']) => {
      const [sendQueue = '0', receiveQueue = '0'] = queues.split(':');
      return {
        local: parseProcAddress(local),
        remote: parseProcAddress(remote),
        state: parseInt(state, 16),
        sendQueue: parseInt(sendQueue, 16),
        receiveQueue: parseInt(receiveQueue, 16),
      };
    });
}

export const ESTABLISHED = 1;
/** FIN-WAIT-1 and 2, TIME-WAIT, CLOSE-WAIT, LAST-ACK. */
export const ENDED: readonly number[] = [4, 5, 6, 8, 9];
export const LISTENING = 10;
export const UDP_OPEN = 7;

/** `127.0.0.1:80`, `[::1]:80`, `*:80`, `127.0.0.53%lo:53`. */
function parseAddress(text: string): SocketAddress {
  const colon = text.lastIndexOf(':');
  const address = text
    .slice(0, colon)
    .replace(/%[^\]]*/, '')
    .replace(/^\[(.*)\]$/, '$1');
  return { address: plainAddress(address === '*' ? '::' : address), port: Number(text.slice(colon + 1)) };
}

/** Words of 32 bits in the byte order of the machine; every machine that Docker runs on is little-endian. */
function parseProcAddress(text: string): SocketAddress {
  const [hex = '', port = '0'] = text.split(':');
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) =>
    (word.match(/../g) ?? []).reverse().map((byte) => parseInt(byte, 16)),
  );
  return { address: bytes.length === 4 ? bytes.join('.') : ipv6Text(bytes), port: parseInt(port, 16) };
}

function ipv6Text(bytes: number[]): string {
  if (bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff) {
    return bytes.slice(12).join('.');
  }
  const groups = Array.from({ length: 8 }, (_, index) =>
    (((bytes[index * 2] ?? 0) << 8) | (bytes[index * 2 + 1] ?? 0)).toString(16),
  );
  // The URL parser writes IPv6 addresses the canonical way (RFC 5952).
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}

/** An IPv4 client of an IPv6 socket. */
function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}
