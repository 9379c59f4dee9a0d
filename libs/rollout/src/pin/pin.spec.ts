import { fileFault, routerPriority } from '@itsup/traefik';
import fc from 'fast-check';
import { parse } from 'yaml';

import { containerFacts } from '../testing/container-facts';
import { pinFileName, stickyCookieName } from './pin-names';
import { renderPin, type Pin, type PinInput } from './pin';
import { provideConfiguration } from '../provider/docker-provider';
import { emptyConfiguration } from '../provider/provided-configuration';
import type { DynamicConfiguration } from '../types';

const routed = (labels: Record<string, string>, changes: Partial<PinInput> = {}): Pin =>
  renderPin({
    project: 'shop',
    service: 'web',
    provided: provideConfiguration(
      [
        containerFacts({
          labels: {
            'traefik.enable': 'true',
            'traefik.http.services.web.loadbalancer.server.port': '8080',
            ...labels,
          },
        }),
      ],
      'proxynet',
    ),
    fileRoutes: {},
    retired: {},
    published: {},
    transports: {},
    defaultTransport: null,
    winsTies: true,
    writing: '',
    ...changes,
  });

/** Go's template engine reads the file before the YAML does; this is all of it that a pin uses. */
const read = (pin: Pin): DynamicConfiguration =>
  parse(pin.text.replaceAll('{{"{{"}}', '{{')) as DynamicConfiguration;

const rule = { 'traefik.http.routers.web.rule': 'Host(`a.test`)' };

