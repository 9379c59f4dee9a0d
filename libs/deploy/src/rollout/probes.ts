import { get as httpGet } from 'node:http';
import { connect } from 'node:net';

import type { HttpGet } from './types';

/**
 * GET over a connection of its own. A kept connection to a container would look like a request under way when it drains.
 *
 * @returns status and body; redirects are not followed
 */
export const getOnce: HttpGet = (url, { timeoutMs, headers }) =>
  new Promise((resolve, reject) => {
    const request = httpGet(
      url,
      { agent: false, headers: { connection: 'close', ...headers } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
        );
      },
    );
    // The whole answer has to come in time, not only its next byte.
    const timer = setTimeout(() => request.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    request.on('error', reject);
    request.on('close', () => clearTimeout(timer));
  });

/** Whether something accepts TCP connections there. */
export function acceptsTcp(address: string, port: number, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, address);
    const settle = (accepts: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(accepts);
    };
    const timer = setTimeout(() => settle(false), timeoutMs);
    socket.on('connect', () => settle(true));
    socket.on('error', () => settle(false));
  });
}
