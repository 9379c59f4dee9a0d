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
  const sent = body === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(body));
  const answer = (await exchange(endpoint, method, path, sent, 'application/json')).toString('utf8');
  return answer === '' ? null : JSON.parse(answer);
}

/**
 * The file or folder of a container as the engine archives it: a tar; null: there is none.
 * @throws DockerError, as `askEngine`
 */
export async function readArchive(endpoint: string, id: string, path: string): Promise<Buffer | null> {
  const query = `/containers/${id}/archive?path=${encodeURIComponent(path)}`;
  return exchange(endpoint, 'GET', query, Buffer.alloc(0), 'application/json').catch((error: unknown) => {
    if (error instanceof NotThere) return null;
    throw error;
  });
}

/** Extracts a tar at the root of a container's file system; folders that are not there are made. */
export async function writeArchive(endpoint: string, id: string, tar: Buffer): Promise<void> {
  await exchange(endpoint, 'PUT', `/containers/${id}/archive?path=%2F`, tar, 'application/x-tar');
}

/** The engine's answer 404. */
class NotThere extends DockerError {}

async function exchange(
  endpoint: string,
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  body: Buffer,
  contentType: string,
): Promise<Buffer> {
  const socketPath = /^unix:\/\/(.+)$/.exec(endpoint)?.[1];
  const title = `${method} ${path.split('?')[0] ?? path}`;
  const failure = (stderr: string, status = 0): DockerError => {
    const Failure = status === 404 ? NotThere : DockerError;
    return new Failure({ code: 'command-failed', command: title, exitCode: null, stderr });
  };
  if (socketPath === undefined) throw failure(`the engine at ${endpoint} has no socket on this host`);
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        socketPath,
        path,
        method,
        headers: {
          host: 'docker',
          'content-type': contentType,
          'content-length': body.length,
        },
        timeout: TIMEOUT_MS,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', (error) => reject(failure(error.message)));
        response.on('end', () => {
          const answer = Buffer.concat(chunks);
          const status = response.statusCode ?? 0;
          if (status >= 400) reject(failure(answer.toString('utf8').trim() || `status ${status}`, status));
          else resolve(answer);
        });
      },
    );
    sent.on('timeout', () => sent.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)));
    sent.on('error', (error) => reject(failure(error.message)));
    sent.end(body);
  });
}

/** A POST of `askEngine`. */
export function postToEngine(endpoint: string, path: string, body: unknown): Promise<unknown> {
  return askEngine(endpoint, 'POST', path, body);
}
