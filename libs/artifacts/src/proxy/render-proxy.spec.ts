import type { Settings } from '@itsup/config';
import { proxyArtifactPaths, publishedPaths } from '../files/artifact';
import { renderProxy } from './render-proxy';
import { route, shippedTemplates, workspace, workspaceRouting } from '../testing/build';
import { email, override, render, templates } from '../testing/rendered-proxy';

describe('the files', () => {
  test.each<[string, Partial<Settings>]>([
    ['nothing set', {}],
    ['everything off', { dns: { enabled: false, resolvers: [] } }],
    [
      'everything on',
      {
        ...email,
        crowdsec: { enabled: true, collections: [], clientTrustedIps: [] },
        traefikDomain: 'a.b',
        traefikAdmin: ['a:b'],
      },
    ],
  ])('are the same with %s', (_what, changes) => {
    const files = renderProxy(workspace(changes), workspaceRouting(), templates);
    expect(files.map(({ path }) => path)).toEqual(proxyArtifactPaths());
  });

  test('what a deploy publishes is among them', () => {
    expect(proxyArtifactPaths()).toEqual(expect.arrayContaining(Object.keys(publishedPaths())));
  });

  test('do not depend on the order of routes', () => {
    const routes = ['a-1', 'b-2', 'c-3'].map((serviceName) =>
      route({ serviceName, middlewares: { [`${serviceName}-x`]: {} } }),
    );
    expect(renderProxy(workspace(), workspaceRouting([...routes].reverse()), templates)).toEqual(
      renderProxy(workspace(), workspaceRouting(routes), templates),
    );
  });

  test('are what the template says', () => {
    const edited = shippedTemplates((source, name) =>
      name === 'proxy/traefik.yml' ? source.replace('level: INFO', 'level: DEBUG') : source,
    );
    expect(render({}, workspaceRouting(), edited)('traefik.yml')['log']).toMatchObject({ level: 'DEBUG' });
  });
});

