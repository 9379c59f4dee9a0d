import { connect, type PeerCertificate, type TLSSocket } from 'node:tls';
import { stringify } from 'yaml';

import { BUSYBOX } from '../harness/engine/images';
import { eventually } from '../harness/eventually';
import { output, type Run } from '../harness/run';
import { createWorkspace, type TestWorkspace } from '../harness/workspace/workspace';
import { TestAuthority, type AuthorityOptions } from './authority';

/** Where names of this host lead. */
export const HERE = '127.0.0.1';

/** An operator's workspace, and Let's Encrypt as it sees it. */
export class Lab {
  private constructor(
    readonly workspace: TestWorkspace,
    readonly authority: TestAuthority,
  ) {}

  static async open(
    letsencrypt: Record<string, unknown> = {},
    options: Partial<AuthorityOptions> = {},
  ): Promise<Lab> {
    const workspace = await createWorkspace();
    const authority = await TestAuthority.start({ ...workspace.ports, ...options });
    const lab = new Lab(workspace, authority);
    await lab.set(letsencrypt);
    return lab;
  }

  /** Writes the settings anew: `letsencrypt` as given, and what the test needs. */
  async set(letsencrypt: Record<string, unknown> | null, more: Record<string, unknown> = {}): Promise<void> {
    const { web, webSecure } = this.workspace.ports;
    const common = { email: 'ops@shop.net', caCertificates: this.authority.root, wait: 90 };
    await this.workspace.write(
      'projects/itsup.yml',
      stringify({
        ...more,
        traefik: { entryPoints: { web, 'web-secure': webSecure } },
        ...(letsencrypt !== null && { letsencrypt: { ...common, ...letsencrypt } }),
      }),
    );
  }

  /** A project that answers at these names; each leads here unless told otherwise. */
  async project(
    name: string,
    row: Record<string, unknown>,
    { addresses = {}, version = '1' }: { addresses?: Record<string, string | null>; version?: string } = {},
  ): Promise<string> {
    const project = this.workspace.name(name);
    const folder = `projects/${project}`;
    await this.workspace.write(
      `${folder}/docker-compose.yml`,
      stringify({
        services: {
          web: {
            image: BUSYBOX,
            command: ['sh', '-c', 'mkdir -p /www; echo ok >/www/index.html; httpd -f -p 8080 -h /www'],
            init: true,
            environment: { VERSION: version },
          },
        },
      }),
    );
    await this.workspace.write(
      `${folder}/ingress.yml`,
      stringify({ ingress: [{ service: 'web', port: 8080, ...row }] }),
    );
    for (const [domain, address] of Object.entries({ ...namesOf(row), ...addresses }))
      await this.authority.setAddress(domain, address);
    return project;
  }

  deploy(...stacks: string[]): Promise<Run> {
    return this.workspace.itsup(['deploy', ...stacks], { timeoutMs: 800_000 });
  }

  /** Who signed what is served for a name; null: the handshake is refused. */
  issuer(name: string): Promise<string | null> {
    return new Promise((resolve) => {
      const socket = this.handshake(name);
      socket.once('secureConnect', () => {
        const { issuer } = socket.getPeerCertificate();
        socket.destroy();
        resolve(textOf(issuer));
      });
      socket.once('error', () => resolve(null));
    });
  }

  /** Restarts Traefik as Docker does, and waits until it answers for that name. */
  async restartTraefik(name: string): Promise<void> {
    await output('docker', ['restart', 'proxy-traefik-1']);
    await eventually(async () => {
      if ((await this.issuer(name)) === null) throw new Error('Traefik does not answer');
    });
  }

  /** A TLS connection that stays open. */
  handshake(name: string): TLSSocket {
    return connect({
      ...{ host: HERE, port: this.workspace.ports.webSecure, servername: name },
      rejectUnauthorized: false,
    });
  }

  async close(): Promise<void> {
    try {
      await this.workspace.dispose();
    } finally {
      await this.authority.close();
    }
  }
}

function textOf({ O, CN }: PeerCertificate['issuer']): string {
  return [O, CN].flat().filter(Boolean).join(' ');
}

function namesOf(row: Record<string, unknown>): Record<string, string> {
  const tls = (row['tls'] ?? {}) as { main?: string; sans?: string[] };
  const names = [row['domain'], tls.main, ...(tls.sans ?? [])].filter((name) => typeof name === 'string');
  return Object.fromEntries(names.filter((name) => !name.startsWith('*')).map((name) => [name, HERE]));
}
