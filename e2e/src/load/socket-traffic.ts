import { randomUUID } from 'node:crypto';
import { createSocket, type Socket as DatagramSocket } from 'node:dgram';
import { connect as connectTcp, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { connect as connectTls } from 'node:tls';

import { reasonOf } from './http-traffic';
import type { HeldProfile, TcpProfile, UdpProfile } from './profile';
import type { Counter } from './tally';

/** One line there and back on a connection of its own. */
export function tcpTraffic(
  profile: TcpProfile,
  counter: Counter,
  expectedVersion: () => string | null,
): { send(due: number): void } {
  const send = (due: number): void => {
    counter.begin();
    const expected = expectedVersion();
    const socket = open(profile.address, profile.port, profile.servername);
    let settled = false;
    const settle = (failure: string | null, version = ''): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      socket.destroy();
      if (failure !== null) counter.fail(failure);
      else counter.succeed(version, performance.now() - due);
    };
    const timer = setTimeout(() => settle('timeout'), profile.timeoutMs ?? 10_000);
    socket.on('error', (error) => settle(reasonOf(error)));
    socket.on('close', () => settle('closed'));
    socket.once('data', (data: Buffer) => settleVersion(String(data), 'ping\n', expected, settle));
    socket.write('ping\n');
  };
  return { send };
}

/** As resolvers do: the network may lose a datagram at any time. */
const RESEND_MS = 2_000;

/** One datagram there and back, sent a second time when no answer comes. */
export function udpTraffic(
  profile: UdpProfile,
  counter: Counter,
  expectedVersion: () => string | null,
): { send(due: number): void; close(): void } {
  const open = new Map<string, (answer: string) => void>();
  const create = (): DatagramSocket => {
    const socket = createSocket('udp4');
    // A refused datagram (ICMP) is answered by nobody, which is what the timer counts.
    socket.on('error', () => undefined);
    socket.on('message', (message) => {
      const answer = String(message);
      open.get(answer.split(' ')[1] ?? '')?.(answer);
    });
    return socket;
  };
  const fixed = profile.fixedSource ? create() : null;
  let closed = false;
  const send = (due: number): void => {
    counter.begin();
    const expected = expectedVersion();
    const id = randomUUID();
    const socket = fixed ?? create();
    const settle = (failure: string | null, version = ''): void => {
      clearTimeout(timer);
      clearTimeout(again);
      open.delete(id);
      if (!fixed) socket.close();
      if (failure !== null) counter.fail(failure);
      else counter.succeed(version, performance.now() - due);
    };
    const timer = setTimeout(() => settle('timeout'), profile.timeoutMs ?? 3_000);
    open.set(id, (answer) => settleVersion(answer, id, expected, settle));
    const ask = (): void => socket.send(id, profile.port, profile.address);
    const again = setTimeout(ask, RESEND_MS);
    ask();
  };
  const close = (): void => {
    if (!closed) fixed?.close();
    closed = true;
  };
  return { send, close };
}

export interface HeldConnections {
  /** Says something on every connection. */
  send(due: number): void;
  /** When (performance.now()) connections that were open were closed by the other end. */
  closings: number[];
  close(): void;
}

/** Connections that stay open; one that is closed is opened anew. */
export function heldConnections(profile: HeldProfile, counter: Counter): HeldConnections {
  const closings: number[] = [];
  const lines = new Set<HeldLine>();
  let closed = false;
  const add = (): void => {
    const line = new HeldLine(profile, counter, () => {
      lines.delete(line);
      if (closed) return;
      closings.push(performance.now());
      setTimeout(() => {
        if (!closed) add();
      }, 50);
    });
    lines.add(line);
  };
  for (let index = 0; index < profile.count; index += 1) add();
  return {
    send: (due) => lines.forEach((line) => line.say(due)),
    closings,
    close: () => {
      closed = true;
      lines.forEach((line) => line.close());
    },
  };
}

/** One held connection; messages are 4 bytes that have to come back in order. */
class HeldLine {
  private readonly socket: Socket;
  private ready = false;
  private waiting: number[] = [];
  private received = '';

  constructor(
    private readonly profile: HeldProfile,
    private readonly counter: Counter,
    onClose: () => void,
  ) {
    const { address, port, host, tls, via } = profile;
    this.socket = open(address, port, tls ? (host ?? 'localhost') : undefined);
    this.socket.on('error', () => undefined);
    this.socket.on('data', (data: Buffer) => this.take(data));
    this.socket.on('close', () => {
      this.waiting.forEach(() => counter.fail('closed while waiting'));
      onClose();
    });
    if (via === 'tcp') this.ready = true;
    else {
      this.socket.write(
        `GET /socket HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
          'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
      );
    }
  }

  say(due: number): void {
    // A masked, empty ping frame with a zero mask is a valid frame of six bytes.
    if (!this.ready || this.socket.destroyed) return;
    this.counter.begin();
    this.waiting.push(due);
    this.socket.write(this.profile.via === 'websocket' ? Buffer.from([0x89, 0x80, 0, 0, 0, 0]) : 'ping\n');
  }

  close(): void {
    this.waiting = [];
    this.socket.destroy();
  }

  private take(data: Buffer): void {
    if (!this.ready) {
      this.received += data.toString('latin1');
      if (!this.received.includes('\r\n\r\n')) return;
      if (!this.received.startsWith('HTTP/1.1 101')) {
        this.counter.begin();
        this.counter.fail(`upgrade: ${this.received.slice(9, 12)}`);
        this.socket.destroy();
        return;
      }
      this.ready = true;
      return;
    }
    const now = performance.now();
    const answers =
      this.profile.via === 'websocket' ? Math.round(data.length / 6) : String(data).split('\n').length - 1;
    for (const due of this.waiting.splice(0, answers)) this.counter.succeed('held', now - due);
  }
}

/** The backend says its version and what it was told; anything else, as an HTTP status, comes from somebody else. */
function settleVersion(
  answer: string,
  said: string,
  expected: string | null,
  settle: (failure: string | null, version?: string) => void,
): void {
  const version = answer.endsWith(` ${said}`) ? answer.slice(0, -said.length - 1) : '';
  if (!/^v\d+$/.test(version)) settle(`not the backend: ${answer.slice(0, 40).trim()}`);
  else if (expected !== null && version !== expected) settle('wrong version');
  else settle(null, version);
}

function open(address: string, port: number, servername: string | undefined): Socket {
  return servername === undefined
    ? connectTcp(port, address)
    : connectTls({ host: address, port, servername, rejectUnauthorized: false });
}
