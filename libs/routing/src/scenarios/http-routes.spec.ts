import { codes, externalProject, labelsOfRow, routeOne, settings, soleRoute } from '../testing/build';
import { routeProject } from '../route-project';
import { AUTHORITY } from '@itsup/config/testing/authority';

describe('an http row with a domain', () => {
  it('becomes labels: a router with TLS, its redirect, and the service with its port', () => {
    expect(labelsOfRow({ domains: ['app.acme.org'], port: 3000 })).toEqual({
      'traefik.enable': 'true',
      'traefik.http.routers.blog-web-3000.entrypoints': 'web-secure',
      'traefik.http.routers.blog-web-3000.rule': 'Host(`app.acme.org`)',
      'traefik.http.routers.blog-web-3000.service': 'blog-web-3000',
      'traefik.http.routers.blog-web-3000.tls.certresolver': 'letsencrypt',
      'traefik.http.routers.blog-web-3000.tls.domains[0].main': 'app.acme.org',
      'traefik.http.routers.blog-web-3000-redirect.entrypoints': 'web',
      'traefik.http.routers.blog-web-3000-redirect.middlewares': 'redirect@file',
      'traefik.http.routers.blog-web-3000-redirect.priority': '1',
      'traefik.http.routers.blog-web-3000-redirect.rule': 'Host(`app.acme.org`)',
      'traefik.http.routers.blog-web-3000-redirect.service': 'blog-web-3000',
      'traefik.http.services.blog-web-3000.loadbalancer.server.port': '3000',
    });
  });

  it('takes main domain and SANs, in parentheses before the path', () => {
    const labels = labelsOfRow({ domains: ['Acme.org', 'www.acme.org', 'acme.net'], pathPrefix: '/api' });
    expect(labels['traefik.http.routers.blog-web-8080.rule']).toBe(
      '(Host(`acme.org`) || Host(`www.acme.org`) || Host(`acme.net`)) && PathPrefix(`/api`)',
    );
    expect(labels['traefik.http.routers.blog-web-8080.tls.domains[0].main']).toBe('acme.org');
    expect(labels['traefik.http.routers.blog-web-8080.tls.domains[0].sans']).toBe('www.acme.org,acme.net');
  });

  it('strips the prefix, limits the sources and sets headers with middlewares of its own, in that order around named ones', () => {
    const labels = labelsOfRow({
      domains: ['acme.org'],
      pathPrefix: '/api',
      pathRemove: true,
      allowSourceIps: ['10.0.0.0/8', '::1'],
      middleware: ['rate-limit', 'auth@docker'],
      headers: { request: { 'X-From': 'a, b' }, response: { 'Permissions-Policy': 'geolocation=()' } },
    });
    expect(labels).toMatchObject({
      'traefik.http.routers.blog-web-8080.middlewares':
        'blog-web-8080-paths,blog-web-8080-allow,rate-limit@file,auth@docker,blog-web-8080-headers,blog-web-8080-strip',
      'traefik.http.middlewares.blog-web-8080-allow.ipallowlist.sourcerange': '10.0.0.0/8,::1',
      'traefik.http.middlewares.blog-web-8080-headers.headers.customrequestheaders.X-From': 'a, b',
      'traefik.http.middlewares.blog-web-8080-headers.headers.customresponseheaders.Permissions-Policy':
        'geolocation=()',
      'traefik.http.middlewares.blog-web-8080-strip.stripprefix.prefixes': '/api',
    });
    expect(labels['traefik.http.routers.blog-web-8080-redirect.middlewares']).toBe('redirect@file');
  });

  it('sends other names on to its first one, path and query included, with certificates of their own', () => {
    const labels = labelsOfRow({
      domains: ['acme.org', 'acme.net'],
      redirectFrom: ['www.acme.org', 'WWW.acme.net'],
    });
    expect(labels).toMatchObject({
      'traefik.http.routers.blog-web-8080.tls.domains[0].sans': 'acme.net',
      'traefik.http.routers.blog-web-8080-from.rule': 'Host(`www.acme.org`) || Host(`www.acme.net`)',
      'traefik.http.routers.blog-web-8080-from.entrypoints': 'web-secure',
      'traefik.http.routers.blog-web-8080-from.middlewares': 'blog-web-8080-canonical',
      'traefik.http.routers.blog-web-8080-from.tls.domains[0].main': 'www.acme.org',
      'traefik.http.routers.blog-web-8080-from.tls.domains[1].main': 'www.acme.net',
      'traefik.http.routers.blog-web-8080-from-redirect.entrypoints': 'web',
      'traefik.http.middlewares.blog-web-8080-canonical.redirectregex.permanent': 'true',
    });
    const at = (key: string): string =>
      labels[`traefik.http.middlewares.blog-web-8080-canonical.redirectregex.${key}`] ?? '';
    const sent = (url: string): string =>
      url.replace(new RegExp(at('regex')), at('replacement').replace(/\$\{(\d)\}/g, '$$$1'));
    expect(sent('https://www.acme.org/a/b?c=d')).toBe('https://acme.org/a/b?c=d');
    expect(sent('https://www.acme.org:8443/')).toBe('https://acme.org:8443/');
    expect(codes(routeOne({ rule: 'Host(`a.org`)', redirectFrom: ['b.org'] }))).toEqual([
      'no-redirect-target',
    ]);
  });

  it('sends everything on where the row says where to', () => {
    const labels = labelsOfRow({ domains: ['old.acme.org'], redirectTo: 'https://acme.org/new' });
    expect(labels).toMatchObject({
      'traefik.http.routers.blog-web-8080.middlewares': 'blog-web-8080-to',
      'traefik.http.middlewares.blog-web-8080-to.redirectregex.replacement': 'https://acme.org/new',
    });
  });

  it('limits what one client may ask for, and says when the host’s limit is the stricter one', () => {
    const limit = { average: 10, burst: 50, period: '1m' };
    expect(labelsOfRow({ domains: ['a.org'], rateLimit: limit })).toMatchObject({
      'traefik.http.middlewares.blog-web-8080-limit.ratelimit.average': '10',
      'traefik.http.middlewares.blog-web-8080-limit.ratelimit.burst': '50',
      'traefik.http.middlewares.blog-web-8080-limit.ratelimit.period': '1m',
      'traefik.http.middlewares.blog-web-8080-limit.ratelimit.sourcecriterion.ipstrategy.ipv6subnet': '64',
    });
    const loose = { rateLimit: { average: 1000, burst: 9000, period: '1s' }, domains: ['a.org'] };
    expect(codes(routeOne(loose))).toEqual(['looser-than-the-host']);
    expect(codes(routeOne(loose, { rateLimit: null }))).toEqual([]);
  });

  it('asks for a password with users that a variable of the project holds, on its container alone', () => {
    expect(labelsOfRow({ domains: ['a.org'], basicAuth: 'SITE_USERS' })).toMatchObject({
      'traefik.http.middlewares.blog-web-8080-auth.basicauth.users': '${SITE_USERS:?basic_auth needs it}',
      'traefik.http.middlewares.blog-web-8080-auth.basicauth.removeheader': 'true',
    });
    expect(codes(routeOne({ domains: ['a.org'], hostport: 9000, basicAuth: 'SITE_USERS' }))).toEqual([
      'no-secret-in-a-file',
    ]);
  });

  it('says of headers that the entry point sets last', () => {
    const row = { domains: ['a.org'], headers: { request: {}, response: { 'x-frame-options': '' } } };
    expect(routeOne(row).problems).toMatchObject([{ code: 'header-set-last', severity: 'warning' }]);
    expect(codes(routeOne(row, { headers: { 'X-Frame-Options': '' } }))).toEqual([]);
  });

  it('compresses where the row asks for it', () => {
    expect(labelsOfRow({ domains: ['acme.org'], compress: true })).toMatchObject({
      'traefik.http.routers.blog-web-8080.middlewares': 'blog-web-8080-compress',
      'traefik.http.middlewares.blog-web-8080-compress.compress': 'true',
    });
    const external = routeProject(
      externalProject('nas', '10.0.0.9', [{ domains: ['nas.acme.org'], compress: true }]),
      settings(),
    );
    expect(soleRoute(external).middlewares).toEqual({ 'nas-host-8080-compress': { compress: {} } });
  });

  it('has a sticky cookie, a priority and the backend’s scheme where the row asks for them', () => {
    expect(labelsOfRow({ domains: ['acme.org'], sticky: true, priority: 7, scheme: 'h2c' })).toMatchObject({
      'traefik.http.routers.blog-web-8080.priority': '7',
      'traefik.http.services.blog-web-8080.loadbalancer.server.scheme': 'h2c',
      'traefik.http.services.blog-web-8080.loadbalancer.sticky.cookie.httponly': 'true',
      'traefik.http.services.blog-web-8080.loadbalancer.sticky.cookie.samesite': 'lax',
      'traefik.http.services.blog-web-8080.loadbalancer.sticky.cookie.secure': 'true',
    });
  });

  it('asks no public authority for names that none certifies', () => {
    const labels = labelsOfRow({ domains: ['app.localhost'] });
    expect(labels['traefik.http.routers.blog-web-8080.tls']).toBe('true');
    expect(Object.keys(labels).filter((key) => key.includes('certresolver'))).toEqual([]);
    const mixed = labelsOfRow({ domains: ['app.localhost', 'acme.org'] });
    expect(mixed['traefik.http.routers.blog-web-8080.tls.domains[0].main']).toBe('acme.org');
  });

  it('takes a resolver of the settings by name', () => {
    const resolvers = {
      letsEncrypt: {
        email: null,
        staging: false,
        ...AUTHORITY,
        resolvers: { cloudflare: { dnsChallenge: {} } },
      },
    };
    const labels = labelsOfRow({ domains: ['*.acme.org'], resolver: 'cloudflare' }, resolvers);
    expect(labels['traefik.http.routers.blog-web-8080.tls.certresolver']).toBe('cloudflare');
    expect(labels['traefik.http.routers.blog-web-8080.rule']).toBe('Host(`*.acme.org`)');
    expect(codes(routeOne({ domains: ['acme.org'], resolver: 'cloudfare' }, resolvers))).toEqual([
      'unknown-resolver',
    ]);
    expect(codes(routeOne({ domains: ['*.acme.org'] }))).toEqual(['wildcard-needs-dns-challenge']);
  });
});

