import { parse } from 'yaml';
import type { Settings } from '@itsup/config';
import { proxyArtifactPaths, publishedPaths } from '../files/artifact';
import { renderProxy } from './render-proxy';
import { route, shippedTemplates, workspace, workspaceRouting } from '../testing/build';
import { AUTHORITY } from '@itsup/config/testing/authority';

const templates = shippedTemplates();
type Tree = { [key: string]: Tree } & { [key: number]: Tree };

/** Parsed files by the end of their path. */
function render(changes: Partial<Settings> = {}, routing = workspaceRouting(), source = templates) {
  const files = renderProxy(workspace(changes), routing, source);
  return (end: string): Tree => parse(files.find(({ path }) => path.endsWith(`/${end}`))?.text ?? '') as Tree;
}
const email = { letsEncrypt: { email: 'ops@acme.org', staging: false, ...AUTHORITY, resolvers: {} } };
const override = (file: string, text: string) => ({
  file,
  text,
  data: parse(text) as Record<string, unknown>,
});

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

describe('the static configuration', () => {
  test('only web-secure is a default entry point, and every public one can be shared for a hand-over', () => {
    const { entryPoints } = render(
      {},
      workspaceRouting(
        [],
        [
          { name: 'tcp-5432', port: 5432, protocol: 'tcp', kind: 'tcp' },
          { name: 'udp-53', port: 53, protocol: 'udp', kind: 'udp' },
          { name: 'http-9000', port: 9000, protocol: 'tcp', kind: 'http' },
        ],
      ),
    )('traefik.yml');
    const { traefik, ...open } = entryPoints as Record<string, Record<string, unknown>>;
    expect(traefik).toEqual({ address: '127.0.0.1:26482' });
    expect(Object.fromEntries(Object.entries(open).map(([name, { address }]) => [name, address]))).toEqual({
      web: ':8080',
      'web-secure': ':8443',
      'tcp-5432': ':5432',
      'udp-53': ':53/udp',
      'http-9000': ':9000',
    });
    expect(Object.values(open).every(({ reusePort }) => reusePort === true)).toBe(true);
    expect(Object.keys(open).filter((name) => open[name]?.['asDefault'])).toEqual(['web-secure']);
    expect(open['tcp-5432']).not.toHaveProperty('http');
    expect(open['http-9000']).toHaveProperty('http.middlewares', ['default-headers@file', 'rate-limit@file']);
    expect(open['udp-53']).toEqual({ address: ':53/udp', reusePort: true });
  });

  test('there is a resolver only with an e-mail, and never sniStrict: a site without a certificate answers with a warning', () => {
    const without = render({
      letsEncrypt: { email: null, staging: false, ...AUTHORITY, resolvers: { dns: { dnsChallenge: {} } } },
    });
    expect(without('traefik.yml')).not.toHaveProperty('certificatesResolvers');
    expect(without('middlewares.yml')).not.toHaveProperty('tls.options.default.sniStrict');
    const dns = { dnsChallenge: { provider: 'cloudflare' } };
    const files = render({
      letsEncrypt: { email: 'ops@acme.org', staging: true, ...AUTHORITY, resolvers: { dns } },
    });
    expect(files('traefik.yml')['certificatesResolvers']).toEqual({
      letsencrypt: {
        acme: {
          email: 'ops@acme.org',
          storage: '/acme/acme.json',
          caServer: 'https://acme-staging-v02.api.letsencrypt.org/directory',
          httpChallenge: { entryPoint: 'web' },
        },
      },
      dns: { acme: expect.objectContaining({ dnsChallenge: { provider: 'cloudflare' } }) as unknown },
    });
    expect(files('middlewares.yml')).not.toHaveProperty('tls.options.default.sniStrict');
  });

  test('another authority is asked for every resolver, and checked by what the settings hold', () => {
    const caServer = 'https://ca.home:9000/acme/acme/directory';
    const letsEncrypt = {
      email: 'a@b.c',
      staging: true,
      ...AUTHORITY,
      caServer,
      caCertificates: 'PEM',
      resolvers: {},
    };
    expect(render({ letsEncrypt })('traefik.yml')).toHaveProperty('certificatesResolvers.letsencrypt.acme', {
      email: 'a@b.c',
      storage: '/acme/acme.json',
      caServer,
      caCertificates: ['/etc/traefik/authority.pem'],
      httpChallenge: { entryPoint: 'web' },
    });
  });

  test('proxies in front of the host are trusted, nobody else', () => {
    expect(JSON.stringify(render()('traefik.yml'))).not.toContain('trustedIPs');
    const { entryPoints } = render({ trustedIps: ['10.0.0.1'] })('traefik.yml');
    for (const name of ['web', 'web-secure']) {
      expect(entryPoints?.[name]).toMatchObject({
        forwardedHeaders: { trustedIPs: ['10.0.0.1'], notAppendXForwardedFor: true },
        proxyProtocol: { trustedIPs: ['10.0.0.1'] },
      });
    }
  });

  test('who the client is comes before all that goes by it, and costs nothing without a proxy', () => {
    expect(render()('traefik.yml')).not.toHaveProperty('experimental');
    const files = render({
      trustedIps: ['10.0.0.1'],
      crowdsec: { enabled: true, collections: [], clientTrustedIps: [] },
    });
    const { entryPoints, experimental } = files('traefik.yml');
    expect(entryPoints).toMatchObject({
      web: { http: { middlewares: ['client-address@file', 'default-headers@file', 'crowdsec@file'] } },
      'web-secure': {
        http: {
          middlewares: ['client-address@file', 'default-headers@file', 'rate-limit@file', 'crowdsec@file'],
        },
      },
    });
    expect(experimental).toHaveProperty('localPlugins.client-address', {
      moduleName: 'itsup/client-address',
    });
    expect(files('middlewares.yml')['http']?.['middlewares']).toMatchObject({
      'client-address': { plugin: { 'client-address': { trustedIPs: ['10.0.0.1'] } } },
    });
  });

  test('an entry point whose middlewares the operator lists keeps Traefik’s own X-Forwarded-For', () => {
    const own = (list: string) =>
      override('projects/traefik.yml', `entryPoints: { web-secure: { http: { middlewares: [${list}] } } }`);
    const of = (list: string) =>
      render({ trustedIps: ['10.0.0.1'], traefikOverride: own(list) })('traefik.yml')['entryPoints']?.[
        'web-secure'
      ]?.['forwardedHeaders'];
    expect(of('mine@file')).toEqual({ trustedIPs: ['10.0.0.1'] });
    expect(of('client-address@file, mine@file')).toHaveProperty('notAppendXForwardedFor', true);
  });

  test('query strings are for CrowdSec alone', () => {
    const fields = (changes: Partial<Settings>) => render(changes)('traefik.yml')['accessLog']?.['fields'];
    expect(fields({})).toMatchObject({
      headers: { defaultMode: 'drop' },
      queryParameters: { defaultMode: 'drop' },
    });
    expect(fields({ crowdsec: { enabled: true, collections: [], clientTrustedIps: [] } })).not.toHaveProperty(
      'queryParameters',
    );
  });

  test('HSTS as the settings have it', () => {
    const headers = (hsts: Settings['hsts']) =>
      render({ hsts })('middlewares.yml')['http']?.['middlewares']?.['default-headers']?.['headers'];
    expect(headers({ maxAge: 100, includeSubDomains: false, preload: false })).toMatchObject({
      stsSeconds: 100,
    });
    expect(headers({ maxAge: 100, includeSubDomains: true, preload: true })).toMatchObject({
      stsIncludeSubdomains: true,
      stsPreload: true,
    });
    expect(headers({ maxAge: 0, includeSubDomains: false, preload: false })).toMatchObject({
      customResponseHeaders: { 'Strict-Transport-Security': 'max-age=0' },
    });
    expect(JSON.stringify(headers(null))).not.toMatch(/"sts|Strict-/);
    expect(headers(null)).toMatchObject({ customRequestHeaders: { Proxy: '', Forwarded: '' } });
  });

  test('a project may answer challenges of its own, and only then', () => {
    expect(render()('traefik.yml')['entryPoints']?.['web']).not.toHaveProperty('allowACMEByPass');
    const challenge = route({
      routers: { 'nas-5000': { rule: 'PathPrefix(`/x`)', entryPoints: ['web'], service: 's' } },
    });
    expect(render({}, workspaceRouting([challenge]))('traefik.yml')['entryPoints']?.['web']).toMatchObject({
      allowACMEByPass: true,
    });
  });

  test('CrowdSec’s plugin is loaded from where a deploy keeps it, unless the operator brings another', () => {
    const crowdsec = { enabled: true, collections: [], clientTrustedIps: [] };
    expect(render()('traefik.yml')).not.toHaveProperty('experimental');
    const moduleName = 'github.com/maxlerebourg/crowdsec-bouncer-traefik-plugin';
    const kept = render({ crowdsec });
    expect(kept('traefik.yml')['experimental']).toEqual({
      abortOnPluginFailure: true,
      localPlugins: { crowdsec: { moduleName } },
    });
    expect(kept('docker-compose.yml')['services']?.['traefik']).toMatchObject({
      tmpfs: ['/tmp'],
      volumes: expect.arrayContaining([
        `\${ITSUP_STATE:-/var/lib/itsup}/plugins/crowdsec-v1.7.1:/plugins-local/src/${moduleName}:ro`,
      ]) as unknown,
    });
    const traefikOverride = override(
      'projects/traefik.yml',
      'experimental: {localPlugins: {crowdsec: {moduleName: a/b}}}',
    );
    const local = render({ crowdsec, traefikOverride });
    expect(local('traefik.yml')['experimental']).toEqual({
      localPlugins: { crowdsec: { moduleName: 'a/b' } },
    });
    expect(local('docker-compose.yml')['services']?.['traefik']?.['volumes']).toContain(
      '${ITSUP_STATE:-/var/lib/itsup}/traefik/plugins-local:/plugins-local:ro',
    );
  });

  test('another plugin whose name differs in case does not take the place of CrowdSec’s', () => {
    const crowdsec = { enabled: true, collections: [], clientTrustedIps: [] };
    const traefikOverride = override(
      'projects/traefik.yml',
      'experimental: {localPlugins: {CrowdSec: {moduleName: a/b}}}',
    );
    expect(render({ crowdsec, traefikOverride })('traefik.yml')['experimental']).toMatchObject({
      localPlugins: {
        crowdsec: { moduleName: 'github.com/maxlerebourg/crowdsec-bouncer-traefik-plugin' },
        CrowdSec: { moduleName: 'a/b' },
      },
    });
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
    expect(serversTransport).toMatchObject({ forwardingTimeouts: { dialTimeout: '1s' } });
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
