import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { eventually } from '../harness/eventually';
import { output, run } from '../harness/run';
import { authorityBinary } from './binaries';
import { Front } from './front';

export const PRODUCTION = 'acme-v02.api.letsencrypt.org';
export const STAGING = 'acme-staging-v02.api.letsencrypt.org';

/** Production once more, as the authority of one's own that nobody has heard of. */
export const PRIVATE = 'ca.home.arpa';

const MANAGEMENT = 'http://127.0.0.1:8055';
/** An address that nobody has and that is refused at once. */
export const NOWHERE = '192.0.2.1';

export interface AuthorityOptions {
  /** Port at which the authority looks for the HTTP challenge, and for the TLS one. */
  web: number;
  webSecure: number;
  /** Seconds that its certificates are good for. Default: 90 days. */
  validity?: number;
  /** It refuses these names whatever they prove. */
  blocked?: string[];
}

/**
 * Let's Encrypt as a host sees it, production and staging: both names, a DNS server for every invented name, HTTP-01
 * and the rest. Only in namespaces of one's own: names and resolver of the whole host lead to it.
 */
export class TestAuthority {
  private constructor(
    readonly front: Front,
    /** PEM: who trusts it trusts the authority's own connection. */
    readonly root: string,
    private readonly processes: ChildProcess[],
    private readonly folder: string,
  ) {}

  static async start(options: AuthorityOptions): Promise<TestAuthority> {
    const folder = await mkdtemp(join(tmpdir(), 'itsup-e2e-authority-'));
    const { cert, key, root } = await makeCertificates(folder);
    const processes = [
      await start(folder, 'pebble-challtestsrv', [
        ...['-dnsserver', '127.0.0.1:53', '-management', '127.0.0.1:8055'],
        ...[
          '-doh',
          '',
          '-http01',
          '',
          '-https01',
          '',
          '-tlsalpn01',
          '',
          '-defaultIPv4',
          '',
          '-defaultIPv6',
          '',
        ],
      ]),
    ];
    const ports = { [PRODUCTION]: 14000, [STAGING]: 14001, [PRIVATE]: 14000 };
    for (const port of new Set(Object.values(ports))) {
      const file = join(folder, `${port}.json`);
      await writeFile(file, JSON.stringify(pebble(folder, port, options)));
      processes.push(
        await start(folder, 'pebble', ['-config', file, '-dnsserver', '127.0.0.1:53'], `${port}`),
      );
    }
    await lead(
      '/etc/hosts',
      join(folder, 'hosts'),
      `127.0.0.1 localhost ${PRODUCTION} ${STAGING} ${PRIVATE}\n::1 localhost\n`,
    );
    await lead('/etc/resolv.conf', join(folder, 'resolv.conf'), 'nameserver 127.0.0.1\n');
    const front = new Front({ cert, key }, ports);
    await front.listen();
    await eventually(async () => {
      await fetch(`${MANAGEMENT}/clear-request-history`, { method: 'POST', body: '{}' });
      for (const port of [15000, 15001])
        await output('curl', ['--silent', '--fail', '--insecure', `https://127.0.0.1:${port}/roots/0`]);
    });
    return new TestAuthority(front, root, processes, folder);
  }

  /** Where a name leads from now on; null: nowhere, it has no address. */
  async setAddress(name: string, address: string | null): Promise<void> {
    await manage('clear-a', { host: name });
    if (address !== null) await manage('add-a', { host: name, addresses: [address] });
  }

  /** What the authority, or its DNS server, said. */
  async log(): Promise<string> {
    const logs = await Promise.all(
      ['14000', '14001'].map((name) => readFile(join(this.folder, `${name}.log`), 'utf8')),
    );
    return logs.join('\n');
  }

  async close(): Promise<void> {
    await this.front.close();
    for (const child of this.processes) child.kill();
    for (const file of ['/etc/hosts', '/etc/resolv.conf']) await run('umount', [file]);
    await rm(this.folder, { recursive: true, force: true });
  }
}

function pebble(folder: string, port: number, options: AuthorityOptions): unknown {
  const { web, webSecure, validity = 90 * 24 * 3600, blocked = [] } = options;
  return {
    pebble: {
      listenAddress: `127.0.0.1:${port}`,
      managementListenAddress: `127.0.0.1:${port + 1000}`,
      certificate: join(folder, 'cert.pem'),
      privateKey: join(folder, 'key.pem'),
      httpPort: web,
      tlsPort: webSecure,
      ocspResponderURL: '',
      domainBlocklist: blocked,
      retryAfter: { authz: 1, order: 1 },
      profiles: { default: { description: 'the only one', validityPeriod: validity } },
    },
  };
}

async function manage(path: string, body: unknown): Promise<void> {
  const { ok, status } = await fetch(`${MANAGEMENT}/${path}`, { method: 'POST', body: JSON.stringify(body) });
  if (!ok) throw new Error(`the DNS server answered ${status} to ${path}`);
}

async function start(
  folder: string,
  name: 'pebble' | 'pebble-challtestsrv',
  args: string[],
  as: string = name,
): Promise<ChildProcess> {
  const log = await open(join(folder, `${as}.log`), 'w');
  const child = spawn(authorityBinary(name), args, {
    stdio: ['ignore', log.fd, log.fd],
    env: { ...process.env, PEBBLE_VA_NOSLEEP: '1', PEBBLE_WFE_NONCEREJECT: '0', PEBBLE_AUTHZREUSE: '0' },
  });
  await log.close();
  return child;
}

/** Puts a text in the place of a file of the host's, in this mount namespace alone. */
async function lead(file: string, own: string, text: string): Promise<void> {
  await writeFile(own, text);
  await output('mount', ['--bind', own, file]);
}

async function makeCertificates(folder: string): Promise<{ cert: string; key: string; root: string }> {
  const at = (name: string): string => join(folder, name);
  const openssl = (...args: string[]): Promise<string> => output('openssl', args);
  await openssl(
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', '-subj', '/CN=Test root'],
    ...['-keyout', at('root.key'), '-out', at('root.pem')],
  );
  await openssl(
    ...['req', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=authority'],
    ...['-keyout', at('key.pem'), '-out', at('request.pem')],
  );
  await writeFile(
    at('names'),
    [PRODUCTION, STAGING, PRIVATE, 'localhost'].reduce(
      (names, name) => `${names},DNS:${name}`,
      'subjectAltName=IP:127.0.0.1',
    ),
  );
  await openssl(
    ...['x509', '-req', '-in', at('request.pem'), '-CA', at('root.pem'), '-CAkey', at('root.key')],
    ...['-CAcreateserial', '-days', '30', '-extfile', at('names'), '-out', at('cert.pem')],
  );
  const [cert = '', key = '', root = ''] = await Promise.all(
    ['cert.pem', 'key.pem', 'root.pem'].map((name) => readFile(at(name), 'utf8')),
  );
  return { cert, key, root };
}