describe('renderPin', () => {
  it('shares no name with the pin of another project, or of another service, whose labels give the same', () => {
    const labels = { ...rule, 'traefik.http.middlewares.own.stripprefix.prefixes': '/x' };
    const names = (changes: Partial<PinInput>): string[] => {
      const { http } = read(routed(labels, changes));
      return [http?.routers, http?.services, http?.middlewares, http?.serversTransports].flatMap((objects) =>
        Object.keys(objects ?? {}),
      );
    };
    const own = names({});
    expect(own).toHaveLength(5);
    for (const other of [names({ project: 'evil' }), names({ service: 'api' })]) {
      expect(own.filter((name) => other.includes(name))).toEqual([]);
    }
  });

  it('keeps routers of others that pass its middlewares, below their originals, and waits for none of them', () => {
    const labels = { ...rule, 'traefik.http.middlewares.login.forwardauth.address': 'https://a.test/verify' };
    const others = provideConfiguration(
      [
        containerFacts({
          labels: {
            'traefik.enable': 'true',
            'traefik.http.routers.blog.rule': 'Host(`blog.test`)',
            'traefik.http.routers.blog.middlewares': 'login@docker',
            'traefik.http.services.blog.loadbalancer.server.port': '80',
          },
        }),
      ],
      'proxynet',
    );
    const pin = routed(labels, { others });
    const name = 'blog~docker~shop~web~rollout';
    expect(read(pin).http?.routers?.[name]).toEqual({
      rule: 'Host(`blog.test`)',
      service: 'blog@docker',
      middlewares: ['login~shop~web~rollout'],
      priority: 'Host(`blog.test`)'.length - 1,
    });
    expect(pin.routers.map((router) => router.name)).toEqual(['web~shop~web~rollout']);
    expect(read(routed(labels)).http?.routers).not.toHaveProperty(name);
  });

  it('names the copy of what stands between its own routers and its middlewares, in labels and in files', () => {
    const others = provideConfiguration(
      [
        containerFacts({
          labels: {
            'traefik.enable': 'true',
            'traefik.http.routers.blog.rule': 'Host(`blog.test`)',
            'traefik.http.services.blog.loadbalancer.server.port': '80',
            'traefik.http.middlewares.all.chain.middlewares': 'login',
          },
        }),
      ],
      'proxynet',
    );
    const published: DynamicConfiguration = {
      http: {
        routers: { front: { rule: 'Host(`b.test`)', service: 'web@docker', middlewares: ['secured', 'x'] } },
        middlewares: {
          secured: { chain: { middlewares: ['login@docker'] } },
          twice: { chain: { middlewares: ['secured', 'x'] } },
          x: { compress: {} },
        },
      },
    };
    const { http } = read(
      routed(
        {
          ...rule,
          'traefik.http.routers.web.middlewares': 'all,twice@file',
          'traefik.http.middlewares.login.forwardauth.address': 'https://a.test/verify',
        },
        { others, published, fileRoutes: { http: { routers: published.http?.routers ?? {} } } },
      ),
    );
    const copy = (name: string): string => `${name}~shop~web~rollout`;
    expect(http?.routers?.['front']?.['middlewares']).toEqual([copy('secured~file'), 'x']);
    expect(http?.routers?.[copy('web')]?.['middlewares']).toEqual([copy('all~docker'), copy('twice~file')]);
    expect(http?.middlewares).toMatchObject({
      [copy('all~docker')]: { chain: { middlewares: [copy('login')] } },
      [copy('secured~file')]: { chain: { middlewares: [copy('login')] } },
      [copy('twice~file')]: { chain: { middlewares: [copy('secured~file'), 'x@file'] } },
    });
  });

  it('takes for a middleware of files what is to be published, where both say what it is', () => {
    const secured = (...middlewares: string[]): DynamicConfiguration => ({
      http: { middlewares: { secured: { chain: { middlewares } } } },
    });
    const wanted = secured('login@docker');
    const { http } = read(
      routed(
        { ...rule, 'traefik.http.middlewares.login.forwardauth.address': 'https://a.test/verify' },
        {
          others: emptyConfiguration(),
          published: secured('old'),
          fileRoutes: {
            http: {
              ...wanted.http,
              routers: { front: { rule: 'Host(`b.test`)', service: 'web@docker', middlewares: 'secured' } },
            },
          },
        },
      ),
    );
    const chain = { chain: { middlewares: ['login~shop~web~rollout'] } };
    expect(http?.routers?.['front']?.['middlewares']).toEqual(['secured~file~shop~web~rollout']);
    expect(http?.middlewares).toMatchObject({ secured: chain, 'secured~file~shop~web~rollout': chain });
  });

  it('gives no UDP router of others a priority, which Traefik does not know there', () => {
    const port = { 'traefik.udp.services.dns.loadbalancer.server.port': '53' };
    const others = provideConfiguration(
      [
        containerFacts({
          labels: {
            'traefik.enable': 'true',
            'traefik.udp.routers.second.entrypoints': 'udp-5353',
            'traefik.udp.routers.second.service': 'dns@docker',
            'traefik.udp.services.second.loadbalancer.server.port': '54',
          },
        }),
      ],
      'proxynet',
    );
    for (const manner of [{}, { below: true }]) {
      const pin = routed(port, { others, manner });
      expect(fileFault(pin.text)).toBeNull();
      expect(read(pin).udp?.routers).toMatchObject({
        'second~docker~shop~web~rollout': { service: 'dns~shop~web~rollout' },
      });
    }
  });

  it('sends the copied router to the containers by address', () => {
    const { http } = read(routed({ ...rule, 'traefik.http.routers.web.entrypoints': 'web-secure' }));
    expect(http?.routers).toEqual({
      'web~shop~web~rollout': {
        rule: 'Host(`a.test`)',
        entrypoints: 'web-secure',
        service: 'web~shop~web~rollout',
      },
    });
    expect(http?.services?.['web~shop~web~rollout']).toMatchObject({
      loadBalancer: {
        servers: [{ url: 'http://172.20.128.2:8080' }],
        serversTransport: 'web~shop~web~rollout',
      },
    });
  });

  it('inlines what labels define and qualifies what they only name', () => {
    const { http } = read(
      routed({
        ...rule,
        'traefik.http.routers.web.middlewares': 'own, other, shared@file, own@docker',
        'traefik.http.middlewares.own.chain.middlewares': 'strip,auth@file',
        'traefik.http.middlewares.strip.stripprefix.prefixes': '/api',
        'traefik.http.middlewares.sorry.errors.service': 'web',
      }),
    );
    expect(http?.routers?.['web~shop~web~rollout']).toMatchObject({
      middlewares: ['own~shop~web~rollout', 'other@docker', 'shared@file', 'own~shop~web~rollout'],
    });
    expect(http?.middlewares).toMatchObject({
      'own~shop~web~rollout': { chain: { middlewares: ['strip~shop~web~rollout', 'auth@file'] } },
      'strip~shop~web~rollout': { stripprefix: { prefixes: '/api' } },
      'sorry~shop~web~rollout': { errors: { service: 'web~shop~web~rollout' } },
    });
  });

  it('keeps the redirect twin alive, which leads to no container', () => {
    const { http } = read(
      routed({
        ...rule,
        'traefik.http.routers.web.service': 'web',
        'traefik.http.routers.web-redirect.rule': 'Host(`a.test`)',
        'traefik.http.routers.web-redirect.entrypoints': 'web',
        'traefik.http.routers.web-redirect.service': 'noop@internal',
        'traefik.http.routers.web-redirect.middlewares': 'redirect@file',
      }),
    );
    expect(http?.routers?.['web-redirect~shop~web~rollout']).toEqual({
      rule: 'Host(`a.test`)',
      entrypoints: 'web',
      service: 'noop@internal',
      middlewares: ['redirect@file'],
    });
  });

  it('qualifies TLS options of labels, but not the default ones', () => {
    const options = (value: string): unknown =>
      read(routed({ ...rule, 'traefik.http.routers.web.tls.options': value })).http?.routers?.[
        'web~shop~web~rollout'
      ]?.['tls'];
    expect(options('modern')).toEqual({ options: 'modern@docker' });
    expect(options('modern@file')).toEqual({ options: 'modern@file' });
    expect(options('default')).toEqual({ options: 'default' });
  });

  it('leaves priorities alone where the file provider wins ties, else adds one', () => {
    const priority = (winsTies: boolean, labels = {}): unknown =>
      read(routed({ ...rule, ...labels }, { winsTies })).http?.routers?.['web~shop~web~rollout']?.[
        'priority'
      ];
    expect(priority(true)).toBeUndefined();
    expect(priority(false)).toBe('Host(`a.test`)'.length + 1);
    expect(priority(false, { 'traefik.http.routers.web.priority': '7' })).toBe(8);
    expect(priority(true, { 'traefik.http.routers.web.priority': '7' })).toBe('7');
  });

  it('keeps sticky sessions: the cookie has the name that it has without the pin', () => {
    const sticky = (labels: Record<string, string>): unknown =>
      (
        read(routed({ ...rule, ...labels })).http?.services?.['web~shop~web~rollout']?.[
          'loadBalancer'
        ] as Record<string, unknown>
      )['sticky'];
    const prefix = 'traefik.http.services.web.loadbalancer.sticky.cookie';
    expect(sticky({ [prefix]: 'true' })).toEqual({ cookie: { name: stickyCookieName('web@docker') } });
    expect(sticky({ [`${prefix}.httponly`]: 'true' })).toEqual({
      cookie: { httponly: 'true', name: stickyCookieName('web@docker') },
    });
    expect(sticky({ [`${prefix}.name`]: 'session' })).toEqual({ cookie: { name: 'session' } });
    expect(stickyCookieName('web@docker')).toMatch(/^_[0-9a-f]{5}$/);
  });

  it('copies the transport in use and lets it drop idle connections at once', () => {
    const transport = (labels: Record<string, string>, changes: Partial<PinInput>): unknown =>
      read(routed({ ...rule, ...labels }, changes)).http?.serversTransports?.['web~shop~web~rollout'];
    expect(
      transport(
        {},
        { defaultTransport: { insecureSkipVerify: true, forwardingTimeouts: { dialTimeout: '5s' } } },
      ),
    ).toEqual({
      maxIdleConnsPerHost: 200,
      insecureSkipVerify: true,
      forwardingTimeouts: { dialTimeout: '5s', idleConnTimeout: '250ms' },
    });
    const named = { 'traefik.http.services.web.loadbalancer.serverstransport': 'mtls@file' };
    expect(transport(named, { transports: { mtls: { serverName: 'db' } } })).toEqual({
      serverName: 'db',
      forwardingTimeouts: { idleConnTimeout: '250ms' },
    });
    expect(transport(named, {})).toBeUndefined();
  });

  it('overrides static routers under their own names', () => {
    const fileRoutes: DynamicConfiguration = {
      http: {
        routers: { front: { rule: 'Host(`b.test`)', service: 'web@docker', middlewares: ['x'] } },
        services: {
          split: {
            weighted: {
              services: [
                { name: 'web@docker', weight: 1 },
                { name: 'api@docker', weight: 9 },
              ],
            },
          },
        },
        middlewares: { x: { compress: {} } },
      },
    };
    const pin = routed(rule, { fileRoutes });
    const { http } = read(pin);
    expect(http?.routers?.['front']).toEqual({
      rule: 'Host(`b.test`)',
      service: 'web~shop~web~rollout',
      middlewares: ['x'],
    });
    expect(http?.services?.['split']).toEqual({
      weighted: {
        services: [
          { name: 'web~shop~web~rollout', weight: 1 },
          { name: 'api@docker', weight: 9 },
        ],
      },
    });
    expect(http?.middlewares).toHaveProperty('x');
    expect(pin.routers).toContainEqual({ protocol: 'http', name: 'front' });
  });

  it('lets published routers that lead nowhere any more match nothing', () => {
    const pin = routed(
      {
        'traefik.tcp.services.db.loadbalancer.server.port': '5432',
        'traefik.udp.services.dns.loadbalancer.server.port': '53',
      },
      {
        fileRoutes: { udp: { routers: { 'dns-new': { entryPoints: ['udp-53'], service: 'dns@docker' } } } },
        retired: {
          http: {
            routers: { gone: { rule: 'Host(`c.test`)', service: 'old@docker', entryPoints: ['http-9000'] } },
          },
          tcp: {
            routers: { 'db-old': { entryPoints: ['tcp-5432'], rule: 'HostSNI(`*`)', service: 'old@docker' } },
          },
          udp: {
            routers: {
              'dns-old': { entryPoints: ['udp-53'], service: 'old@docker' },
              'log-old': { entryPoints: ['udp-514'], service: 'old@docker' },
            },
          },
        },
      },
    );
    const { http, tcp, udp } = read(pin);
    expect(http?.routers?.['gone']).toEqual({
      rule: '!PathPrefix(`/`)',
      service: 'noop@internal',
      entryPoints: ['http-9000'],
    });
    expect(tcp?.routers?.['db-old']).toEqual({
      entryPoints: ['tcp-5432'],
      rule: 'ClientIP(`255.255.255.255/32`)',
      service: 'nowhere~shop~web~rollout',
    });
    expect(udp?.routers?.['dns-old']).toEqual({ entryPoints: ['udp-53'], service: 'dns~shop~web~rollout' });
    expect(udp?.routers?.['log-old']).toEqual({
      entryPoints: ['udp-514'],
      service: 'nowhere~shop~web~rollout',
    });
    expect(udp?.services).toHaveProperty('nowhere~shop~web~rollout');
  });

  it('survives the template engine that Traefik runs over every file', () => {
    const pin = routed({
      ...rule,
      'traefik.http.middlewares.own.headers.customrequestheaders.X-Note': '{{ env "HOME" }} and }}',
      'traefik.http.routers.web.middlewares': 'own',
    });
    expect(pin.text.replaceAll('{{"{{"}}', '')).not.toContain('{{');
    expect(read(pin).http?.middlewares?.['own~shop~web~rollout']).toEqual({
      headers: { customrequestheaders: { 'X-Note': '{{ env "HOME" }} and }}' } },
    });
  });

  it('has another marker for every other content and every writing', () => {
    const address = (ip: string): Partial<PinInput> => ({
      provided: provideConfiguration(
        [
          containerFacts({
            labels: {
              'traefik.enable': 'true',
              ...rule,
              'traefik.http.services.web.loadbalancer.server.port': '80',
            },
            addresses: { proxynet: ip },
          }),
        ],
        null,
      ),
    });
    const one = routed(rule, address('172.20.128.2'));
    expect(one.marker).not.toBe(routed(rule, address('172.20.128.3')).marker);
    expect(one).toEqual(routed(rule, address('172.20.128.2')));
    expect(one.marker).not.toBe(routed(rule, { ...address('172.20.128.2'), writing: 'the next' }).marker);
    expect(read(one).http?.middlewares).toHaveProperty([one.marker]);
  });

  it('keeps the winner among overlapping routers what it was', () => {
    const host = fc.constantFrom('Host(`a.test`)', 'HostRegexp(`.+`)');
    const path = fc.stringMatching(/^\/[a-z]{0,6}$/);
    const any = fc.record({
      host,
      path,
      priority: fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(any, any, (ours, theirs) => {
        const rules = [ours, theirs].map((one) => `${one.host} && PathPrefix(\`${one.path}\`)`);
        const labels = {
          'traefik.http.routers.web.rule': rules[0] ?? '',
          ...(ours.priority === undefined
            ? {}
            : { 'traefik.http.routers.web.priority': String(ours.priority) }),
        };
        const their = routerPriority('http', { rule: rules[1] ?? '', priority: theirs.priority ?? 0 });
        const before = routerPriority('http', { rule: rules[0] ?? '', priority: ours.priority ?? 0 });
        const pinned = read(routed(labels)).http?.routers?.['web~shop~web~rollout'] ?? {};
        expect(Math.sign(routerPriority('http', pinned) - their)).toBe(Math.sign(before - their));
      }),
    );
  });

  it('sorts its file before those whose routers it overrides, and its UDP routers after the labels', () => {
    expect(pinFileName('shop', 'web') < 'routers-http.yml').toBe(true);
    expect('dns~shop~web~rollout@file' > 'dns@docker').toBe(true);
  });
});

describe('routerPriority', () => {
  it.each([
    ['http', { rule: 'Host(`ä.test`)' }, 15],
    ['http', { rule: 'Host(`a.test`)', priority: '3' }, 3],
    ['tcp', { rule: 'HostSNI(`*`)' }, -1],
    ['tcp', { rule: 'HostSNI(`*`) && ClientIP(`10.0.0.0/8`)' }, 38],
    ['tcp', { rule: 'HostSNI(`*`)', priority: 5 }, 5],
  ] as const)('%s %j has %d', (protocol, router, priority) => {
    expect(routerPriority(protocol, router)).toBe(priority);
  });
});