describe('an http row without a domain', () => {
  it('is refused on the shared entry point', () => {
    const routing = routeOne({});
    expect(codes(routing)).toEqual(['no-domain']);
    expect(routing.routes).toEqual([]);
  });

  it('takes every plain request of its own port', () => {
    const route = soleRoute(routeOne({ hostport: 9000, pathPrefix: null }));
    expect(route).toMatchObject({ via: 'file', servedBy: 'docker', hostport: 9000 });
    expect(route.routers).toEqual({
      'blog-web-8080': {
        rule: 'PathPrefix(`/`)',
        entryPoints: ['http-9000'],
        service: 'blog-web-8080@docker',
      },
    });
  });
});

describe('an http row with a raw rule', () => {
  it('uses the rule as it stands', () => {
    const labels = labelsOfRow({ rule: 'Host(`acme.org`) && Method(`POST`)' });
    expect(labels['traefik.http.routers.blog-web-8080.rule']).toBe('Host(`acme.org`) && Method(`POST`)');
    expect(labels['traefik.http.routers.blog-web-8080.tls.certresolver']).toBe('letsencrypt');
  });

  it('is refused with the place of the mistake', () => {
    expect(routeOne({ rule: 'Host(`a.org`) && Pathprefix(`/a`, `/b`)' }).problems).toMatchObject([
      { code: 'invalid-rule', message: expect.stringContaining('at character 18') },
    ]);
    expect(codes(routeOne({ rule: 'Host(`a.org`)', pathPrefix: '/a' }))).toEqual(['rule-and-path']);
    expect(routeOne({ rule: 'HostRegexp(`{sub:[a-z]+}.example.com`)' }).problems).toMatchObject([
      { code: 'old-rule', severity: 'warning', message: expect.stringContaining('it never matches') },
    ]);
  });
});

