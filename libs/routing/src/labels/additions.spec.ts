import type { IngressRow, NetworkFacts, ServiceFacts } from '@itsup/config';

import { routeProject } from '../route-project';
import { codes, project, service, settings } from '../testing/build';

const dns = ['172.20.0.253', '1.1.1.1'];

describe('what the artifact adds to services', () => {
  it('is no network, whether a service has a row or not, and resolvers for all', () => {
    const { additions, networks } = routeProject(
      project('blog', { rows: [{ domains: ['a.org'] }], services: ['web', 'db'] }),
      settings(),
    );
    expect(additions).toMatchObject([
      { service: 'db', labels: {}, traefikNetwork: null, networks: [], keepDefault: false, dns },
      {
        service: 'web',
        traefikNetwork: '${COMPOSE_PROJECT_NAME}_default',
        networks: [],
        keepDefault: false,
        dns,
      },
    ]);
    expect(networks).toEqual([]);
  });

  describe('to one that Compose may have cut off from the outside', () => {
    const facts = { name: null, external: false, driver: null, internal: true, options: {} };
    const networkFacts: Record<string, NetworkFacts> = {
      back: facts,
      deep: facts,
      front: { ...facts, internal: false },
      theirs: { ...facts, external: true },
      maybe: { ...facts, internalUnknown: true },
    };
    const dnsFor = (
      networks: string[] | null,
      {
        change = {},
        known = networkFacts,
      }: { change?: Partial<ServiceFacts>; known?: typeof networkFacts } = {},
      rows: Partial<IngressRow>[] = [],
    ): string[] | null => {
      const made = project('blog', {
        services: [service('web', { networks, ...change })],
        networks: Object.keys(known),
        rows,
        egress: ['shop:api'],
      });
      if (made.compose) made.compose.networkFacts = known;
      return routeProject(made, settings()).additions.find((each) => each.service === 'web')?.dns ?? null;
    };

    it.each<[string, string[] | null, string[] | null]>([
      ['internal networks alone, an edge besides', ['back', 'deep'], null],
      ['one with a way out', ['back', 'front'], dns],
      ['one that the file does not make', ['back', 'theirs'], dns],
      ['one of which a variable decides', ['maybe'], dns],
      ['a key without facts', ['back', 'unknown'], dns],
      ['no list of its own', null, dns],
      ['an empty list', [], dns],
    ])('is resolvers by its networks: %s', (_, networks, expected) => {
      expect(dnsFor(networks)).toEqual(expected);
    });

    it('is none on a default network that is internal, with an address on proxynet either', () => {
      const known = { default: facts };
      expect(dnsFor(null, { known })).toBeNull();
      expect(dnsFor(null, { known }, [{ domains: ['a.org'], ipv4Address: '172.20.0.50' }])).toBeNull();
      expect(dnsFor(null, { known }, [{ domains: ['a.org'], dns: ['192.0.2.1'] }])).toEqual(['192.0.2.1']);
    });

    it('is resolvers where it was seen in part', () => {
      expect(dnsFor(['back'], { change: { partial: true } })).toEqual(dns);
    });
  });

  it('joins proxynet for a fixed address alone, which a note calls shared', () => {
    const routing = routeProject(
      project('blog', { rows: [{ domains: ['a.org'], ipv4Address: '172.20.0.50' }, { domains: ['b.org'] }] }),
      settings(),
    );
    expect(routing.additions[0]).toMatchObject({
      traefikNetwork: '${COMPOSE_PROJECT_NAME}_default',
      networks: [{ name: 'proxynet', ipv4Address: '172.20.0.50' }],
      keepDefault: true,
    });
    expect(routing.networks).toEqual([{ key: 'proxynet', name: 'proxynet', kind: 'proxynet' }]);
    expect(routing.problems).toMatchObject([
      { code: 'shared-network', severity: 'note', place: { line: 2 } },
    ]);
  });

  it('follows the range of proxynet: addresses, and the honeypot in every container', () => {
    const moved = settings({ proxynet: { subnet: '10.9.0.0/16' } });
    const at = (ipv4Address: string) =>
      routeProject(project('blog', { rows: [{ domains: ['a.org'], ipv4Address }] }), moved);
    expect(at('10.9.0.50').additions[0]?.dns).toEqual(['10.9.0.253', '1.1.1.1']);
    expect(codes(at('10.9.0.50'))).toEqual(['shared-network']);
    expect(at('172.20.0.50').problems[0]?.message).toBe(
      'address 172.20.0.50 is outside proxynet, 10.9.0.0/16',
    );
  });

  it('leaves a network of the project’s own alone that is called proxynet', () => {
    const shape = { services: [service('web', { networks: ['proxynet'] })], networks: ['proxynet'] };
    const plain = routeProject(project('blog', { ...shape, rows: [{ domains: ['a.org'] }] }), settings());
    expect(plain.additions[0]).toMatchObject({
      traefikNetwork: '${COMPOSE_PROJECT_NAME}_proxynet',
      networks: [],
    });
    expect(plain.networks).toEqual([]);
    const rows = [{ domains: ['a.org'], ipv4Address: '172.20.0.50' }];
    expect(routeProject(project('blog', { ...shape, rows }), settings()).networks).toEqual([
      { key: 'itsup-proxynet', name: 'proxynet', kind: 'proxynet' },
    ]);
  });

  it('joins every service of a consumer to the networks of its edges, which its stack owns', () => {
    const routing = routeProject(
      project('shop', {
        services: ['web', service('host', { networkMode: 'host' })],
        egress: ['db:postgres', 'auth:api'],
      }),
      settings(),
    );
    expect(routing.edges.map(({ network }) => network)).toEqual(['shop--auth--api', 'shop--db--postgres']);
    expect(routing.additions).toMatchObject([
      {
        service: 'web',
        networks: [{ name: 'shop--auth--api' }, { name: 'shop--db--postgres' }],
        keepDefault: true,
      },
    ]);
    expect(routing.networks).toEqual([
      { key: 'shop--auth--api', name: 'shop--auth--api', kind: 'edge' },
      { key: 'shop--db--postgres', name: 'shop--db--postgres', kind: 'edge' },
    ]);
  });

  it('leaves resolvers alone that a service or row has, and all of them when the honeypot is off', () => {
    const dnsOf = (rowDns: string[] | null, hasDns: boolean, enabled = true): (string[] | null)[] =>
      routeProject(
        project('blog', {
          rows: [{ domains: ['a.org'], dns: rowDns }],
          services: [service('web', { hasDns })],
        }),
        settings({ dns: { enabled, resolvers: ['1.1.1.1'] } }),
      ).additions.map((each) => each.dns);
    expect(dnsOf(null, false)).toEqual([dns]);
    expect(dnsOf(null, true)).toEqual([null]);
    expect(dnsOf(['127.0.0.11'], false)).toEqual([['127.0.0.11']]);
    expect(dnsOf(['127.0.0.11'], false, false)).toEqual([['127.0.0.11']]);
    expect(dnsOf(null, false, false)).toEqual([null]);
  });

  it('never touches a service with network_mode, and refuses a row to it', () => {
    const routing = routeProject(
      project('blog', {
        rows: [{ domains: ['a.org'] }],
        services: [service('web', { networkMode: 'host' })],
      }),
      settings(),
    );
    expect(routing.additions).toEqual([]);
    expect(routing.problems).toMatchObject([
      { code: 'network-mode', message: expect.stringContaining('network_mode: host') },
    ]);
  });

  it('leaves out labels that the operator wrote, in any spelling', () => {
    const labels = { 'traefik.HTTP.routers.blog-web-8080.entryPoints': 'other', 'traefik.enable': 'true' };
    const { additions } = routeProject(
      project('blog', { rows: [{ domains: ['a.org'] }], services: [service('web', { labels })] }),
      settings(),
    );
    const keys = Object.keys(additions[0]?.labels ?? {});
    expect(keys).not.toContain('traefik.enable');
    expect(keys).not.toContain('traefik.http.routers.blog-web-8080.entrypoints');
    expect(keys).toContain('traefik.http.routers.blog-web-8080.rule');
    expect(keys).toEqual([...keys].sort());
  });

  it.each([
    [{ 'traefik.enable': 'false' }, ['label-disables-route']],
    [{ 'traefik.Enable': '0' }, ['label-disables-route']],
    [{ 'traefik.enable': 'yes please' }, ['label-disables-route']],
    [{ 'traefik.enable': '1' }, []],
    [{ 'traefik.enable': '${SHOWN}' }, []],
  ])('says when a label of the operator switches the route off: %j', (labels, expected) => {
    const services = [service('web', { labels: labels as Record<string, string> })];
    expect(
      codes(routeProject(project('blog', { rows: [{ domains: ['a.org'] }], services }), settings())),
    ).toEqual(expected);
  });

  it.each([
    [{ 'traefik.enable': '1' }, false, true],
    [{ 'traefik.enable': 'T' }, false, true],
    [{ 'traefik.enable': '${SHOWN}' }, false, true],
    [{ 'traefik.enable': 'on' }, true, false],
    [{ 'traefik.enable': '0' }, true, false],
    [{ 'traefik.http.routers.web.rule': 'Host(`a.org`)' }, true, true],
    [{ 'traefik.http.routers.web.rule': 'Host(`a.org`)' }, false, false],
    [{ other: 'x' }, true, false],
  ])(
    'lets Traefik reach a service with the labels %j, all being exposed: %p',
    (labels, isExposed, expected) => {
      const services = [service('web', { labels: labels as Record<string, string> })];
      const data = { providers: { docker: { exposedByDefault: isExposed } } };
      const { additions } = routeProject(
        project('blog', { services }),
        settings({ traefikOverride: { file: 'projects/traefik.yml', text: '', data } }),
      );
      expect(additions.some(({ traefikNetwork }) => traefikNetwork !== null)).toBe(expected);
    },
  );

  it('gives one container several services, each named by its routers', () => {
    const { additions, routes } = routeProject(
      project('blog', { rows: [{ domains: ['a.org'] }, { domains: ['b.org'], sticky: true }] }),
      settings(),
    );
    const labels = additions[0]?.labels ?? {};
    for (const { serviceName } of routes) {
      expect(labels[`traefik.http.routers.${serviceName}.service`]).toBe(serviceName);
      expect(labels[`traefik.http.services.${serviceName}.loadbalancer.server.port`]).toBe('8080');
    }
    expect(new Set(routes.map(({ serviceName }) => serviceName)).size).toBe(2);
  });
});

