import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface FakeEngine {
  /** Path of its socket. */
  socket: string;
  /** What it was asked, in order. */
  asked: string[];
  close(): Promise<void>;
}

/** What it says to a question, by its path without the version; absent: 404. A function answers by itself. */
export type FakeEngineAnswers = Record<string, unknown | ((response: ServerResponse) => void)>;

/** An engine's API on a socket of its own that gives recorded answers. */
export async function fakeEngine(answers: FakeEngineAnswers, apiVersion = '1.41'): Promise<FakeEngine> {
  const folder = mkdtempSync(join(tmpdir(), 'fake-engine-'));
  const socket = join(folder, 'docker.sock');
  const asked: string[] = [];
  const answer = ({ url = '' }: IncomingMessage, response: ServerResponse): void => {
    asked.push(decodeURIComponent(url));
    const found = answers[(url.split('?')[0] ?? '').replace(/^\/v[\d.]+/, '')];
    if (url === '/_ping') response.setHeader('api-version', apiVersion).end('OK');
    else if (typeof found === 'function') (found as (response: ServerResponse) => void)(response);
    else if (found === undefined) response.writeHead(404).end('{"message":"no such thing"}');
    else response.end(JSON.stringify(found));
  };
  const server: Server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return {
    socket,
    asked,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true });
    },
  };
}
