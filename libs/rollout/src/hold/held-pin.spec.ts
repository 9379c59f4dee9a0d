import { parse } from 'yaml';

import { fileFault } from '@itsup/traefik';

import { renderPin, type PinInput, type PinManner } from '../pin/pin';
import { provideConfiguration } from '../provider/docker-provider';
import { type ProvidedConfiguration } from '../provider/provided-configuration';
import { containerFacts } from '../testing/container-facts';
import type { DynamicConfiguration } from '../types';
import {
  heldConfiguration,
  heldServices,
  keyOf,
  targetsOf,
  type HeldService,
  type TransportFacts,
} from './held-configuration';

const service = 'traefik.http.services.web';
const labels = {
  'traefik.enable': 'true',
  'traefik.http.routers.web.rule': 'Host(`a.test`)',
  'traefik.http.routers.web.service': 'web',
  'traefik.http.routers.web.middlewares': 'auth@file,guard,all',
  'traefik.http.middlewares.guard.circuitbreaker.expression': 'LatencyAtQuantileMS(50.0) > 100',
  'traefik.http.middlewares.all.chain.middlewares': 'guard,strip',
  'traefik.http.middlewares.strip.stripprefix.prefixes': '/x',
  [`${service}.loadbalancer.server.port`]: '8080',
  [`${service}.loadbalancer.healthcheck.path`]: '/',
  [`${service}.loadbalancer.sticky.cookie`]: 'true',
  'traefik.tcp.routers.line.rule': 'HostSNI(`*`)',
  'traefik.tcp.routers.line.service': 'line',
  'traefik.tcp.services.line.loadbalancer.server.port': '9000',
  'traefik.tcp.services.line.loadbalancer.proxyprotocol.version': '2',
  'traefik.tcp.services.line.loadbalancer.healthcheck.expect': 'welcome',
  'traefik.http.services.web.middlewares': 'guard,strip',
};
const provided = provideConfiguration([containerFacts({ labels })], 'proxynet');
const listening = new Map([
  [keyOf({ protocol: 'http', name: 'web' }), 40_001],
  [keyOf({ protocol: 'tcp', name: 'line' }), 40_002],
]);

const facts = (verifies: boolean): TransportFacts => ({
  verifies: () => verifies,
  serverNameOf: () => 'inner.test',
});

function pin(
  manner: PinManner,
  fastProxy = false,
  changes: Pick<Partial<PinInput>, 'provided' | 'fileRoutes' | 'others' | 'published'> = {},
): DynamicConfiguration {
  const held = manner.connections === 'listener' ? heldConfiguration(provided, listening) : provided;
  const { text } = renderPin({
    project: 'shop',
    service: 'web',
    provided: held,
    fileRoutes: {
      http: { routers: { 'shop-file': { rule: 'Host(`b.test`)', service: 'web@docker', priority: 20 } } },
    },
    retired: {},
    published: {},
    transports: {},
    defaultTransport: null,
    winsTies: true,
    writing: '',
    fastProxy,
    manner,
    ...changes,
  });
  expect(fileFault(text)).toBeNull();
  return parse(text) as DynamicConfiguration;
}

