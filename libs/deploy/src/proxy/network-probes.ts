import { get as httpGet } from 'node:http';
import { connect } from 'node:net';

import type { HttpGet } from '@itsup/traefik';
import { NoAnswer } from '@itsup/rollout';

/** A thousand routers are some megabytes of Traefik's raw data; what is larger is no answer to us. */
const largestBody = 64 * 1024 * 1024;

/** One GET on a connection of its own. */
export const getText: HttpGet = (url, { timeoutMs, headers, headOnly = false }) =>
  new Promise((resolve, reject) => {
    const request = httpGet(url, { agent: false, ...(headers && { headers }) }, (response) => {
      const status = response.statusCode ?? 0;
      if (headOnly) {
        end(() => resolve({ status, body: '' }));
        return;
      }
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > largestBody)
          end(() => reject(new Error(`its answer is larger than ${largestBody} bytes`)));
        else chunks.push(chunk);
      });
      response.on('end', () => end(() => resolve({ status, body: Buffer.concat(chunks).toString('utf8') })));
      response.on('error', (error) => end(() => reject(error)));
    });
    // Node's own time-out counts idle time only, and an answer may trickle for ever.
    const timer = setTimeout(() => end(() => reject(new NoAnswer(timeoutMs))), timeoutMs);
    const end = (act: () => void): void => {
      clearTimeout(timer);
      act();
      request.destroy();
    };
    request.on('error', (error) => end(() => reject(error)));
  });

/** Opens a TCP connection and closes it; false when refused or timed out. */
export function tcpProbe(address: string, port: number, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: timeoutMs });
    const end = (open: boolean) => () => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', end(true)).once('timeout', end(false)).once('error', end(false));
  });
}
