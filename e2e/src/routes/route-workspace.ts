import { createHash } from 'node:crypto';
import { stringify } from 'yaml';
import { BACKEND, backendService, buildBackend } from '../harness/traffic/backend';
import { EXAMPLES } from '../harness/workspace/examples';
import { freePorts } from '../harness/traffic/ports';
import { createWorkspace, type TestWorkspace } from '../harness/workspace/workspace';

/** Addresses that the tests do not come from. */
const ELSEWHERE = ['198.51.100.0/24'];
const LOOPBACK = ['127.0.0.0/8'];

/** Who may see the dashboard. */
export const DASHBOARD = { user: 'admin', password: 'opens-the-dashboard' };

/** Folders whose containers run `e2e/backend`. */
export const BACKENDS = ['pages', 'hostports', 'udp', 'replicas', 'moving', 'pinned'];

/** Ports of the host that rows ask for. */
export interface Hostports {
  http: number;
  httpClosed: number;
  httpOpen: number;
  httpTls: number;
  tcp: number;
  tcpSni: number;
  tcpClosed: number;
  proxyV1: number;
  proxyV2: number;
  passthrough: number;
  udp: number;
  moving: number;
  externalHttp: number;
  externalTcp: number;
  externalUdp: number;
  echo: number;
}

/** Ports of servers outside Docker that external projects lead to. */
export interface ExternalPorts {
  http: number;
  tcp: number;
  udp: number;
}

export interface RouteWorkspace {
  workspace: TestWorkspace;
  ports: Hostports;
}

/**
 * A workspace that holds the examples and a row of every mode, to backends that tell who answered. Nothing is deployed
 * yet.
 */
export async function createRouteWorkspace(external: ExternalPorts): Promise<RouteWorkspace> {
  const workspace = await createWorkspace({
    projects: EXAMPLES,
    settings: { traefik: { domain: 'dashboard.localhost', admin: htpasswdLine(DASHBOARD) } },
  });
  const image = await buildBackend(workspace.prefix);
  const ports = await hostports();
  const add = async (folder: string, compose: object | null, ingress: object): Promise<void> => {
    const path = `projects/${workspace.name(folder)}`;
    if (compose) await workspace.write(`${path}/docker-compose.yml`, stringify(compose));
    await workspace.write(`${path}/ingress.yml`, stringify(ingress));
  };
  const services = (...names: string[]): { services: Record<string, unknown> } => ({
    services: Object.fromEntries(names.map((name) => [name, backendService(image, name)])),
  });

  const echo = `projects/${workspace.name('echo')}/ingress.yml`;
  await workspace.write(
    echo,
    (await workspace.read(echo)).replace('hostport: 7000', `hostport: ${ports.echo}`),
  );
  await workspace.write('projects/middlewares.yml', stringify(NAMED_MIDDLEWARES));
  await workspace.write('projects/traefik.yml', stringify(TRAEFIK_OVERRIDE));
  await add('pages', services('web', 'api'), { ingress: labelRows() });
  await add('hostports', services('web', 'tls'), { ingress: fileRows(ports) });
  await add('udp', services('server'), {
    ingress: [{ service: 'server', router: 'udp', protocol: 'udp', port: BACKEND.udp, hostport: ports.udp }],
  });
  await add('replicas', replicated(image), {
    ingress: [
      { service: 'web', domain: 'replicas.localhost', port: BACKEND.http },
      { service: 'web', domain: 'sticky.localhost', port: BACKEND.http, sticky: true },
    ],
  });
  await add('moving', services('web'), {
    ingress: [
      { service: 'web', router: 'tcp', port: BACKEND.tcp, hostport: ports.moving, proxyprotocol: null },
      { service: 'web', domain: 'moving.localhost', port: BACKEND.http },
    ],
  });
  await add('pinned', services('web'), {
    ingress: [
      {
        service: 'web',
        domain: 'pinned.localhost',
        port: BACKEND.http,
        ipv4_address: PINNED_ADDRESS,
        dns: [OWN_RESOLVER],
      },
    ],
  });
  await add('outside', null, { host: '127.0.0.1', ingress: externalRows(external, ports) });
  await workspace.commit('Add the routes');
  return { workspace, ports };
}

function htpasswdLine({ user, password }: typeof DASHBOARD): string {
  return `${user}:{SHA}${createHash('sha1').update(password).digest('base64')}`;
}

async function hostports(): Promise<Hostports> {
  const names = [
    'http',
    'httpClosed',
    'httpOpen',
    'httpTls',
    'tcp',
    'tcpSni',
    'tcpClosed',
    'proxyV1',
    'proxyV2',
    'passthrough',
    'udp',
    'moving',
    'externalHttp',
    'externalTcp',
    'externalUdp',
    'echo',
  ] as const;
  const free = await freePorts(names.length);
  const ports = {} as Hostports;
  for (const [index, name] of names.entries()) ports[name] = free[index] ?? 0;
  return ports;
}