describe('an http row with a hostport', () => {
  it('is a file route to the container’s service, with TLS when it has a domain, and no redirect to another port', () => {
    const route = soleRoute(routeOne({ domains: ['acme.org'], hostport: 9000 }));
    expect(route.routers).toEqual({
      'blog-web-8080': {
        rule: 'Host(`acme.org`)',
        entryPoints: ['http-9000'],
        service: 'blog-web-8080@docker',
        tls: { certResolver: 'letsencrypt', domains: [{ main: 'acme.org' }] },
      },
    });
    expect(labelsOfRow({ domains: ['acme.org'], hostport: 9000, scheme: 'https' })).toEqual({
      'traefik.enable': 'true',
      'traefik.http.services.blog-web-8080.loadbalancer.server.port': '8080',
      'traefik.http.services.blog-web-8080.loadbalancer.server.scheme': 'https',
    });
  });
});

describe('a row for HTTP-01 challenges', () => {
  it('is served on plain HTTP and not redirected', () => {
    const labels = labelsOfRow({ domains: ['acme.org'], pathPrefix: '/.well-known/acme-challenge' });
    expect(labels['traefik.http.routers.blog-web-8080.entrypoints']).toBe('web');
    expect(Object.keys(labels).filter((key) => /tls|redirect/.test(key))).toEqual([]);
  });

  it('is http even where the rest of the project passes TLS through', () => {
    const route = soleRoute(
      routeOne({
        domains: ['acme.org'],
        pathPrefix: '/.well-known/acme-challenge/',
        passthrough: true,
        port: 80,
      }),
    );
    expect(route).toMatchObject({ kind: 'http', via: 'file' });
    expect(route.routers['blog-web-80']).toMatchObject({
      entryPoints: ['web'],
      service: 'blog-web-80@docker',
    });
  });
});