describe('the pin to listeners', () => {
  it('leaves out what takes a long wait for a fault, and keeps the rest', () => {
    const { http, tcp } = pin({ connections: 'listener' });
    const own = 'web~shop~web~rollout';
    expect(http?.services?.[own]).toEqual({
      middlewares: ['strip~shop~web~rollout'],
      loadBalancer: { servers: [{ url: 'http://127.0.0.1:40001' }], serversTransport: own },
    });
    expect(http?.serversTransports?.[own]).toEqual({
      maxIdleConnsPerHost: -1,
      forwardingTimeouts: { idleConnTimeout: '250ms' },
    });
    expect(http?.routers?.[own]?.['middlewares']).toEqual(['auth@file', 'strip~shop~web~rollout']);
    expect(tcp?.services?.['line~shop~web~rollout']?.['loadBalancer']).toMatchObject({
      servers: [{ address: '127.0.0.1:40002' }],
      terminationDelay: -1,
      proxyprotocol: { version: '2' },
    });
    expect(tcp?.services?.['line~shop~web~rollout']?.['loadBalancer']).not.toHaveProperty('healthcheck');
    expect(http?.routers?.['shop-file']?.['service']).toBe(own);
  });

  it('leaves it out of whatever leads there: routers and services of files, and routers of other containers', () => {
    const published: DynamicConfiguration = {
      http: {
        middlewares: {
          patience: { circuitBreaker: { expression: 'NetworkErrorRatio() > 0.3' } },
          // Bare names are of the file: another `strip` than the label's.
          usual: { chain: { middlewares: ['patience', 'strip', 'strip@docker'] } },
          outer: { chain: { middlewares: ['usual', 'limit'] } },
          limit: { rateLimit: { average: 1 } },
          strip: { stripPrefix: { prefixes: ['/y'] } },
          guard: { compress: {} },
        },
      },
    };
    const fileRoutes: DynamicConfiguration = {
      http: {
        routers: {
          one: {
            rule: 'Host(`b.test`)',
            service: 'web@docker',
            middlewares: ['outer', 'guard', 'all@docker'],
          },
          two: { rule: 'Host(`c.test`)', service: 'half', middlewares: ['patience'] },
        },
        services: {
          half: { weighted: { services: [{ name: 'web@docker' }] }, middlewares: ['patience', 'limit'] },
        },
      },
    };
    const others = provideConfiguration(
      [
        containerFacts({
          labels: {
            'traefik.enable': 'true',
            'traefik.http.routers.alias.rule': 'Host(`alias.test`)',
            'traefik.http.routers.alias.service': 'web',
            'traefik.http.routers.alias.middlewares': 'outer@file,guard,their',
            'traefik.http.routers.elsewhere.rule': 'Host(`e.test`)',
            'traefik.http.routers.elsewhere.middlewares': 'guard,their',
            'traefik.http.services.elsewhere.loadbalancer.server.port': '80',
            'traefik.http.middlewares.their.circuitbreaker.expression': 'NetworkErrorRatio() > 0.3',
          },
        }),
      ],
      'proxynet',
    );
    const copy = (name: string): string => `${name}~shop~web~rollout`;
    const middlewaresOf = (document: DynamicConfiguration): Record<string, unknown> =>
      Object.fromEntries(
        Object.entries(document.http?.routers ?? {}).map(([name, router]) => [name, router['middlewares']]),
      );
    const found = pin({ connections: 'listener' }, false, { fileRoutes, published, others });
    const outer = ['strip@file', copy('strip'), 'limit@file'];
    expect(middlewaresOf(found)).toMatchObject({
      one: [...outer, 'guard', copy('strip')],
      [copy('alias~docker')]: outer,
      [copy('elsewhere~docker')]: [copy('guard'), 'their@docker'],
    });
    expect(found.http?.routers?.['two']).not.toHaveProperty('middlewares');
    expect(found.http?.services?.['half']?.['middlewares']).toEqual(['limit']);
    const serving = pin({ connections: 'fresh' }, false, { fileRoutes, published, others });
    expect(middlewaresOf(serving)).toMatchObject({
      one: [copy('outer~file'), 'guard', copy('all')],
      two: ['patience'],
    });
  });

  it('ends at a circle of chains, which is as Traefik refuses it', () => {
    const circle = containerFacts({
      labels: {
        ...labels,
        'traefik.http.routers.web.middlewares': 'strip,one',
        'traefik.http.middlewares.one.chain.middlewares': 'two',
        'traefik.http.middlewares.two.chain.middlewares': 'one,guard',
      },
    });
    const circular = { provided: provideConfiguration([circle], 'proxynet') };
    const copy = (name: string): string => `${name}~shop~web~rollout`;
    expect(
      pin({ connections: 'listener' }, false, circular).http?.routers?.[copy('web')]?.['middlewares'],
    ).toEqual([copy('strip'), copy('one')]);
  });

  it('keeps the path that comes before that of a request, and what a server says else', () => {
    const url = 'http://172.20.128.2:8080/app';
    const { http } = heldConfiguration(
      provideConfiguration(
        [
          containerFacts({
            labels: {
              'traefik.enable': 'true',
              [`${service}.loadbalancer.server.url`]: url,
              [`${service}.loadbalancer.server.preservepath`]: 'true',
            },
          }),
        ],
        'proxynet',
      ),
      listening,
    );
    expect(http.services['web']?.servers).toEqual([
      { preservepath: 'true', url: 'http://127.0.0.1:40001/app' },
    ]);
  });

  it('keeps no connection in a way that ends no proxy', () => {
    const idle = (fastProxy: boolean): unknown =>
      pin({ connections: 'listener' }, fastProxy).http?.serversTransports?.['web~shop~web~rollout']?.[
        'maxIdleConnsPerHost'
      ];
    expect([idle(false), idle(true)]).toEqual([-1, 0]);
  });

  it('is one below every original when the new container is to take over by itself', () => {
    const { http, tcp } = pin({ connections: 'listener', below: true });
    expect(http?.routers?.['web~shop~web~rollout']?.['priority']).toBe('Host(`a.test`)'.length - 1);
    expect(tcp?.routers?.['line~shop~web~rollout']?.['priority']).toBe(-2);
    expect(http?.routers).not.toHaveProperty('shop-file');
    expect(http?.routers?.['shop-file~shop~web~rollout']?.['priority']).toBe(19);
  });

  it('has a path to prove the way with, and no idle connections before', () => {
    const proof = { entryPoint: 'traefik', path: '/proof', port: 40_001 };
    const { http } = pin({ connections: 'fresh', proof });
    expect(http?.routers?.['proof~shop~web~rollout']).toMatchObject({
      entryPoints: ['traefik'],
      rule: 'Path(`/proof`)',
    });
    expect(http?.serversTransports?.['web~shop~web~rollout']).toMatchObject({ maxIdleConnsPerHost: -1 });
    expect(http?.services?.['web~shop~web~rollout']).toMatchObject({
      loadBalancer: { servers: [{ url: 'http://172.20.128.2:8080' }] },
    });
  });
});

