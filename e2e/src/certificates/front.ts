import { request as httpsRequest, createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';

/**
 * Answers at Let's Encrypt's names for the test authority, and counts and refuses what an authority with limits would.
 */
export class Front {
  private readonly server: Server;
  private readonly counts = new Map<string, number>();
  private limited = 0;
  private isDown = false;

  /** @param backends port of the authority by the name that is asked for */
  constructor(
    tls: { cert: string; key: string },
    private readonly backends: Readonly<Record<string, number>>,
  ) {
    this.server = createServer(tls, (incoming, outgoing) => {
      this.answer(incoming, outgoing).catch((error: unknown) => {
        outgoing.writeHead(502).end(String(error));
      });
    });
  }

  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject).listen(443, '127.0.0.1', resolve);
    });
  }

  /** Orders since the last call, by what they were for: names joined by commas, sorted. */
  takeOrders(): Record<string, number> {
    const taken = Object.fromEntries([...this.counts].sort(([a], [b]) => (a < b ? -1 : 1)));
    this.counts.clear();
    return taken;
  }

  /** So many orders are refused as one too many. */
  limit(orders: number): void {
    this.limited = orders;
  }

  /** The authority does not answer, or answers again. */
  setDown(isDown: boolean): void {
    this.isDown = isDown;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const host = incoming.headers.host ?? '';
    const port = this.backends[host];
    if (port === undefined || this.isDown) {
      outgoing.writeHead(503).end();
      return;
    }
    const body = await buffer(incoming);
    const path = incoming.url === '/directory' ? '/dir' : (incoming.url ?? '/');
    const isOrder = path === '/order-plz' && incoming.method === 'POST';
    if (isOrder && this.limited > 0) {
      this.limited -= 1;
      this.count(body);
      this.refuse(outgoing);
      return;
    }
    const { status, type } = await forward({ incoming, outgoing, port, path, body });
    // A stale nonce is no answer to the order: the client sends it again with the one that came along.
    if (isOrder && !(status === 400 && type === BAD_NONCE)) this.count(body);
  }

  private count(body: Buffer): void {
    const { payload } = JSON.parse(body.toString('utf8')) as { payload: string };
    const order = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as {
      identifiers: { value: string }[];
    };
    const names = order.identifiers
      .map(({ value }) => value)
      .sort()
      .join(',');
    this.counts.set(names, (this.counts.get(names) ?? 0) + 1);
  }

  /** In Let's Encrypt's words. */
  private refuse(outgoing: ServerResponse): void {
    const until = `${new Date(Date.now() + 3_600_000).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
    // No nonce: the client would sign its next order with it.
    outgoing.writeHead(429, { 'content-type': 'application/problem+json' }).end(
      JSON.stringify({
        type: 'urn:ietf:params:acme:error:rateLimited',
        detail: `too many failed authorizations (5) for this name in the last 1h0m0s, retry after ${until}: see https://letsencrypt.org/docs/rate-limits/`,
        status: 429,
      }),
    );
  }
}

interface Forwarded {
  incoming: IncomingMessage;
  outgoing: ServerResponse;
  port: number;
  path: string;
  body: Buffer;
}

const BAD_NONCE = 'urn:ietf:params:acme:error:badNonce';

/** @returns the status of the answer, and of an error its type */
function forward({ incoming, outgoing, port, path, body }: Forwarded): Promise<Answer> {
  return new Promise((resolve, reject) => {
    httpsRequest(
      {
        ...{ host: '127.0.0.1', port, path, method: incoming.method, headers: incoming.headers },
        rejectUnauthorized: false,
        agent: false,
      },
      (answer) => {
        const status = answer.statusCode ?? 502;
        buffer(answer).then((text) => {
          outgoing.writeHead(status, answer.headers).end(text);
          resolve({ status, type: status < 400 ? null : typeOf(text) });
        }, reject);
      },
    )
      .once('error', reject)
      .end(body);
  });
}

interface Answer {
  status: number;
  /** Of a problem; null: it is none. */
  type: string | null;
}

function typeOf(problem: Buffer): string | null {
  try {
    return (JSON.parse(problem.toString('utf8')) as { type?: string }).type ?? null;
  } catch {
    return null;
  }
}
