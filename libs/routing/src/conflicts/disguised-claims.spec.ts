import type { Place, ServiceFacts, Settings } from '@itsup/config';
import { routeWorkspace } from '../route-workspace';
import { externalProject, project, service, workspace, type ProjectShape } from '../testing/build';

const victim = project('victim', { rows: [{ domains: ['victim.org'], port: 80 }] });
/** Its labels name no service: Traefik gives it the name `web-shop`. */
const shop = project('shop', {
  services: [
    service('web', {
      labels: { 'traefik.enable': 'true', 'traefik.http.routers.shop.rule': 'Host(`shop.org`)' },
    }),
  ],
});

const place: Place = { file: 'projects/evil/docker-compose.yml', line: 3, column: 7 };

function labelled(labels: Record<string, string>, changes: Partial<ServiceFacts> = {}): ServiceFacts {
  return service('web', { labels: { 'traefik.enable': 'true', ...labels }, place, ...changes });
}

/** Codes of the errors that the project `evil` meets or makes. */
function among(shape: ProjectShape, set: Partial<Settings> = {}, others = [victim, shop]): string[] {
  const routing = routeWorkspace(workspace([project('evil', shape), ...others], set));
  const own = routing.projects.find((each) => each.project === 'evil')?.problems ?? [];
  return [...own, ...routing.problems].filter(({ severity }) => severity === 'error').map(({ code }) => code);
}

const router = (rule: string, more: Record<string, string> = {}): Record<string, string> => ({
  'traefik.http.routers.steal.rule': rule,
  'traefik.http.routers.steal.tls': 'true',
  'traefik.http.routers.steal.priority': '1000000',
  ...more,
});

describe('a domain of another project in disguise', () => {
  test.each([
    ['with a dot at its end', 'Host(`victim.org.`)'],
    ['with that and a condition', 'Host(`Victim.org.`) && Method(`GET`)'],
    ['as a wildcard with a condition', 'Host(`*.org`) && Method(`GET`)'],
    ['as a wildcard with an expression for paths', 'Host(`*.org`) && PathRegexp(`.*`)'],
    ['as a wildcard that is narrowed to it', 'Host(`*.org`) && Host(`victim.org`)'],
    ['as a wildcard with a path', 'Host(`*.org`) && PathPrefix(`/login`)'],
    ['for its first page alone', 'Host(`victim.org`) && Path(`/`)'],
  ])('is one %s', (_, rule) => {
    expect(among({ rows: [{ rule, priority: 1_000_000 }] })).toHaveLength(1);
    expect(among({ services: [labelled(router(rule))] })).toHaveLength(1);
  });

  test.each([
    ['Host(`*.org`) && Method(`GET`)', 1],
    ['Host(`*.net`) && Method(`GET`)', 1_000_000],
    ['Host(`own.org.`)', 1_000_000],
  ])('is none in %s with priority %i', (rule, priority) => {
    expect(among({ rows: [{ rule, priority }] })).toEqual([]);
  });

  it('is one in an expression for one name below a wildcard, which the wildcard’s own project has a path of', () => {
    const rows = [{ domains: ['*.org'] }, { domains: ['bees.org'], pathPrefix: '/login' }];
    // Asked before the wildcard, and after the path.
    const rule = '!(!(HostRegexp(`^bees`)))';
    expect(among({ rows: [{ rule }] }, {}, [project('wild', { rows })])).toHaveLength(1);
  });

  it('is one in an expression for names below a wildcard, whatever these are', () => {
    const wild = project('wild', { rows: [{ domains: ['*.wild.org'] }] });
    expect(
      among({ rows: [{ rule: 'HostRegexp(`^[^-]+\\.wild\\.org$`)', priority: 9999 }] }, {}, [wild]),
    ).toEqual(['route-taken']);
  });

  it('cannot be told from rules in the syntax of Traefik 2, which are refused', () => {
    for (const rule of ['HostRegexp(`{any:.+}`)', 'Host(`own.org`, `victim.org`)'])
      expect(
        among({ services: [labelled(router(rule, { 'traefik.HTTP.routers.steal.ruleSyntax': 'v2' }))] }),
      ).toEqual(['old-rule-syntax']);
  });
});