describe('the dynamic configuration', () => {
  test('a file without a route holds no section: Traefik refuses an empty one', () => {
    const files = render();
    expect([files('routers-http.yml'), files('routers-tcp.yml'), files('routers-udp.yml')]).toEqual([
      null,
      null,
      null,
    ]);
  });

  test('holds router, service and middleware of an external host', () => {
    const external = route({
      middlewares: { 'nas-5000-allow': { ipAllowList: { sourceRange: ['10.0.0.0/8'] } } },
    });
    expect(render(email, workspaceRouting([external]))('routers-http.yml')).toEqual({
      http: {
        routers: { 'nas-5000': external.routers['nas-5000'] },
        middlewares: external.middlewares,
        services: { 'nas-5000': { loadBalancer: { servers: external.servers } } },
      },
    });
  });

  test('a router names no resolver while there is none', () => {
    expect(render({}, workspaceRouting([route()]))('routers-http.yml')).toHaveProperty(
      'http.routers.nas-5000.tls',
      {},
    );
  });

  test('a container’s service is not defined here, and routes share a transport', () => {
    const transports = { 'proxy-protocol-v2': { proxyProtocol: { version: 2 } } };
    const tcp = (serviceName: string) =>
      route({
        kind: 'tcp',
        serviceName,
        servedBy: 'docker',
        servers: [],
        routers: {
          [serviceName]: {
            rule: 'HostSNI(`*`)',
            entryPoints: ['tcp-5432'],
            service: `${serviceName}@docker`,
          },
        },
        serversTransports: transports,
      });
    const { tcp: section } = render({}, workspaceRouting([tcp('a-1'), tcp('b-2')]))('routers-tcp.yml');
    expect(Object.keys(section ?? {})).toEqual(['routers', 'serversTransports']);
    expect(section?.['serversTransports']).toEqual(transports);
  });

  test('while no CrowdSec is healthy, connections to it are closed rather than answered', () => {
    expect(render()('routers-tcp.yml')).toBeNull();
    const { tcp } = render({ crowdsec: { enabled: true, collections: [], clientTrustedIps: [] } })(
      'routers-tcp.yml',
    );
    expect(tcp).toHaveProperty('services.crowdsec-unavailable.loadBalancer.servers', [
      { address: '127.0.0.1:9' },
    ]);
    expect(tcp).toHaveProperty('routers.crowdsec-unavailable.priority', 1);
  });

  test('CrowdSec’s plugin neither waits for decisions nor refuses requests while it has none', () => {
    const { http } = render({ crowdsec: { enabled: true, collections: [], clientTrustedIps: [] } })(
      'middlewares.yml',
    );
    expect(http?.['middlewares']?.['crowdsec']?.['plugin']?.['crowdsec']).toMatchObject({
      crowdsecMode: 'stream',
      streamStartupBlock: false,
      updateIntervalSeconds: 10,
      updateMaxFailure: -1,
      crowdsecAppsecFailureBlock: false,
      crowdsecAppsecUnreachableBlock: false,
    });
  });

  test('every HTTPS answer has the default headers but those that itsup.yml leaves out or sets', () => {
    const headers = (said: Record<string, string>): unknown => {
      const { http } = render({ headers: said })('middlewares.yml');
      return http?.['middlewares']?.['default-headers']?.['headers'];
    };
    expect(headers({})).toMatchObject({ contentTypeNosniff: true, customFrameOptionsValue: 'SAMEORIGIN' });
    const changed = headers({ 'x-frame-options': '', 'Referrer-Policy': 'no-referrer', Server: '' });
    expect(changed).toMatchObject({
      contentTypeNosniff: true,
      customResponseHeaders: { 'Referrer-Policy': 'no-referrer', Server: '' },
    });
    expect(changed).not.toHaveProperty('customFrameOptionsValue');
    expect(changed).not.toHaveProperty('referrerPolicy');
  });

  test('one client may ask for as much as itsup.yml says, by default for a page of a thousand pictures', () => {
    const limit = (rateLimit?: { average: number; burst: number } | null): unknown => {
      const { http } = render(rateLimit === undefined ? {} : { rateLimit })('middlewares.yml');
      return http?.['middlewares']?.['rate-limit']?.['rateLimit'];
    };
    expect(limit()).toMatchObject({ average: 500, burst: 3000 });
    expect(limit({ average: 7, burst: 9 })).toMatchObject({ average: 7, burst: 9 });
  });

  test('CrowdSec never judges the clients that itsup.yml trusts, and everybody where it trusts nobody', () => {
    const trusted = (clientTrustedIps: string[]): unknown => {
      const { http } = render({ crowdsec: { enabled: true, collections: [], clientTrustedIps } })(
        'middlewares.yml',
      );
      const plugin = http?.['middlewares']?.['crowdsec']?.['plugin']?.['crowdsec'] as Record<string, unknown>;
      return plugin['clientTrustedIPs'];
    };
    expect(trusted(['192.168.0.0/16', 'fc00::/7'])).toEqual(['192.168.0.0/16', 'fc00::/7']);
    expect(trusted([])).toBeUndefined();
  });

  test('a label route stays on its container', () => {
    expect(render({}, workspaceRouting([route({ via: 'labels' })]))('routers-http.yml')).toBeNull();
  });

  test('braces of a value are no template', () => {
    const [router] = Object.values(route().routers);
    const hostile = route({
      routers: {
        x: { entryPoints: ['web'], service: 's', ...router, rule: 'Header(`a`, `{{ env "HOME" }}`)' },
      },
    });
    const files = renderProxy(workspace(), workspaceRouting([hostile]), templates);
    const text = files.find(({ path }) => path.endsWith('routers-http.yml'))?.text ?? '';
    expect(text).toContain('{{`{{`}} env');
  });

  test('the dashboard is there for those who may see it', () => {
    expect(render({ traefikDomain: 'proxy.example.com' })('routers-http.yml')).toBeNull();
    const files = render({ ...email, traefikDomain: 'proxy.example.com', traefikAdmin: ['ops:$2y$05$abc'] });
    expect(files('routers-http.yml')['http']?.['routers']?.['traefik-dashboard']).toEqual({
      rule: 'Host(`proxy.example.com`)',
      entryPoints: ['web-secure'],
      service: 'api@internal',
      middlewares: ['traefik-auth@file'],
      tls: { certResolver: 'letsencrypt' },
    });
    expect(files('middlewares.yml')).toHaveProperty('http.middlewares.traefik-auth.basicAuth.users', [
      'ops:$2y$05$abc',
    ]);
  });
});

