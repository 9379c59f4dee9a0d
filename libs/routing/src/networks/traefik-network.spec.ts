import type { ComposeFacts, NetworkFacts, ServiceFacts } from '@itsup/config';
import fc from 'fast-check';
import { routeProject } from '../route-project';
import { codes, project, service, settings } from '../testing/build';
import { isInReach, resolvedName, traefikNetworkOf } from './traefik-network';

const open: NetworkFacts = { name: null, external: false, driver: null, internal: false, options: {} };

function compose(networkFacts: Record<string, Partial<NetworkFacts>>): ComposeFacts {
  const facts = Object.entries(networkFacts).map(([key, each]) => [key, { ...open, ...each }] as const);
  return {
    files: [],
    name: null,
    services: [],
    networks: Object.keys(networkFacts),
    networkFacts: Object.fromEntries(facts),
    binds: [],
  };
}

function chosen(
  networkFacts: Record<string, Partial<NetworkFacts>>,
  changes: Partial<ServiceFacts> = {},
): string {
  const { name, added } = traefikNetworkOf(compose(networkFacts), service('web', changes));
  return added ? `+${name}` : name;
}

const own = (key: string): string => `\${COMPOSE_PROJECT_NAME}_${key}`;

describe('the network that Traefik comes by', () => {
  it('is default for a service that declares none, or has it among others', () => {
    expect(chosen({})).toBe(own('default'));
    expect(chosen({ a: {} }, { networks: ['a', 'default'] })).toBe(own('default'));
    expect(chosen({ default: { name: 'front' } })).toBe('front');
  });

  it('is one of its own on a swarm, whatever the service has and its labels say', () => {
    const facts = compose({ a: {}, proxy: {} });
    const web = service('web', { networks: ['a'] });
    expect(traefikNetworkOf(facts, web, 'swarm')).toMatchObject({ name: own('itsup-proxy'), added: true });
    const labelled = { 'traefik.enable': 'true', 'traefik.docker.network': 'a' };
    const source = project('shop', { services: [service('web', { labels: labelled, networks: ['a'] })] });
    const { additions, networks } = routeProject(source, settings({ engine: 'swarm' }));
    expect(additions).toMatchObject([
      { service: 'web', traefikNetwork: own('proxy'), networks: [{ name: 'proxy' }] },
    ]);
    expect(networks).toMatchObject([{ key: 'proxy', kind: 'proxy' }]);
  });

  it('else is the first in Compose’s order, which knows priorities and names', () => {
    const networks = ['c', 'b', 'a'];
    expect(chosen({ a: {}, b: {}, c: {} }, { networks })).toBe(own('a'));
    expect(chosen({ a: {}, b: {}, c: {} }, { networks, networkPriorities: { b: 5, c: 1 } })).toBe(own('b'));
    expect(chosen({ a: {}, b: {}, c: {} }, { networks, networkPriorities: { a: -1 } })).toBe(own('b'));
  });

  it('has the name that the file gives it, variables and all', () => {
    expect(chosen({ a: { name: '${NET:-foo}' } }, { networks: ['a'] })).toBe('${NET:-foo}');
    expect(chosen({ a: { name: 'My-Net.1' } }, { networks: ['a'] })).toBe('My-Net.1');
  });

  // Each answer was tried with Traefik in the host's network, on Docker 20.10 and 28.5.
  it.each<[string, boolean, Partial<NetworkFacts>]>([
    ['a bridge', true, { driver: 'bridge' }],
    ['an internal one', true, { internal: true }],
    ['icc: false', true, { options: { 'com.docker.network.bridge.enable_icc': 'false' } }],
    ['no masquerading', true, { options: { 'com.docker.network.bridge.enable_ip_masquerade': 'false' } }],
    [
      'nat-unprotected',
      true,
      { options: { 'com.docker.network.bridge.gateway_mode_ipv4': 'nat-unprotected' } },
    ],
    ['routed', true, { options: { 'com.docker.network.bridge.gateway_mode_ipv4': 'routed' } }],
    ['isolated', false, { options: { 'com.docker.network.bridge.gateway_mode_ipv4': 'isolated' } }],
    ['isolated for IPv6', false, { options: { 'com.docker.network.bridge.gateway_mode_ipv6': 'isolated' } }],
    [
      'a mode that is a variable',
      false,
      { options: { 'com.docker.network.bridge.gateway_mode_ipv4': '${M}' } },
    ],
    ['inhibit_ipv4', false, { options: { 'com.docker.network.bridge.inhibit_ipv4': 'true' } }],
    ['inhibit_ipv4: 1', false, { options: { 'com.docker.network.bridge.inhibit_ipv4': '1' } }],
    ['inhibit_ipv4: false', true, { options: { 'com.docker.network.bridge.inhibit_ipv4': 'false' } }],
    ['macvlan', false, { driver: 'macvlan' }],
    ['overlay', false, { driver: 'overlay' }],
    ['a driver that is a variable', false, { driver: '${DRIVER}' }],
    ['external', false, { external: true, name: 'traefik_net' }],
    ['no addresses', false, { ipamDriver: 'null' }],
    ['an included name that is a variable', false, { name: '${N}', nameUnknown: true }],
  ])('reaches %s: %s', (_, reached, facts) => {
    expect(isInReach(compose({ a: facts }), 'a')).toBe(reached);
    expect(chosen({ a: facts }, { networks: ['a'] }).startsWith('+')).toBe(!reached);
  });

  it('is one of our own where the host reaches none, and never takes a name that is there', () => {
    const lan = { driver: 'macvlan' };
    expect(chosen({ lan }, { networks: ['lan'] })).toBe(`+${own('proxy')}`);
    expect(chosen({ lan, proxy: { external: true } }, { networks: ['lan', 'proxy'] })).toBe(
      `+${own('itsup-proxy')}`,
    );
    expect(chosen({ lan, x: { name: 'blog_proxy' } }, { networks: ['lan'] })).toBe(`+${own('itsup-proxy')}`);
  });

  it('is declared and joined by those services alone that need it', () => {
    const facts = compose({ lan: { driver: 'macvlan' } });
    const blog = project('blog', {
      rows: [{ domains: ['a.org'] }, { service: 'api', domains: ['b.org'] }],
      services: [service('web', { networks: ['lan'] }), 'api', 'db'],
    });
    const routing = routeProject(
      { ...blog, compose: { ...facts, services: blog.compose?.services ?? [] } },
      settings(),
    );
    expect(routing.networks).toEqual([{ key: 'proxy', name: null, kind: 'proxy' }]);
    expect(routing.additions).toMatchObject([
      { service: 'api', networks: [], traefikNetwork: own('default') },
      { service: 'db', networks: [], traefikNetwork: null },
      { service: 'web', networks: [{ name: 'proxy' }], traefikNetwork: own('proxy'), keepDefault: false },
    ]);
  });

  it('is named for what the operator’s own labels show to Traefik, too', () => {
    const labels = { 'traefik.enable': 'true', 'traefik.http.routers.x.rule': 'Host(`x.org`)' };
    const { additions } = routeProject(
      project('blog', { services: [service('web', { labels })] }),
      settings(),
    );
    expect(additions[0]).toMatchObject({ labels: {}, traefikNetwork: own('default'), networks: [] });
  });

  it('is a network that a service is on for certain, also when we see the service in part', () => {
    const services = [service('web', { partial: true })];
    const { additions } = routeProject(
      project('blog', { rows: [{ domains: ['a.org'] }], services }),
      settings(),
    );
    expect(additions[0]).toMatchObject({ traefikNetwork: own('default'), keepDefault: true });
  });
});

