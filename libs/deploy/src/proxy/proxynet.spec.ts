import { DockerError, type NetworkDetails, type NetworkSpec } from '@itsup/docker';
import { containerDetails } from '@itsup/docker/testing/container-details';
import { proxynetOf } from '@itsup/routing';

import { ensureProxynet as ensure, freeProxynetRange, rangeChange, type ProxynetEngine } from './proxynet';

const ensureProxynet = (docker: ProxynetEngine): Promise<void> =>
  ensure(docker, proxynetOf({ proxynet: { subnet: '172.20.0.0/16' } }));

const OVERLAP = new DockerError({
  code: 'subnet-taken',
  reason: 'Pool overlaps with other one on this address space',
});

interface Shown {
  engine: ProxynetEngine;
  created: NetworkSpec[];
  left: string[];
}

/**
 * An engine that shows these subnets of proxynet, one at each look, and creates it with this outcome.
 *
 * @param members of it, with the network that Traefik comes to each by
 */
function engine(
  looks: (string | null)[],
  create: () => Promise<string>,
  members: Record<string, string> = {},
): Shown {
  const shown: Omit<Shown, 'engine'> = { created: [], left: [] };
  const containers = Object.keys(members).map((id) => ({ id, name: id, ipv4: null, ipv6: null }));
  const network = (name: string, subnet: string): NetworkDetails => ({
    ...{ id: name, name, driver: 'bridge', internal: true, attachable: false, ipv6: false, bridge: null },
    ...{ options: {}, labels: {}, subnets: [{ subnet, gateway: null, ipRange: null }], containers },
  });
  const docker: ProxynetEngine = {
    listNetworks: async () => [{ id: 'shop_default', name: 'shop_default', driver: 'bridge', labels: {} }],
    inspectNetworks: ([name]) => {
      if (name === 'shop_default') return Promise.resolve([network(name, '172.20.8.0/24')]);
      const subnet = looks.shift() ?? null;
      return Promise.resolve(subnet === null ? [] : [network('proxynet', subnet)]);
    },
    inspectContainers: async (ids) =>
      ids.map((id) => containerDetails({ id, labels: { 'traefik.docker.network': members[id] ?? '' } })),
    disconnectNetwork: async (_, id) => void shown.left.push(id),
    removeNetwork: async (name) => void shown.left.push(name),
    createNetwork: (spec) => {
      shown.created.push(spec);
      return create();
    },
  };
  return { engine: docker, ...shown };
}

const made = (): Promise<string> => Promise.resolve('id');

describe('ensureProxynet', () => {
  it('makes it where it is missing, and takes it as it is where it is there', async () => {
    const missing = engine([null], made);
    await ensureProxynet(missing.engine);
    expect(missing.created).toEqual([
      {
        name: 'proxynet',
        subnet: '172.20.0.0/16',
        gateway: '172.20.0.1',
        ipRange: '172.20.128.0/17',
        internal: true,
      },
    ]);
    const present = engine(['172.20.0.0/16'], made);
    await ensureProxynet(present.engine);
    expect(present.created).toEqual([]);
  });

  it.each([
    ['name', new DockerError({ code: 'network-exists', network: 'proxynet' })],
    ['subnet', OVERLAP],
  ])('is content when another stack took its %s meanwhile', async (_, error) => {
    await ensureProxynet(engine([null, '172.20.0.0/16'], () => Promise.reject(error)).engine);
  });

  it('says who has its range, and which one is free', async () => {
    const taken = engine([null, null], () => Promise.reject(OVERLAP)).engine;
    await expect(ensureProxynet(taken)).rejects.toMatchObject({
      problems: [
        {
          message: 'the network proxynet needs 172.20.0.0/16, and the network shop_default has 172.20.8.0/24',
          help: expect.stringContaining('proxynet: {subnet: 172.31.0.0/16}') as string,
        },
      ],
    });
  });

  it('makes it anew with another range, unless Traefik still comes by it to somebody', async () => {
    const free = engine(['10.0.0.0/23'], made, { dns: '', pinned: 'mail_default' });
    await ensureProxynet(free.engine);
    expect(free.left).toEqual(['dns', 'pinned', 'proxynet']);
    expect(free.created).toHaveLength(1);
    const served = engine(['10.0.0.0/23'], made, { 'blog-web-1': 'proxynet' });
    await expect(ensureProxynet(served.engine)).rejects.toThrow(/10\.0\.0\.0\/23.*blog-web-1/);
    expect(served.left).toEqual([]);
  });
});

test('a plan says what another range comes to', async () => {
  const wanted = proxynetOf({ proxynet: { subnet: '10.9.0.0/16' } });
  const note = (subnet: string | null) => rangeChange(engine([subnet], made).engine, wanted);
  expect(await note('172.20.0.0/16')).toMatch(
    /172\.20\.0\.0\/16 → 10\.9\.0\.0\/16.*all of them are replaced/,
  );
  expect(await note('10.9.0.0/16')).toBeNull();
  expect(await note(null)).toBeNull();
});

test('a free range overlaps nothing that is there', () => {
  const others = ['172.16.0.0/12', '10.255.0.0/16'].map((subnet) => ({ what: 'x', subnet }));
  expect(freeProxynetRange(others)).toBe('10.254.0.0/16');
});
