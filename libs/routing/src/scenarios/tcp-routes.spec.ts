import { labelsOf } from '../labels/labels';
import { routeProject } from '../route-project';
import { codes, externalProject, labelsOfRow, routeOne, settings, soleRoute } from '../testing/build';

describe('a tcp row', () => {
  it('takes every connection of its hostport, found by the container’s label', () => {
    const route = soleRoute(routeOne({ router: 'tcp', port: 5432, hostport: 5432 }));
    expect(route).toMatchObject({ kind: 'tcp', via: 'file', servedBy: 'docker' });
    expect(route.routers).toEqual({
      'blog-web-5432': { rule: 'HostSNI(`*`)', entryPoints: ['tcp-5432'], service: 'blog-web-5432@docker' },
    });
    expect(labelsOf(route)).toEqual({
      'traefik.enable': 'true',
      'traefik.tcp.services.blog-web-5432.loadbalancer.server.port': '5432',
    });
  });

  it('with a domain has its TLS terminated, on the shared entry point or its own', () => {
    const tls = { certResolver: 'letsencrypt', domains: [{ main: 'db.acme.org', sans: ['pg.acme.org'] }] };
    const shared = soleRoute(routeOne({ router: 'tcp', domains: ['db.acme.org', 'pg.acme.org'] }));
    expect(shared.routers['blog-web-8080']).toMatchObject({
      rule: 'HostSNI(`db.acme.org`) || HostSNI(`pg.acme.org`)',
      entryPoints: ['web-secure'],
      tls,
    });
    const own = soleRoute(
      routeOne({ router: 'tcp', domains: ['db.acme.org', 'pg.acme.org'], hostport: 5432 }),
    );
    expect(own.routers['blog-web-8080']).toMatchObject({ entryPoints: ['tcp-5432'], tls });
  });

  it('speaks the PROXY protocol through a transport of the file, which no label can define', () => {
    const route = soleRoute(routeOne({ router: 'tcp', hostport: 25, proxyProtocol: 1 }));
    expect(route.serversTransports).toEqual({ 'proxy-protocol-v1': { proxyProtocol: { version: 1 } } });
    expect(labelsOf(route)['traefik.tcp.services.blog-web-8080.loadbalancer.serverstransport']).toBe(
      'proxy-protocol-v1@file',
    );
  });

  it('warns while the PROXY protocol is left to itsUP’s default', () => {
    const routing = routeOne({ router: 'tcp', hostport: 25, proxyProtocol: 2, proxyProtocolIsDefault: true });
    expect(routing.problems).toMatchObject([{ code: 'proxyprotocol-default', severity: 'warning' }]);
    expect(routing.routes).toHaveLength(1);
  });

  it('limits its sources with a tcp middleware and takes named ones of tcp', () => {
    const middlewaresOverride = { file: '', text: '', data: { tcp: { middlewares: { few: {} } } } };
    const route = soleRoute(
      routeOne(
        { router: 'tcp', hostport: 25, allowSourceIps: ['10.0.0.0/8'], middleware: ['few'] },
        { middlewaresOverride },
      ),
    );
    expect(route.routers['blog-web-8080']?.middlewares).toEqual(['blog-web-8080-allow', 'few@file']);
    expect(route.middlewares).toEqual({
      'blog-web-8080-allow': { ipAllowList: { sourceRange: ['10.0.0.0/8'] } },
    });
    expect(codes(routeOne({ router: 'tcp', hostport: 25, middleware: ['rate-limit'] }))).toEqual([
      'unknown-middleware',
    ]);
  });

  it('needs a domain or a hostport, and its own protocol', () => {
    expect(codes(routeOne({ router: 'tcp' }))).toEqual(['no-domain']);
    expect(codes(routeOne({ router: 'tcp', hostport: 25, protocol: 'udp' }))).toEqual(['protocol-mismatch']);
    expect(codes(routeOne({ router: 'http', hostport: 25, protocol: 'udp' }))).toEqual(['protocol-mismatch']);
  });

  it('takes a raw rule of TCP matchers, with TLS when it looks at names', () => {
    const plain = soleRoute(routeOne({ router: 'tcp', hostport: 25, rule: 'ClientIP(`10.0.0.0/8`)' }));
    expect(plain.routers['blog-web-8080']).not.toHaveProperty('tls');
    const named = soleRoute(
      routeOne({ router: 'tcp', rule: 'HostSNI(`a.acme.org`) && ClientIP(`10.0.0.0/8`)' }),
    );
    expect(named.routers['blog-web-8080']?.tls).toEqual({ certResolver: 'letsencrypt' });
    expect(codes(routeOne({ router: 'tcp', rule: 'ClientIP(`10.0.0.0/8`)' }))).toEqual(['no-domain']);
    expect(codes(routeOne({ router: 'tcp', hostport: 25, rule: 'PathPrefix(`/a`)' }))).toEqual([
      'invalid-rule',
    ]);
  });

  it('to an external host has its service in the file', () => {
    const route = soleRoute(
      routeProject(
        externalProject('db', '10.0.0.5', [{ router: 'tcp', port: 5432, hostport: 5432, proxyProtocol: 2 }]),
        settings(),
      ),
    );
    expect(route).toMatchObject({
      servers: [{ address: '10.0.0.5:5432' }],
      loadBalancer: { serversTransport: 'proxy-protocol-v2@file' },
    });
    expect(route.routers['db-host-5432']?.service).toBe('db-host-5432');
    expect(labelsOf(route)).toEqual({});
  });
});

describe('passthrough', () => {
  it.each(['http', 'tcp'] as const)('makes a TCP route of an %s row', (router) => {
    const route = soleRoute(routeOne({ router, domains: ['mail.acme.org'], passthrough: true, port: 443 }));
    expect(route).toMatchObject({ kind: 'tcp', via: 'file' });
    expect(route.routers).toEqual({
      'blog-web-443': {
        rule: 'HostSNI(`mail.acme.org`)',
        entryPoints: ['web-secure'],
        service: 'blog-web-443@docker',
        tls: { passthrough: true },
      },
    });
  });

  it('on its own port takes TLS for every name', () => {
    const route = soleRoute(routeOne({ router: 'http', hostport: 9443, passthrough: true }));
    expect(route.routers['blog-web-8080']).toMatchObject({
      rule: 'HostSNI(`*`)',
      entryPoints: ['tcp-9443'],
      tls: { passthrough: true },
    });
  });

  it('needs a domain or a hostport', () => {
    expect(codes(routeOne({ passthrough: true }))).toEqual(['no-domain']);
  });

  it('leads to a port that speaks TLS', () => {
    const toPlain = routeOne({ passthrough: true, domains: ['a.org'], port: 80 });
    expect(toPlain.problems).toMatchObject([{ code: 'passthrough-to-plain-http', severity: 'warning' }]);
    expect(toPlain.routes).toHaveLength(1);
  });
});

describe('a udp row', () => {
  it('has an entry point of its own and no rule', () => {
    const route = soleRoute(routeOne({ router: 'udp', port: 53, hostport: 53 }));
    expect(route.routers).toEqual({
      'blog-web-53': { entryPoints: ['udp-53'], service: 'blog-web-53@docker' },
    });
    expect(labelsOfRow({ router: 'udp', port: 53, hostport: 53 })).toMatchObject({
      'traefik.udp.services.blog-web-53.loadbalancer.server.port': '53',
    });
  });

  it('needs a hostport', () => {
    expect(codes(routeOne({ router: 'udp' }))).toEqual(['no-hostport']);
  });
});
