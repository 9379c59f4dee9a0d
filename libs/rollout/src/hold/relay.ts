import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { connect as connectTls, TLSSocket } from 'node:tls';

import type { Relay, RelayKind, RelayTarget } from '../types';
import { clientsAt, type Clients } from './waiting-clients';

/** As many as the kernel lets wait to be accepted; Node's own default is an eighth of it. */
const BACKLOG = 4096;
/** Connections that are being opened to the containers at once: a server's own queue often holds 128. */
const CONNECTING = 100;
/** A container that was ready a moment ago may be busy with everybody who comes at once. */
const CONNECT_FOR_MS = 10_000;
const CONNECT_AGAIN_MS = 100;
/** One attempt to connect: without a limit the kernel goes on asking for two minutes. */
const ATTEMPT_MS = 2_000;
/** A handshake of TLS may take as many times as long: many begin at once. */
const HANDSHAKE_FACTOR = 5;
/** Whoever is still sending gets the answer if what he sends is read on for a while. */
const READ_ON_MS = 2_000;

type Mode = 'proving' | 'holding' | 'forwarding' | 'refusing';

/**
 * A listener on the loopback that takes a service's traffic while its container is replaced. It accepts and reads
 * nothing, so that whatever a client says waits in the kernel; when the container is ready it connects there and hands
 * the bytes of both ways over as they are: HTTP, h2c, websockets, TCP and PROXY headers alike, and no request is ever
 * sent twice.
 *
 * @param kind http: who waits too long gets an answer, and who gave up is not delivered; tcp: bytes alone
 * @param attemptMs how long one attempt to connect to a container may take; after it the next one is asked
 * @throws when no port can be listened on
 */
export async function openRelay(kind: RelayKind, attemptMs = ATTEMPT_MS): Promise<Relay> {
  const relay = new LoopbackRelay(kind, attemptMs);
  await relay.listen();
  return relay;
}

class LoopbackRelay implements Relay {
  private readonly server: Server;
  private readonly held = new Map<Socket, number>();
  /** All that are accepted and not closed. */
  private readonly open = new Set<Socket>();
  private readonly queue: Socket[] = [];
  private mode: Mode = 'proving';
  private targets: RelayTarget[] = [];
  private page = '';
  private turn = 0;
  private connecting = 0;
  private acceptedAt = 0;
  private timer: NodeJS.Timeout | undefined;
  proofs = 0;
  total = 0;
  longestMs = 0;
  refused = 0;

  constructor(
    private readonly kind: RelayKind,
    private readonly attemptMs: number,
  ) {
    this.server = createServer({ pauseOnConnect: true, allowHalfOpen: true, noDelay: true }, (socket) =>
      this.take(socket),
    );
    this.server.on('error', () => undefined);
  }

