import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

import type { Relay, RelayKind, RelayTarget } from '../../types';
import { connectContainer } from './connect-container';
import { DescriptorRoom } from './descriptor-room';
import { join, reset } from './join-sockets';
import { PageServer, unavailable } from './page-server';
import { endUnspoken, sayUnread } from './refusal';
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
/** Who has waited for longer may have given up since the kernel was asked. */
const ASK_AGAIN_MS = 250;

/** A question to the kernel who is connected. */
interface Asked {
  at: number;
  isAnswered: boolean;
  clients: Promise<Clients | null>;
}

type Mode = 'proving' | 'holding' | 'forwarding' | 'refusing';

/**
 * A listener on the loopback that takes a service's traffic while its container is replaced. It accepts and reads
 * nothing, so that whatever a client says waits in the kernel; when the container is ready it connects there and hands
 * the bytes of both ways over as they are: HTTP, h2c, websockets, TCP and PROXY headers alike, and no request is ever
 * sent twice.
 *
 * @param kind http, h2c: who waits too long gets an answer, and who gave up is not delivered; tcp: bytes alone
 * @param options.attemptMs how long one attempt to connect to a container may take; after it the next one is asked
 * @param options.room how many connections there is room for. Default: what is left to this process
 * @throws when no port can be listened on
 */
export async function openRelay(
  kind: RelayKind,
  { attemptMs = ATTEMPT_MS, room }: { attemptMs?: number; room?: DescriptorRoom } = {},
): Promise<Relay> {
  const relay = new LoopbackRelay(kind, attemptMs, room ?? (await DescriptorRoom.ofProcess()));
  await relay.listen();
  return relay;
}

class LoopbackRelay implements Relay {
  private readonly server: Server;
  private readonly held = new Set<Socket>();
  /** All that are accepted and not closed, with the moment of that. */
  private readonly open = new Map<Socket, number>();
  private readonly pages: PageServer | null;
  private readonly queue: Socket[] = [];
  private mode: Mode = 'proving';
  private targets: RelayTarget[] = [];
  private page = '';
  private turn = 0;
  private connecting = 0;
  private acceptedAt = -Infinity;
  private asked: Asked | null = null;
  private timer: NodeJS.Timeout | undefined;
  proofs = 0;
  total = 0;
  longestMs = 0;
  refused = 0;

  constructor(
    private readonly kind: RelayKind,
    private readonly attemptMs: number,
    private readonly room: DescriptorRoom,
  ) {
    this.pages = kind === 'h2c' ? new PageServer(() => this.page) : null;
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

  async reaches(target: RelayTarget): Promise<boolean> {
    return new Promise((resolve) => {
      const upstream = connectContainer(target, this.attemptMs, (connected) => {
        upstream.destroy();
        resolve(connected);
      });
    });
  }

  async release(targets: RelayTarget[]): Promise<void> {
    clearTimeout(this.timer);
    // Whoever comes while the kernel is being asked is in no answer of it, and has not given up.
    const asked = new Set(this.held);
    const clients = await this.askClients();
    this.targets = targets;
    this.mode = 'forwarding';
    for (const socket of this.letGo()) {
      if (asked.has(socket) && this.isGone(socket, clients)) socket.destroy();
      else this.queue.push(socket);
    }
    this.next();
  }

  isQuiet(forMs: number): boolean {
    return this.open.size === 0 && performance.now() - this.acceptedAt >= forMs;
  }

  close(): void {
    clearTimeout(this.timer);
    this.server.close();
    this.pages?.close();
    for (const socket of this.open.keys()) socket.destroy();
  }

  private take(socket: Socket): void {
    this.acceptedAt = performance.now();
    this.open.set(socket, this.acceptedAt);
    const isFull = !this.room.take();
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.room.leave();
      this.open.delete(socket);
      this.held.delete(socket);
    });
    switch (this.mode) {
      case 'proving':
        this.proofs += 1;
        sayUnread(socket, 'HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n');
        break;
      case 'holding':
        this.total += 1;
        // The kernel would let somebody in and cut him off at once.
        if (isFull) this.answer(socket);
        else this.held.add(socket);
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
    const sockets = [...this.held];
    for (const socket of sockets) this.longestMs = Math.max(this.longestMs, this.ageOf(socket));
    this.held.clear();
    return sockets;
  }

  private ageOf(socket: Socket): number {
    return performance.now() - (this.open.get(socket) ?? Infinity);
  }

  private askClients(): Promise<Clients | null> {
    const asked: Asked = { at: performance.now(), isAnswered: false, clients: clientsAt(this.port) };
    this.asked = asked;
    asked.clients.then(
      () => (asked.isAnswered = true),
      () => (asked.isAnswered = true),
    );
    return asked.clients;
  }

  /** The kernel's answer that knows of this socket, from just now. */
  private clientsSince(socket: Socket): Promise<Clients | null> {
    const { asked } = this;
    const isOld = asked?.isAnswered === true && performance.now() - asked.at >= ASK_AGAIN_MS;
    const knows = asked !== null && asked.at > (this.open.get(socket) ?? Infinity);
    return knows && !isOld ? asked.clients : this.askClients();
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
      this.forward(socket, performance.now(), () => {
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
    const upstream = connectContainer(target, this.attemptMs, (connected) => {
      if (connected) {
        onSettled();
        void this.joinUnlessGone(socket, upstream);
        return;
      }
      upstream.destroy();
      if (socket.destroyed || performance.now() - since > CONNECT_FOR_MS) {
        reset(socket);
        onSettled();
      } else setTimeout(() => this.forward(socket, since, onSettled), CONNECT_AGAIN_MS);
    });
  }

  /** Many who were held may have had to wait on for the container's own queue, and some have given up since. */
  private async joinUnlessGone(socket: Socket, upstream: Socket): Promise<void> {
    if (this.ageOf(socket) >= ASK_AGAIN_MS && this.isGone(socket, await this.clientsSince(socket)))
      socket.destroy();
    if (socket.destroyed) upstream.destroy();
    else if (upstream.destroyed) reset(socket);
    else join(socket, upstream);
  }

  private answer(socket: Socket): void {
    this.refused += 1;
    if (this.kind === 'tcp') endUnspoken(socket);
    else if (this.pages) this.pages.answer(socket);
    else sayUnread(socket, unavailable(this.page));
  }
}
