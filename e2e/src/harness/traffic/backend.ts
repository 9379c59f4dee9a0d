import { join } from 'node:path';
import { http } from './clients';
import { containersOf } from '../engine/engine';
import { eventually } from '../eventually';
import { REPOSITORY } from '../repository';
import { output } from '../run';

/** Ports of `e2e/backend`, a server of every kind that a route can lead to. */
export const BACKEND = { http: 8080, h2c: 8081, https: 8443, tcp: 7001, proxyProtocol: 7002, udp: 7003 };

/** Subject of the certificate that `e2e/backend` answers with where TLS is not terminated before it. */
export const BACKEND_CERTIFICATE = 'backend';

/** What `e2e/backend` answers over HTTP. */
export interface BackendAnswer {
  /** Of the Compose service, as `backendService` was told. */
  name: string;
  /** Of the container: tells replicas apart. */
  hostname: string;
  url: string;
  headers: Record<string, string>;
  tls: boolean;
  /** Version that Traefik spoke. */
  http: string;
}

/** Builds the image of `e2e/backend` under a tag that `removeProjects(prefix)` removes. */
export async function buildBackend(prefix: string): Promise<string> {
  const image = `${prefix}backend`;
  await output('docker', ['build', '--quiet', '--tag', image, join(REPOSITORY, 'e2e/backend')]);
  return image;
}

/**
 * A Compose service that runs the image and answers with `name`. Without a health check: a dozen of them beside each
 * other would keep a small machine busy; `backendsListening` waits instead.
 */
export function backendService(image: string, name: string): Record<string, unknown> {
  return { image, environment: { NAME: name } };
}

/** Resolves when every container of these Compose projects answers; each runs `e2e/backend`. */
export async function backendsListening(projects: string[]): Promise<void> {
  const containers = (await Promise.all(projects.map(containersOf))).flat();
  await Promise.all(
    containers.map(({ addresses }) => {
      const address = Object.values(addresses).find(Boolean);
      return eventually(() => http({ address, port: BACKEND.http, host: 'localhost' }), {
        timeoutMs: 60_000,
      });
    }),
  );
}