describe('heldServices', () => {
  it('names the services, or why they cannot be held', () => {
    expect(heldServices(provided, facts(true))).toMatchObject([
      { protocol: 'http', name: 'web', routers: [{ name: 'web' }] },
      { protocol: 'tcp', name: 'line', routers: [{ name: 'line' }] },
    ]);
    const scheme = { [`${service}.loadbalancer.server.scheme`]: 'https' };
    const secure = provideConfiguration([containerFacts({ labels: { ...labels, ...scheme } })], 'proxynet');
    expect(heldServices(secure, facts(true))).toContain('checks the certificate of web');
    expect(heldServices(secure, facts(false))).toMatchObject([
      { kind: 'http', secured: [{ port: 8080, tls: { serverName: 'inner.test' } }] },
      { kind: 'tcp', secured: [] },
    ]);
    const none = provideConfiguration([containerFacts({ labels: {} })], 'proxynet');
    expect(heldServices(none, facts(false))).toBe('no HTTP or TCP route leads to it');
  });
});

describe('targetsOf', () => {
  const at = (port: number, tls: unknown = null): unknown => [{ address: '172.20.128.2', port, tls }];
  const noName = (): null => null;
  /** A container with HTTP services by name: what their router takes, and their port. */
  const serving = (services: Record<string, [string, number]>): ProvidedConfiguration =>
    provideConfiguration(
      [
        containerFacts({
          labels: Object.fromEntries([
            ['traefik.enable', 'true'],
            ...Object.entries(services).flatMap(([name, [rule, port]]) => [
              [`traefik.http.routers.${name}.rule`, rule],
              [`traefik.http.routers.${name}.service`, name],
              [`traefik.http.services.${name}.loadbalancer.server.port`, String(port)],
            ]),
          ]),
        }),
      ],
      'proxynet',
    );
  const held = (before: ProvidedConfiguration, fileRoutes: DynamicConfiguration = {}): HeldService[] => {
    const found = heldServices(before, facts(false), fileRoutes);
    if (typeof found === 'string') throw new Error(found);
    return found;
  };
  const two = serving({ 'web-8080': ['Host(`a.test`)', 8080], 'web-9000': ['Host(`api.test`)', 9000] });

  it('leads to the service of the same name, by TLS where it wants that', () => {
    const scheme = { [`${service}.loadbalancer.server.scheme`]: 'https' };
    const secure = provideConfiguration([containerFacts({ labels: { ...labels, ...scheme } })], 'proxynet');
    expect(targetsOf(secure, {}, held(secure), () => 'inner.test')).toEqual([
      at(8080, { serverName: 'inner.test' }),
      at(9000),
    ]);
  });

  it('finds a service whose port changed, and its name with it, by what its router takes', () => {
    const now = serving({ 'web-8080': ['Host(`a.test`)', 8080], 'web-9001': ['Host(`api.test`)', 9001] });
    expect(targetsOf(now, {}, held(two), noName)).toEqual([at(8080), at(9001)]);
  });

  it('finds it by a published router too', () => {
    const published = (name: string): DynamicConfiguration => ({
      http: { routers: { guarded: { rule: 'Host(`x.test`)', service: `${name}@docker` } } },
    });
    const now = serving({ 'web-8080': ['Host(`a.test`)', 8080], 'web-9001': ['Host(`b.test`)', 9001] });
    expect(targetsOf(now, published('web-9001'), held(two, published('web-9000')), noName)).toEqual([
      at(8080),
      at(9001),
    ]);
  });

  it('takes the only one there is for the only one there was', () => {
    const before = serving({ 'web-8080': ['Host(`a.test`)', 8080] });
    expect(targetsOf(serving({ 'web-80': ['Host(`b.test`)', 80] }), {}, held(before), noName)).toEqual([
      at(80),
    ]);
  });

  it('leads to no other port where nobody can tell', () => {
    const now = serving({ 'web-8080': ['Host(`a.test`)', 8080], 'web-9001': ['Host(`b.test`)', 9001] });
    expect(targetsOf(now, {}, held(two), noName)).toEqual([at(8080), []]);
    // A file's own service of that name is another one.
    const own = { http: { routers: { other: { rule: 'Host(`b.test`)', service: 'web-9000' } } } };
    expect(targetsOf(now, {}, held(two, own), noName)).toEqual([at(8080), []]);
    const split = serving({ one: ['Host(`a.test`)', 8080], two: ['Host(`api.test`)', 9000] });
    const both = serving({ web: ['Host(`a.test`)', 8080] });
    const shared = held(both).map((one) => ({ ...one, routers: held(split).flatMap((s) => s.routers) }));
    expect(targetsOf(split, {}, shared, noName)).toEqual([[]]);
  });
});
