import { request } from 'node:http';

import { DockerError } from '../fault/docker-error';

const TIMEOUT_MS = 60_000;

/**
 * One request to the engine's API over its socket, for what the command cannot say, or says one object at a time.
 * @returns the parsed answer; null: an empty one
 * @throws DockerError where there is no socket on this host, or for the engine's refusal
 */
export async function askEngine(
  endpoint: string,
  method: 'GET' | 'POST',
  path: string,
  body?: unknown,
): Promise<unknown> {
  const socketPath = /^unix:\/\/(.+)$/.exec(endpoint)?.[1];
  const title = `${method} ${path.split('?')[0] ?? path}`;
  const failure = (stderr: string): DockerError =>
    new DockerError({ code: 'command-failed', command: title, exitCode: null, stderr });
  if (socketPath === undefined) throw failure(`the engine at ${endpoint} has no socket on this host`);
  const text = body === undefined ? '' : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        socketPath,
        path,
        method,
        headers: {
          host: 'docker',
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(text),
        },
        timeout: TIMEOUT_MS,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', (error) => reject(failure(error.message)));
        response.on('end', () => {
          const answer = Buffer.concat(chunks).toString('utf8');
          const status = response.statusCode ?? 0;
          if (status >= 400) reject(failure(answer.trim() || `status ${status}`));
          else resolve(answer === '' ? null : JSON.parse(answer));
        });
      },
    );
    sent.on('timeout', () => sent.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)));
    sent.on('error', (error) => reject(failure(error.message)));
    sent.end(text);
  });
}

/** A POST of `askEngine`. */
export function postToEngine(endpoint: string, path: string, body: unknown): Promise<unknown> {
  return askEngine(endpoint, 'POST', path, body);
}
