import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** How a generated tree looks. */
export interface TreeOptions {
  /** Number of projects. */
  projects: number;
  /** Prefix of the project names, so that two trees can share an engine. */
  prefix?: string;
  /** The image of every service; it must be there already when the tree is deployed. */
  image?: string;
  /** First host port of the rows that ask for one. */
  firstHostport?: number;
  /** Two services a project and no restarts: what an engine is to run by the dozen. */
  small?: boolean;
  /** Ports of the proxy. */
  entryPoints?: { web: number; webSecure: number };
  /** Without the honeypot: its rules for the host's packet filter would outlive the stacks. Default: with it. */
  dns?: boolean;
}

/** A file of a generated tree: its path below the workspace root, and its text. */
export interface TreeFile {
  path: string;
  text: string;
}

/**
 * The files of `projects/` for a tree of realistic projects: two to four services each, a database with a volume among
 * them, every routing mode, one external host in twenty, an egress edge in every seventh project. The same options give
 * the same bytes.
 */
export function treeFiles(options: TreeOptions): TreeFile[] {
  const prefix = options.prefix ?? 'site';
  const files: TreeFile[] = [{ path: 'projects/itsup.yml', text: settings(options) }];
  for (let index = 0; index < options.projects; index++) {
    files.push(...projectFiles(index, prefix, options));
  }
  return files;
}

/**
 * Writes a tree below a workspace root.
 *
 * @param root the workspace root; folders are made as needed
 */
export async function writeTree(root: string, options: TreeOptions): Promise<void> {
  for (const file of treeFiles(options)) {
    const path = join(root, file.path);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, file.text);
  }
}

/** The name of project `index`; four digits, so that names sort as numbers do. */
export function projectName(index: number, prefix = 'site'): string {
  return `${prefix}-${String(index).padStart(4, '0')}`;
}

function settings({ entryPoints, dns }: TreeOptions): string {
  const { web, webSecure } = entryPoints ?? { web: 8080, webSecure: 8443 };
  return `traefik:
  domain: traefik.bench.example
  entryPoints:
    web: ${web}
    web-secure: ${webSecure}
letsencrypt:
  email: ops@bench.example
dns:
  enabled: ${dns ?? true}
`;
}

const EXTERNAL_EVERY = 20;
const EGRESS_EVERY = 7;

function projectFiles(index: number, prefix: string, options: TreeOptions): TreeFile[] {
  const name = projectName(index, prefix);
  const folder = `projects/${name}`;
  if (index % EXTERNAL_EVERY === EXTERNAL_EVERY - 1) {
    return [{ path: `${folder}/ingress.yml`, text: externalIngress(name, index) }];
  }
  return [
    { path: `${folder}/docker-compose.yml`, text: compose(name, index, options) },
    { path: `${folder}/ingress.yml`, text: ingress(name, index, prefix, options.firstHostport ?? 20000) },
  ];
}

function externalIngress(name: string, index: number): string {
  return `host: 192.168.${index % 250}.10
ingress:
  - domain: ${name}.bench.example
    port: 8123
`;
}

function compose(name: string, index: number, options: TreeOptions): string {
  const services = [
    service('web', { APP_NAME: name, DATABASE_HOST: 'db' }, options),
    service('db', {}, options),
  ];
  if (index % 2 === 0 && !options.small) services.push(service('worker', { QUEUE: 'default' }, options));
  if (index % 3 === 0 && !options.small) services.push(service('cache', {}, options));
  return `services:\n${services.join('')}volumes:\n  data:\n`;
}

/** What the rows lead to: a deploy asks whether somebody listens there. */
const PORTS = [8080, 8443, 5432];

function service(name: string, environment: Record<string, string>, { image, small }: TreeOptions): string {
  const variables = Object.entries({ ...environment, TZ: 'UTC' })
    .map(([key, value]) => `      ${key}: ${value}\n`)
    .join('');
  return `  ${name}:
    image: ${image ?? 'busybox:stable'}
    command: ["sh", "-c", "for port in ${PORTS.join(' ')}; do httpd -p $$port; done; exec sleep 1000000"]
    init: true
    restart: ${small ? '"no"' : 'unless-stopped'}
    stop_grace_period: 1s
    environment:
${variables}    labels:
      backup: "daily"
    logging:
      driver: json-file
      options: { max-size: 10m, max-file: "3" }
${name === 'db' ? '    volumes: [data:/var/lib/data]\n' : ''}`;
}

/** One shape of ingress a remainder, so that every routing mode is in every tree of ten or more. */
function ingress(name: string, index: number, prefix: string, firstHostport: number): string {
  const domain = `${name}.bench.example`;
  const hostport = firstHostport + index;
  const rows: Record<number, string> = {
    0: `  - service: web\n    domain: ${domain}\n    port: 8080\n`,
    1: `  - service: web\n    tls:\n      main: ${domain}\n      sans: [www.${domain}, m.${domain}]\n    port: 8080\n`,
    2: `  - service: web\n    domain: ${domain}\n    path_prefix: /api\n    path_remove: true\n    port: 8080\n`,
    3: `  - service: web\n    domain: ${domain}\n    port: 8080\n    allow_source_ips: [10.0.0.0/8]\n`,
    4: `  - service: db\n    router: tcp\n    hostport: ${hostport}\n    port: 5432\n    proxyprotocol: null\n`,
    5: `  - service: db\n    router: tcp\n    domain: ${domain}\n    port: 5432\n    proxyprotocol: 2\n`,
    6: `  - service: web\n    router: tcp\n    domain: ${domain}\n    passthrough: true\n    port: 8443\n    proxyprotocol: null\n`,
    7: `  - service: db\n    router: udp\n    protocol: udp\n    hostport: ${hostport}\n    port: 53\n`,
    8: `  - service: web\n    router: http\n    hostport: ${hostport}\n    port: 8080\n`,
    9: `  - service: web\n    domain: ${domain}\n    port: 8080\n    middleware: [rate-limit]\n    sticky: true\n`,
  };
  const provider = index - 1;
  const hasEdge = index % EGRESS_EVERY === 3 && provider % EXTERNAL_EVERY !== EXTERNAL_EVERY - 1;
  const egress = hasEdge ? `egress: ["${projectName(provider, prefix)}:db"]\n` : '';
  return `ingress:\n${rows[index % 10] ?? ''}${egress}`;
}