describe('the operator’s own label', () => {
  const withLabel = (value: string, changes: Partial<ServiceFacts> = {}, networks: string[] = []) =>
    routeProject(
      project('blog', {
        rows: [{ domains: ['a.org'] }],
        services: [service('web', { labels: { 'traefik.docker.Network': value }, ...changes })],
        networks,
      }),
      settings(),
    );

  it('wins', () => {
    const routing = withLabel('blog_b', { networks: ['a', 'b'] }, ['a', 'b']);
    expect(routing.additions[0]).toMatchObject({ traefikNetwork: null, networks: [] });
    expect(codes(routing)).toEqual([]);
    expect(codes(withLabel('${COMPOSE_PROJECT_NAME}_default'))).toEqual([]);
    expect(codes(withLabel('${SOME_NET}'))).toEqual([]);
  });

  it('is an error where it names a network that the service is not on', () => {
    expect(withLabel('proxynet', { networks: ['a', 'b'] }, ['a', 'b']).problems).toMatchObject([
      {
        code: 'network-not-joined',
        severity: 'error',
        message: expect.stringContaining('at random') as string,
      },
    ]);
    expect(codes(withLabel('blog_a', { networks: ['b', 'c'] }, ['a', 'b', 'c']))).toEqual([
      'network-not-joined',
    ]);
  });

  it('is a warning where there is one network for Traefik to take', () => {
    expect(withLabel('elsewhere').problems).toMatchObject([
      { code: 'network-not-joined', severity: 'warning' },
    ]);
    expect(withLabel('blog_a', { networks: ['b'] }, ['a', 'b']).problems).toMatchObject([
      { severity: 'warning' },
    ]);
  });
});

