import { cp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { REPOSITORY } from '../repository';
import type { TestWorkspace } from '../workspace/workspace';

const FIXTURE = join(REPOSITORY, 'e2e/fixtures/tcp-socket-proxy');
const TEMPLATES = 'templates/proxy';

/**
 * Lets the workspace deploy the proxy as versions did that had the socket proxy on TCP, Traefik as root and its API
 * open on 127.0.0.1:8082: by their templates, word for word.
 *
 * @returns gives the workspace today's templates again
 */
export async function withTcpSocketProxy(workspace: TestWorkspace): Promise<() => Promise<void>> {
  await cp(FIXTURE, join(workspace.root, TEMPLATES), { recursive: true });
  return async () => {
    for (const name of await readdir(FIXTURE))
      await cp(join(REPOSITORY, TEMPLATES, name), join(workspace.root, TEMPLATES, name));
  };
}