describe('a row', () => {
  it('to a service that does not exist is an error with a suggestion', () => {
    const routing = routeProject(
      project('blog', { rows: [{ service: 'wbe', domains: ['a.org'] }], services: ['web', 'db'] }),
      settings(),
    );
    expect(routing.problems).toMatchObject([{ code: 'unknown-service', help: 'did you mean web?' }]);
  });

  it('points at the key that is wrong', () => {
    const place = { file: 'projects/blog/ingress.yml', line: 9, column: 13 };
    const routing = routeProject(
      project('blog', { rows: [{ domains: ['a b'], places: { domain: place } }] }),
      settings(),
    );
    expect(routing.problems).toMatchObject([{ code: 'invalid-domain', place, project: 'blog' }]);
  });

  it.each([
    ['outside', '172.21.0.5', 'invalid-address'],
    ['the gateway', '172.20.0.1', 'invalid-address'],
    ['the DNS server', '172.20.0.253', 'invalid-address'],
    ['the network', '172.20.0.0', 'invalid-address'],
    ['the broadcast address', '172.20.255.255', 'invalid-address'],
    ['no address', '172.20.0.500', 'invalid-address'],
  ])('cannot pin an address that is %s', (_, ipv4Address, code) => {
    expect(
      codes(routeProject(project('blog', { rows: [{ domains: ['a.org'], ipv4Address }] }), settings())),
    ).toEqual([code]);
  });

  it('agrees with the other rows of its service on address and resolvers', () => {
    const rows = [
      { domains: ['a.org'], ipv4Address: '172.20.0.50', dns: ['1.1.1.1'] },
      { domains: ['b.org'], ipv4Address: '172.20.0.51', dns: ['9.9.9.9'] },
    ];
    const routing = routeProject(project('blog', { rows }), settings());
    expect(codes(routing)).toEqual(['inconsistent-service', 'inconsistent-service', 'shared-network']);
    expect(routing.problems.find(({ severity }) => severity === 'error')).toMatchObject({
      place: { line: 3 },
      related: [{ place: { line: 2 } }],
    });
  });
});

describe('a disabled project', () => {
  it('has no routes, edges or problems, and keeps its networks for the artifact that takes it down', () => {
    const routing = routeProject(
      project('old', {
        enabled: false,
        rows: [{ domains: ['a.org'], ipv4Address: '172.20.0.50' }, { domains: ['b b'] }],
        egress: ['db:postgres'],
      }),
      settings(),
    );
    expect(routing).toMatchObject({ routes: [], edges: [], problems: [] });
    expect(routing.networks.map(({ key }) => key)).toEqual(['old--db--postgres', 'proxynet']);
  });
});