describe('an external host', () => {
  it('is not on the loopback of a swarm’s Traefik, which is in no network of the host', () => {
    const rows = [{ domains: ['nas.acme.org'], port: 5001 }];
    const swarm = settings({ engine: 'swarm' });
    for (const host of ['127.0.0.1', 'localhost', '::1'])
      expect(codes(routeProject(externalProject('nas', host, rows), swarm))).toContain('loopback-on-a-swarm');
    expect(routeProject(externalProject('nas', '10.0.0.9', rows), swarm).problems).toEqual([]);
    expect(routeProject(externalProject('nas', '127.0.0.1', rows), settings()).problems).toEqual([]);
  });

  it('has router, redirect and service in the file', () => {
    const routing = routeProject(
      externalProject('nas', 'fd00::1', [
        { domains: ['nas.acme.org'], port: 5001, scheme: 'https', allowSourceIps: ['10.0.0.1'] },
      ]),
      settings(),
    );
    const route = soleRoute(routing);
    expect(route).toMatchObject({ via: 'file', servedBy: 'file', service: null, host: 'fd00::1' });
    expect(route.servers).toEqual([{ url: 'https://[fd00::1]:5001' }]);
    expect(route.routers['nas-host-5001']).toMatchObject({
      service: 'nas-host-5001',
      middlewares: ['nas-host-5001-allow'],
    });
    expect(route.routers['nas-host-5001-redirect']).toMatchObject({
      entryPoints: ['web'],
      middlewares: ['redirect@file'],
    });
    expect(route.middlewares).toEqual({
      'nas-host-5001-allow': { ipAllowList: { sourceRange: ['10.0.0.1'] } },
    });
    expect(routing.additions).toEqual([]);
  });
});

describe('a middleware', () => {
  it('exists in the generated file, in middlewares.yml, or at another provider', () => {
    const override = {
      file: 'projects/middlewares.yml',
      text: '',
      data: { http: { middlewares: { auth: {} } }, tcp: { middlewares: { few: {} } } },
    };
    const ask = (name: string): string[] =>
      codes(routeOne({ domains: ['acme.org'], middleware: [name] }, { middlewaresOverride: override }));
    expect(ask('auth')).toEqual([]);
    expect(ask('auth@file')).toEqual([]);
    expect(ask('default-headers')).toEqual([]);
    expect(ask('mine@docker')).toEqual([]);
    expect(ask('auht')).toEqual(['unknown-middleware']);
    expect(ask('few')).toEqual(['unknown-middleware']);
    expect(ask('crowdsec')).toEqual(['unknown-middleware']);
    expect(ask('a,b')).toEqual(['invalid-middleware']);
  });
});
