import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { performance } from 'node:perf_hooks';

import type { HttpProfile } from './profile';
import type { Counter } from './tally';

export interface HttpTraffic {
  send(due: number): void;
  /** Ids of the POSTs that were answered. */
  answered: Set<string>;
  close(): void;
}

/**
 * @param expectedVersion the version that requests which start now have to be answered by; null: any
 */
export function httpTraffic(
  profile: HttpProfile,
  counter: Counter,
  expectedVersion: () => string | null,
): HttpTraffic {
  const secure = profile.origin.startsWith('https:');
  const options = { keepAlive: profile.keepAlive, maxSockets: Infinity, maxFreeSockets: 64 };
  const agent = secure
    ? new HttpsAgent({ ...options, rejectUnauthorized: false, servername: profile.host })
    : new HttpAgent(options);
  const start = secure ? httpsRequest : httpRequest;
  const answered = new Set<string>();

  const send = (due: number): void => {
    counter.begin();
    const expected = expectedVersion();
    const post = profile.method === 'POST';
    const body = post ? randomBytes(2048) : null;
    const id = randomUUID();
    let settled = false;
    const settle = (failure: string | null, version = ''): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      if (failure !== null) counter.fail(failure);
      else counter.succeed(version, performance.now() - due);
    };
    const request = start(
      `${profile.origin}${profile.path ?? '/'}`,
      {
        agent,
        method: post ? 'POST' : 'GET',
        headers: { host: profile.host, ...(body ? { 'x-id': id, 'content-length': body.length } : {}) },
      },
      (response: IncomingMessage) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', (error) => settle(reasonOf(error)));
        response.on('close', () => settle('cut off'));
        response.on('end', () => {
          if (!response.complete) return settle('cut off');
          const status = response.statusCode ?? 0;
          if (status < 200 || status > 299) return settle(String(status));
          const version = String(response.headers['x-version'] ?? '');
          if (expected !== null && version !== expected) return settle('wrong version');
          if (body && Buffer.concat(chunks).toString() !== createHash('sha256').update(body).digest('hex')) {
            return settle('wrong body');
          }
          if (body) answered.add(id);
          settle(null, version);
        });
      },
    );
    const timer = setTimeout(() => {
      settle('timeout');
      request.destroy();
    }, profile.timeoutMs ?? 10_000);
    request.on('error', (error) => settle(reasonOf(error)));
    request.end(body ?? undefined);
  };
  return { send, answered, close: () => agent.destroy() };
}

/** `ECONNRESET`, or the message where there is no code. */
export function reasonOf(error: Error): string {
  return (error as NodeJS.ErrnoException).code ?? error.message;
}
