import type { Settings } from '@itsup/config';
import { route, workspaceRouting } from '../testing/build';
import { override, render } from '../testing/rendered-proxy';
import { AUTHORITY } from '@itsup/config/testing/authority';

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