const NAMED_MIDDLEWARES = {
  http: { middlewares: { stamped: { headers: { customResponseHeaders: { 'X-Stamp': 'stamped' } } } } },
};

/** The backend's certificate is its own. */
const TRAEFIK_OVERRIDE = { serversTransport: { insecureSkipVerify: true } };

/** On proxynet, far from where the engine begins to hand addresses out. */
export const PINNED_ADDRESS = '172.20.77.7';

/** A resolver that a row asks for, word for word; nobody has to be there. */
export const OWN_RESOLVER = '198.51.100.53';

function labelRows(): object[] {
  const web = { service: 'web', port: BACKEND.http };
  return [
    { ...web, domain: 'plain.localhost' },
    { ...web, domain: 'paths.localhost', path_prefix: '/kept' },
    { ...web, domain: 'paths.localhost', path_prefix: '/removed', path_remove: true },
    { ...web, tls: { main: 'main.localhost', sans: ['san.localhost'] }, path_prefix: '/area' },
    { ...web, domain: 'closed.localhost', allow_source_ips: ELSEWHERE },
    { ...web, domain: 'open.localhost', allow_source_ips: [...ELSEWHERE, ...LOOPBACK] },
    { ...web, domain: 'stamped.localhost', middleware: ['stamped'] },
    { ...web, rule: 'Host(`raw.localhost`) && Header(`X-Team`, `blue`)' },
    {
      ...web,
      domain: 'headers.localhost',
      headers: { request: { 'X-Via': 'proxy' }, response: { 'X-Greeting': 'hello' } },
    },
    { ...web, domain: '*.wild.localhost' },
    { ...web, rule: 'Host(`ranked.localhost`) && PathPrefix(`/a/long/path`)' },
    {
      service: 'api',
      port: BACKEND.http,
      rule: 'Host(`ranked.localhost`) && Method(`GET`)',
      priority: 90000,
    },
    { service: 'api', port: BACKEND.https, domain: 'secure.localhost', scheme: 'https' },
    { service: 'api', port: BACKEND.h2c, domain: 'h2c.localhost', scheme: 'h2c' },
    { ...web, domain: 'challenge.localhost', path_prefix: '/.well-known/acme-challenge' },
    { service: 'api', port: BACKEND.http, domain: 'plain.localhost', path_prefix: '/api' },
    { service: 'api', port: BACKEND.https, domain: 'through.localhost', passthrough: true },
  ];
}

function fileRows(ports: Hostports): object[] {
  const http = { service: 'web', port: BACKEND.http };
  const tcp = { service: 'web', router: 'tcp', port: BACKEND.tcp, proxyprotocol: null };
  const proxied = { service: 'web', router: 'tcp', port: BACKEND.proxyProtocol };
  const tls = { service: 'tls', router: 'tcp', port: BACKEND.https, passthrough: true, proxyprotocol: null };
  return [
    { ...http, hostport: ports.http, path_prefix: '/removed', path_remove: true },
    { ...http, hostport: ports.httpClosed, allow_source_ips: ELSEWHERE },
    {
      ...http,
      hostport: ports.httpOpen,
      path_prefix: '/kept',
      allow_source_ips: LOOPBACK,
      middleware: ['stamped'],
    },
    { ...http, hostport: ports.httpTls, domain: 'own-port.localhost' },
    { ...tcp, hostport: ports.tcp },
    { ...tcp, hostport: ports.tcpClosed, allow_source_ips: ELSEWHERE },
    { ...tcp, hostport: ports.tcpSni, domain: 'first.localhost' },
    { ...tcp, service: 'tls', hostport: ports.tcpSni, domain: 'second.localhost' },
    { ...tcp, hostport: ports.tcpSni, rule: 'HostSNIRegexp(`^fourth-[a-z]+\\.localhost$`)' },
    { ...tcp, domain: 'shared.localhost' },
    { ...proxied, hostport: ports.proxyV1, proxyprotocol: 1 },
    { ...proxied, hostport: ports.proxyV2, proxyprotocol: 2 },
    { ...tls, hostport: ports.passthrough, domain: 'through-port.localhost' },
    { ...tls, domain: 'through-tcp.localhost' },
  ];
}

function externalRows(external: ExternalPorts, ports: Hostports): object[] {
  return [
    { domain: 'outside.localhost', port: external.http },
    { domain: 'outside.localhost', port: external.http, path_prefix: '/stripped', path_remove: true },
    { domain: 'outside-closed.localhost', port: external.http, allow_source_ips: ELSEWHERE },
    { router: 'udp', protocol: 'udp', port: external.udp, hostport: ports.externalUdp },
    { port: external.http, hostport: ports.externalHttp },
    { router: 'tcp', port: external.tcp, hostport: ports.externalTcp, proxyprotocol: null },
  ];
}

function replicated(image: string): object {
  return { services: { web: { ...backendService(image, 'web'), deploy: { replicas: 2 } } } };
}
