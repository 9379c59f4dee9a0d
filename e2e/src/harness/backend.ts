import { join } from 'node:path';
import { REPOSITORY } from './repository';
import { output } from './run';

/** Ports of `e2e/backend`, a server of every kind that a route can lead to. */
export const BACKEND = { http: 8080, https: 8443, tcp: 7001, proxyProtocol: 7002, udp: 7003 };

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
}

/** Builds the image of `e2e/backend` under a tag that `removeProjects(prefix)` removes. */
export async function buildBackend(prefix: string): Promise<string> {
  const image = `${prefix}backend`;
  await output('docker', ['build', '--quiet', '--tag', image, join(REPOSITORY, 'e2e/backend')]);
  return image;
}

/** A Compose service that runs the image and answers with `name`. */
export function backendService(image: string, name: string): Record<string, unknown> {
  return {
    image,
    environment: { NAME: name },
    healthcheck: {
      test: [
        'CMD',
        'node',
        '-e',
        `fetch('http://127.0.0.1:${BACKEND.http}').then((r) => process.exit(r.ok ? 0 : 1))`,
      ],
      interval: '2s',
      timeout: '20s',
      retries: 3,
    },
  };
}
