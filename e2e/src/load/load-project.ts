import { join } from 'node:path';
import { stringify } from 'yaml';

import { REPOSITORY } from '../harness/repository';
import type { TestWorkspace } from '../harness/workspace/workspace';

/** The backend as an operator's project; `version` alone is no default, every change has another one. */
export interface LoadProject {
  version: string;
  /** Of the Compose project; default: the folder's. */
  composeName?: string;
  /** Default `node:20-slim`. */
  image?: string;
  /** Of the ingress row; default `[load.test]`. */
  domains?: string[];
  /** That TCP over TLS goes by. Default: `SNI_NAME`. */
  sniName?: string;
  /** HTTP port of the backend; TCP is on the next one, UDP on the one after. Default 8080. */
  port?: number;
  replicas?: number;
  /** See `backend/server.js`. */
  broken?: 'exit' | 'unhealthy' | 'deaf';
  /** Ports of the host for TCP and UDP. */
  hostports?: { tcp: number; udp: number };
  /** Where the backends report POSTs. */
  ledgerPort: number;
  /** Seconds that what is open gets. Default 6. */
  drainSeconds?: number;
  /** It writes into a volume, so it is recreated and not rolled. */
  writable?: boolean;
  /** Milliseconds from its start until its ports answer and its check succeeds. */
  listenAfterMs?: number;
  /** Of its health check; default `1s`. */
  interval?: string;
  /** Restart policy; default none, so that what ends at start stays ended. */
  restart?: 'always';
}

/** The name that TCP over TLS goes by, on the entry point of HTTPS. */
export const SNI_NAME = 'line.load.test';

/** The name that containers know the host by. */
const gateway = 'host.docker.internal';

/** Writes the project's Compose and ingress file. */
export async function writeLoadProject(
  workspace: TestWorkspace,
  name: string,
  project: LoadProject,
): Promise<void> {
  const { version, port = 8080, domains = ['load.test'], hostports } = project;
  const [main, ...sans] = domains;
  const compose = {
    ...(project.composeName !== undefined && { name: project.composeName }),
    services: {
      web: {
        image: project.image ?? 'node:20-slim',
        command: ['node', '/app/server.js'],
        extra_hosts: [`${gateway}:host-gateway`],
        volumes: [
          `${join(REPOSITORY, 'e2e/src/load/backend')}:/app:ro`,
          ...(project.writable ? ['data:/data'] : []),
        ],
        environment: {
          VERSION: version,
          PORT: String(port),
          BROKEN: project.broken ?? '',
          ...(project.listenAfterMs ? { LISTEN_AFTER: String(project.listenAfterMs) } : {}),
          LEDGER: `http://${gateway}:${project.ledgerPort}`,
        },
        deploy: { replicas: project.replicas ?? 1 },
        ...(project.restart ? { restart: project.restart } : {}),
        healthcheck: {
          test: ['CMD-SHELL', 'test -f /tmp/ready && test ! -f /tmp/drain'],
          interval: project.interval ?? '1s',
          timeout: '10s',
          retries: 5,
        },
        'x-itsup': { drain: { deadline: project.drainSeconds ?? 6 } },
      },
    },
    ...(project.writable ? { volumes: { data: {} } } : {}),
  };
  const rows = [
    { service: 'web', ...(sans.length > 0 ? { tls: { main, sans } } : { domain: main }), port },
    {
      service: 'web',
      router: 'tcp',
      domain: project.sniName ?? SNI_NAME,
      port: port + 1,
      proxyprotocol: null,
    },
    ...(hostports
      ? [
          { service: 'web', router: 'tcp', port: port + 1, hostport: hostports.tcp, proxyprotocol: null },
          { service: 'web', router: 'udp', port: port + 2, hostport: hostports.udp },
        ]
      : []),
  ];
  await workspace.write(`projects/${name}/docker-compose.yml`, stringify(compose));
  await workspace.write(`projects/${name}/ingress.yml`, stringify({ ingress: rows }));
}