  async listen(): Promise<void> {
    this.server.listen({ host: '127.0.0.1', port: 0, backlog: BACKLOG });
    await once(this.server, 'listening');
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get carried(): number {
    return this.open.size;
  }

  hold(limitMs: number, page: string): void {
    this.mode = 'holding';
    this.page = page;
    this.timer = setTimeout(() => this.refuse(), limitMs);
    this.timer.unref();
  }

  refuse(): void {
    clearTimeout(this.timer);
    this.mode = 'refusing';
    for (const socket of this.letGo()) this.answer(socket);
  }

  async release(targets: RelayTarget[]): Promise<void> {
    clearTimeout(this.timer);
    // Whoever comes while the kernel is being asked is in no answer of it, and has not given up.
    const asked = new Set(this.held.keys());
    const clients = await clientsAt(this.port);
    this.targets = targets;
    this.mode = 'forwarding';
    for (const socket of this.letGo()) {
      if (asked.has(socket) && this.isGone(socket, clients)) socket.destroy();
      else this.queue.push(socket);
    }
    this.next();
  }

  isQuiet(forMs: number): boolean {
    return this.open.size === 0 && Date.now() - this.acceptedAt >= forMs;
  }

  close(): void {
    clearTimeout(this.timer);
    this.server.close();
    for (const socket of this.open) socket.destroy();
  }

  private take(socket: Socket): void {
    this.acceptedAt = Date.now();
    this.open.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.open.delete(socket);
      this.held.delete(socket);
    });
    switch (this.mode) {
      case 'proving':
        this.proofs += 1;
        this.say(socket, 'HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n');
        break;
      case 'holding':
        this.total += 1;
        this.held.set(socket, Date.now());
        break;
      case 'forwarding':
        this.queue.push(socket);
        this.next();
        break;
      case 'refusing':
        this.answer(socket);
    }
  }

  /** Those that were held, first come first served. */
  private letGo(): Socket[] {
    const sockets = [...this.held.keys()];
    const now = Date.now();
    for (const since of this.held.values()) this.longestMs = Math.max(this.longestMs, now - since);
    this.held.clear();
    return sockets;
  }

  /**
   * Who gave up while he was held must not be delivered: his next try would make a second request. A socket that is not
   * read sees no end, so the kernel is asked. Of TCP clients an end of what they send is no end of the conversation.
   */
  private isGone(socket: Socket, clients: Clients | null): boolean {
    if (clients === null || socket.remotePort === undefined) return socket.destroyed;
    if (clients.open.has(socket.remotePort)) return false;
    return this.kind !== 'tcp' || !clients.halfClosed.has(socket.remotePort);
  }

  private next(): void {
    while (this.connecting < CONNECTING) {
      const socket = this.queue.shift();
      if (socket === undefined) return;
      if (socket.destroyed) continue;
      this.connecting += 1;
      this.forward(socket, Date.now(), () => {
        this.connecting -= 1;
        this.next();
      });
    }
  }

  private forward(socket: Socket, since: number, onSettled: () => void): void {
    const target = this.targets[this.turn % this.targets.length];
    this.turn += 1;
    if (target === undefined) {
      reset(socket);
      onSettled();
      return;
    }
    const { address: host, port, tls } = target;
    // Traefik's limit for a handshake cannot be set, so it speaks plainly to the listener.
    const upstream = tls
      ? connectTls({ host, port, ALPNProtocols: ['http/1.1'], rejectUnauthorized: false })
      : connect({ host, port, allowHalfOpen: true, noDelay: true });
    const limited = (ms: number): NodeJS.Timeout =>
      setTimeout(() => upstream.destroy(new Error(`no connection within ${ms} ms`)), ms);
    let attempt = limited(this.attemptMs);
    if (tls)
      upstream.once('connect', () => {
        clearTimeout(attempt);
        attempt = limited(this.attemptMs * HANDSHAKE_FACTOR);
      });
    const refused = (): void => {
      clearTimeout(attempt);
      upstream.destroy();
      if (socket.destroyed || Date.now() - since > CONNECT_FOR_MS) {
        reset(socket);
        onSettled();
      } else setTimeout(() => this.forward(socket, since, onSettled), CONNECT_AGAIN_MS);
    };
    upstream.once('error', refused);
    upstream.once(tls ? 'secureConnect' : 'connect', () => {
      clearTimeout(attempt);
      upstream.off('error', refused);
      onSettled();
      join(socket, upstream);
    });
  }

  private answer(socket: Socket): void {
    this.refused += 1;
    if (this.kind === 'tcp') socket.destroy();
    else this.say(socket, unavailable(this.page));
  }

  /** Says something without having read, and reads on for a while: closing at once would reset what was said. */
  private say(socket: Socket, text: string): void {
    socket.end(text);
    socket.resume();
    setTimeout(() => socket.destroy(), READ_ON_MS).unref();
  }
}

function join(client: Socket, container: Socket): void {
  const both = [
    [client, container],
    [container, client],
  ] as const;
  for (const [from, to] of both) {
    from.on('error', () => reset(to));
    from.on('close', () => {
      if (!from.readableEnded) to.destroy();
    });
    from.pipe(to);
  }
}

/** Tells the other side that it was no ordinary end. */
function reset(socket: Socket): void {
  if (socket instanceof TLSSocket) socket.destroy();
  else socket.resetAndDestroy();
}

/** The answer to who waited too long, as a server says it. */
export function unavailable(page: string): string {
  return [
    'HTTP/1.1 503 Service Unavailable',
    'Content-Type: text/html; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(page)}`,
    'Retry-After: 10',
    'Cache-Control: no-store',
    'Connection: close',
    '',
    page,
  ].join('\r\n');
}
