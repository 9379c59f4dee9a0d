import type { ComposeService } from '@itsup/docker';

import { notRolledFacts, type ServiceOptions } from './not-rolled';

const NO_OPTIONS: ServiceOptions = {
  rollout: null,
  start: { deadlineMs: null },
  drain: { deadlineMs: null, hook: null },
  hold: { deadlineMs: null },
};

function facts(
  service: ComposeService,
  rollout: boolean | null = null,
  others: Record<string, ComposeService> = {},
) {
  return notRolledFacts('web', { web: service, ...others }, { ...NO_OPTIONS, rollout });
}

describe('notRolledFacts', () => {
  it('finds none in a stateless service', () => {
    expect(
      facts({
        volumes: [
          { type: 'bind', source: '/conf', target: '/conf', read_only: true },
          { type: 'tmpfs', target: '/tmp' },
        ],
        ports: [{ target: 80 }],
        networks: { default: null },
      }),
    ).toEqual([]);
  });

  it.each<[string, ComposeService]>([
    ['volume data is writable', { volumes: [{ type: 'volume', source: 'data', target: '/data' }] }],
    ['volume /data is writable', { volumes: [{ type: 'volume', target: '/data' }] }],
    ['bind mount /data is writable', { volumes: [{ type: 'bind', source: '/srv', target: '/data' }] }],
    ['publishes host port 5432', { ports: [{ target: 5432, published: '5432' }] }],
    ['publishes host port 53/udp', { ports: [{ target: 53, published: '53', protocol: 'udp' }] }],
    ['container_name db is taken once', { container_name: 'db' }],
    ['address 172.20.0.50 is pinned', { networks: { proxynet: { ipv4_address: '172.20.0.50' } } }],
    [
      'mac_address 02:42:ac:11:65:43 is pinned',
      { networks: { n: { mac_address: '02:42:ac:11:65:43', priority: 1 } } },
    ],
    ['address 169.254.8.8 is pinned', { networks: { n: { link_local_ips: ['169.254.8.8'] } } }],
    ['uses the host network', { network_mode: 'host' }],
    ['shares a namespace with service:vpn', { network_mode: 'service:vpn' }],
  ])('says: %s', (fact, service) => {
    expect(facts(service)).toEqual([fact]);
  });

  it('names each address of a service, and rolls with one no more by x-itsup than without', () => {
    const networks: ComposeService['networks'] = {
      a: { ipv4_address: '10.9.0.5', ipv6_address: 'fd00::5', mac_address: '02:42:ac:11:65:43' },
      b: { link_local_ips: ['169.254.8.8'] },
    };
    const all = [
      'address 10.9.0.5 is pinned',
      'address fd00::5 is pinned',
      'mac_address 02:42:ac:11:65:43 is pinned',
      'address 169.254.8.8 is pinned',
    ];
    expect(facts({ networks })).toEqual(all);
    expect(facts({ networks }, true)).toEqual(all);
  });

  it('sees that another service shares its namespace', () => {
    expect(facts({}, null, { sidecar: { network_mode: 'service:web' } })).toEqual([
      'sidecar shares its namespace',
    ]);
  });

  it('sees volumes that come from another service', () => {
    const data: ComposeService['volumes'] = [{ type: 'volume', source: 'data', target: '/data' }];
    const others = { data: { volumes: data }, copy: { volumes_from: ['data'] }, plain: {} };
    expect(facts({ volumes_from: ['data:ro'] }, null, others)).toEqual(['volumes of data are writable']);
    expect(facts({ volumes_from: ['copy'] }, null, others)).toEqual(['volumes of copy are writable']);
    expect(facts({ volumes_from: ['plain'] }, null, others)).toEqual([]);
    expect(facts({ volumes_from: ['container:x'] }, null, others)).toEqual([
      'volumes of container:x may be writable',
    ]);
  });

  it('is overridden by x-itsup, but not where a second container could not start', () => {
    const volumes: ComposeService['volumes'] = [{ type: 'volume', source: 'cache', target: '/cache' }];
    expect(facts({ volumes }, true)).toEqual([]);
    expect(facts({ volumes, container_name: 'web' }, true)).toEqual(['container_name web is taken once']);
    expect(facts({}, false)).toEqual(['x-itsup says rollout: false']);
  });
});