describe('a redirect', () => {
  const to = (more: Record<string, string> = {}): Record<string, string> => ({
    'traefik.http.routers.steal.middlewares': 'r',
    'traefik.http.middlewares.r.redirectscheme.scheme': 'https',
    ...more,
  });

  it('claims nothing on plain HTTP, to HTTPS', () => {
    const labels = {
      'traefik.http.routers.steal.rule': 'Host(`victim.org`)',
      'traefik.http.routers.steal.entrypoints': 'web',
      ...to(),
    };
    expect(among({ services: [labelled(labels)] })).toEqual([]);
  });

  it('takes what it turns away where TLS is, or sends to a port', () => {
    expect(among({ services: [labelled(router('Host(`victim.org`)', to()))] })).toHaveLength(1);
    expect(among({ services: [labelled(router('PathPrefix(`/`)', to()))] }).length).toBeGreaterThan(0);
    const port = { 'traefik.http.middlewares.r.redirectscheme.port': '7777' };
    const labels = {
      'traefik.http.routers.steal.rule': 'Host(`victim.org`)',
      'traefik.http.routers.steal.entrypoints': 'web',
      ...to(port),
    };
    expect(among({ services: [labelled(labels)] })).toEqual(['route-taken']);
  });
});

describe('what a label joins without naming it', () => {
  it('is the service that Traefik names by itself', () => {
    const labels = { 'traefik.http.services.web-shop.loadbalancer.server.port': '80' };
    expect(among({ services: [labelled(labels)] })).toEqual(['name-taken']);
    const use = router('Host(`own.org`)', { 'traefik.http.routers.steal.service': 'web-shop@docker' });
    expect(among({ services: [labelled(use)] })).toEqual(['service-taken']);
  });

  test.each(['traefik', 'crowdsec-lapi', 'crowdsec-appsec'])('is never the entry point %s', (point) => {
    const labels = router('PathPrefix(`/x`)', { 'traefik.http.routers.steal.entrypoints': point });
    const set = { crowdsec: { enabled: true, collections: [], clientTrustedIps: [] } };
    expect(among({ services: [labelled(labels)] }, set)).toContain('entry-point-taken');
  });

  it('is every UDP port where a router names none', () => {
    const udp = project('udp', { rows: [{ router: 'udp', hostport: 5353, port: 53 }] });
    const labels = {
      'traefik.udp.routers.a.service': 'a',
      'traefik.udp.services.a.loadbalancer.server.port': '53',
    };
    expect(among({ services: [labelled(labels)] }, {}, [udp])).toEqual(['entry-point-taken']);
    expect(among({ services: [labelled(labels)] }, {}, [victim])).toEqual([]);
  });
});

describe('what no label may lead to', () => {
  it('is a plugin of the proxy, which reads files', () => {
    for (const name of ['crowdsec', 'client-address', 'CrowdSec'])
      expect(
        among({
          services: [labelled({ [`traefik.http.middlewares.p.plugin.${name}.x`]: '/etc/traefik/acme.json' })],
        }),
      ).toContain('own-plugin');
  });

  test.each(['host', 'container:other', 'service:other'])(
    'is a port of the proxy, with network_mode: %s',
    (networkMode) => {
      const labels = (port: string) => ({ 'traefik.http.services.a.loadbalancer.server.port': port });
      expect(among({ services: [labelled(labels('26482'), { networkMode })] })).toContain('reserved-target');
      expect(among({ services: [labelled(labels('3000'), { networkMode })] })).not.toContain(
        'reserved-target',
      );
    },
  );

  it('is a container of another project, by its address', () => {
    const evil = externalProject('evil', '172.18.0.2', [{ domains: ['own.org'], port: 5432 }]);
    const errors = (engineNetworks: readonly string[]) =>
      routeWorkspace(workspace([evil, victim]), new Map(), { engineNetworks }).projects[0]?.problems.map(
        ({ code }) => code,
      );
    expect(errors(['172.18.0.0/16'])).toEqual(['reserved-target']);
    expect(errors(['172.19.0.0/16', 'fd00::/64'])).toEqual([]);
  });
});

describe('the domain of another project on a port of its own', () => {
  test.each([
    ['http', {}],
    ['tcp', { proxyProtocol: null }],
  ] as const)('is told with %s, and refused where isolation is strict', (kind, more) => {
    const rows = [{ router: kind, domains: ['victim.org'], hostport: 7777, ...more }];
    const codes = (set: Partial<Settings>) =>
      routeWorkspace(workspace([project('evil', { rows }), victim], set)).problems.map(
        ({ code, severity }) => `${severity} ${code}`,
      );
    expect(codes({})).toEqual(['note domain-on-another-port']);
    expect(codes({ isolation: 'strict' })).toEqual(['error domain-not-exported']);
  });

  it('is nobody’s business where TLS passes through, or the domain is its own', () => {
    const through = { router: 'tcp' as const, passthrough: true, domains: ['victim.org'], hostport: 7777 };
    expect(among({ rows: [through] }, { isolation: 'strict' })).toEqual([]);
    expect(among({ rows: [{ domains: ['evil.org'], hostport: 7777 }] }, { isolation: 'strict' })).toEqual([]);
  });
});
