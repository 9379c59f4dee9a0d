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
    // Cheap, because a dozen of them run beside each other; the server writes the file when it listens everywhere.
    healthcheck: {
      test: ['CMD', 'test', '-f', '/tmp/ready'],
      interval: '1s',
      timeout: '20s',
      retries: 3,
      start_period: '60s',
    },
  };
}