describe('any service with any networks', () => {
  const key = fc.constantFrom('default', 'a', 'b', 'c', 'proxy', 'itsup-proxy');
  const facts = fc.record({
    name: fc.option(fc.constantFrom('x', '${V}', 'blog_proxy', '${COMPOSE_PROJECT_NAME}_proxy')),
    external: fc.boolean(),
    driver: fc.option(fc.constantFrom('bridge', 'macvlan', '${D}')),
    internal: fc.boolean(),
    options: fc.constantFrom<Record<string, string>>(
      {},
      { 'com.docker.network.bridge.gateway_mode_ipv4': 'isolated' },
      { 'com.docker.network.bridge.inhibit_ipv4': 'true' },
    ),
  });
  const anyNetworks = fc.dictionary(key, facts);
  const anyService = fc.record({
    networks: fc.option(fc.uniqueArray(key, { minLength: 1 })),
    networkPriorities: fc.dictionary(key, fc.integer({ min: -3, max: 3 })),
  });

  it('gets a label that names a network it is on, which the host reaches; and keeps its own', () => {
    fc.assert(
      fc.property(anyNetworks, anyService, (networks, changes) => {
        const source = compose(networks);
        const web = service('web', changes);
        const blog = {
          ...project('blog', { rows: [{ domains: ['a.org'] }] }),
          compose: { ...source, services: [web] },
        };
        const routing = routeProject(blog, settings());
        const [addition] = routing.additions;
        if (!addition) throw new Error('nothing is added');
        const choice = traefikNetworkOf(source, web);
        expect(addition.traefikNetwork).toBe(choice.name);
        const joined = [...(web.networks ?? ['default']), ...addition.networks.map(({ name }) => name)];
        expect(joined).toContain(choice.key);
        if (!choice.added) expect(isInReach(source, choice.key)).toBe(true);
        else {
          expect(joined.filter((each) => each !== choice.key).some((each) => isInReach(source, each))).toBe(
            false,
          );
          expect(source.networks).not.toContain(choice.key);
          expect(addition.keepDefault).toBe(web.networks === null);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('gets the same in any order of its networks', () => {
    fc.assert(
      fc.property(anyNetworks, anyService, (networks, changes) => {
        const backwards = Object.fromEntries(Object.entries(networks).reverse());
        const reversed = { ...changes, networks: changes.networks && [...changes.networks].reverse() };
        expect(chosen(backwards, reversed)).toBe(chosen(networks, changes));
      }),
    );
  });
});

describe('resolvedName', () => {
  it.each([
    ['${COMPOSE_PROJECT_NAME}_default', 'blog_default'],
    ['$COMPOSE_PROJECT_NAME', 'blog'],
    ['a$$b', 'a$b'],
    ['${NET:-foo}', null],
    ['x', 'x'],
  ])('of %s', (text, name) => {
    expect(resolvedName(text, 'blog')).toBe(name);
  });
});
