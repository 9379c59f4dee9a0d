import { createServer, type Http2Server, type ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';

/** Seconds after which it is worth another try. */
const RETRY_AFTER = '10';

/** The answer to who waited too long, as a server says it in HTTP/1.1. */
export function unavailable(page: string): string {
  return [
    'HTTP/1.1 503 Service Unavailable',
    'Content-Type: text/html; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(page)}`,
    `Retry-After: ${RETRY_AFTER}`,
    'Cache-Control: no-store',
    'Connection: close',
    '',
    page,
  ].join('\r\n');
}

/** The same for connections that speak HTTP/2 from their first byte: to all requests that they carry. */
export class PageServer {
  private readonly server: Http2Server;
  private readonly sessions = new Set<ServerHttp2Session>();

  /** @param pageOf asked for each request */
  constructor(pageOf: () => string) {
    this.server = createServer((request, response) => {
      request.resume();
      response.writeHead(503, {
        'content-type': 'text/html; charset=utf-8',
        'retry-after': RETRY_AFTER,
        'cache-control': 'no-store',
      });
      response.end(pageOf());
    });
    this.server.on('session', (session) => {
      this.sessions.add(session);
      session.on('close', () => this.sessions.delete(session));
      session.on('error', () => undefined);
    });
    this.server.on('sessionError', () => undefined);
  }

  /** Answers on a connection of which nothing was read. */
  answer(socket: Socket): void {
    // What it says is read by the session, which takes the socket over before anything of it comes here.
    socket.resume();
    this.server.emit('connection', socket);
  }

  close(): void {
    for (const session of this.sessions) session.destroy();
  }
}