describe('overrides', () => {
  test('are laid over the generated files', () => {
    const files = render({
      traefikOverride: override('projects/traefik.yml', 'log: {level: ERROR}\n'),
      middlewaresOverride: override(
        'projects/middlewares.yml',
        'http: {middlewares: {rate-limit: {rateLimit: {average: 7}}, own: {compress: {}}}}\n',
      ),
    });
    expect(files('traefik.yml')['log']).toEqual({ level: 'ERROR', noColor: true });
    expect(files('middlewares.yml')['http']?.['middlewares']).toMatchObject({
      'rate-limit': { rateLimit: { average: 7, burst: 3000 } },
      own: { compress: {} },
    });
  });

  test('may not hold variables, and all of them are named', () => {
    const render = () =>
      renderProxy(
        workspace({
          traefikOverride: override(
            'projects/traefik.yml',
            'certificatesResolvers: {x: {acme: {email: "${MAIL}"}}}\n',
          ),
          middlewaresOverride: override(
            'projects/middlewares.yml',
            'http: {middlewares: {a: {basicAuth: {users: ["${U}"]}}}}\n',
          ),
        }),
        workspaceRouting(),
        templates,
      );
    expect(render).toThrow(
      'projects/middlewares.yml: http.middlewares.a.basicAuth.users[0] holds ${U}, which Traefik does not expand\n' +
        'projects/traefik.yml: certificatesResolvers.x.acme.email holds ${MAIL}, which Traefik does not expand',
    );
  });
});

describe('on a swarm', () => {
  const swarm = { engine: 'swarm' as const };

  test('Traefik asks for services and tasks each second, and nobody for more', () => {
    const file = render(swarm);
    expect(file('traefik/traefik.yml')['providers']).toMatchObject({
      precedence: ['file', 'swarm'],
      swarm: { exposedByDefault: false, refreshSeconds: 1 },
    });
    expect(Object.keys(file('traefik/traefik.yml')['providers'] ?? {})).not.toContain('docker');
    const command: unknown = file('docker-compose.yml')['services']?.['socketproxy']?.['command'];
    const flags = Array.isArray(command) ? command.map(String) : [];
    expect(flags.filter((flag) => flag.startsWith('-allowGET'))).toEqual([
      '-allowGET=/_ping',
      String.raw`-allowGET=/v1\.[0-9]{1,2}/(version|services|tasks|networks|nodes/[a-z0-9]+)`,
    ]);
  });

  test('it has networks of its own, and the host’s ports lead to its entry points; to its API from the loopback', () => {
    const ports = { engine: 'swarm' as const, entryPoints: { web: 80, webSecure: 443 } };
    const routing = workspaceRouting([], [{ name: 'udp-53', port: 53, protocol: 'udp', kind: 'udp' }]);
    const traefik = render(ports, routing)('docker-compose.yml')['services']?.['traefik'];
    expect(traefik?.['ports']).toEqual(['127.0.0.1:26482:26482', '443:443', '53:53/udp', '80:80']);
    expect(traefik?.['network_mode']).toBeUndefined();
    expect(render(ports)('traefik/traefik.yml')['entryPoints']?.['traefik']).toEqual({ address: ':26482' });
  });

  test('names of labels lead to the swarm provider, those of the operator too', () => {
    const text = 'http: {middlewares: {both: {chain: {middlewares: [auth@docker]}}}}';
    const file = render({ ...swarm, middlewaresOverride: override('projects/middlewares.yml', text) });
    expect(file('middlewares.yml')['http']?.['middlewares']?.['both']).toEqual({
      chain: { middlewares: ['auth@swarm'] },
    });
  });

  test('a request that reached no task, as of a machine that is lost, goes to the next one, and soon', () => {
    const file = render({ ...swarm, rateLimit: null });
    const { serversTransport, entryPoints } = file('traefik/traefik.yml');
    expect(serversTransport).toMatchObject({ forwardingTimeouts: { dialTimeout: '3s' } });
    expect(entryPoints?.['web-secure']).toMatchObject({
      http: { middlewares: ['default-headers@file', 'retry-connection@file'] },
    });
    // What Traefik answers by itself, as the redirect to HTTPS, reaches no task either.
    expect(entryPoints?.['web']).toMatchObject({ http: { middlewares: ['default-headers@file'] } });
    expect(file('middlewares.yml')['http']?.['middlewares']).toMatchObject({
      'retry-connection': { retry: { attempts: 10 } },
    });
    // A container of Compose is on the machine of its Traefik.
    const onCompose = render({});
    expect(onCompose('traefik/traefik.yml')['serversTransport']?.['forwardingTimeouts']).not.toHaveProperty(
      'dialTimeout',
    );
    expect(onCompose('middlewares.yml')['http']?.['middlewares']).not.toHaveProperty('retry-connection');
  });
});
