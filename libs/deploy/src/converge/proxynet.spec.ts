import { DockerError, type Docker, type NetworkDetails } from '@itsup/docker';

import { ensureProxynet } from './proxynet';

const OVERLAP = new DockerError({
  code: 'subnet-taken',
  reason: 'Pool overlaps with other one on this address space',
});

/** An engine that shows these subnets of proxynet, one at each look, and creates it with this outcome. */
function engine(
  looks: (string | null)[],
  create: () => Promise<string>,
): { docker: Docker; created: () => number } {
  let count = 0;
  const docker = {
    inspectNetworks: (): Promise<Pick<NetworkDetails, 'subnets'>[]> => {
      const subnet = looks.shift() ?? null;
      return Promise.resolve(
        subnet === null ? [] : [{ subnets: [{ subnet, gateway: null, ipRange: null }] }],
      );
    },
    createNetwork: () => {
      count += 1;
      return create();
    },
  };
  return { docker: docker as unknown as Docker, created: () => count };
}

describe('ensureProxynet', () => {
  it('makes it where it is missing, and takes it as it is where it is there', async () => {
    const missing = engine([null], () => Promise.resolve('id'));
    await ensureProxynet(missing.docker);
    expect(missing.created()).toBe(1);
    const present = engine(['172.20.0.0/16'], () => Promise.resolve('id'));
    await ensureProxynet(present.docker);
    expect(present.created()).toBe(0);
  });

  it.each([
    ['name', new DockerError({ code: 'network-exists', network: 'proxynet' })],
    ['subnet', OVERLAP],
  ])('is content when another stack took its %s meanwhile', async (_, error) => {
    await ensureProxynet(engine([null, '172.20.0.0/16'], () => Promise.reject(error)).docker);
  });

  it('fails when somebody else has the subnet, or proxynet another one', async () => {
    await expect(ensureProxynet(engine([null, null], () => Promise.reject(OVERLAP)).docker)).rejects.toBe(
      OVERLAP,
    );
    const differs = engine(['10.0.0.0/24'], () => Promise.resolve('id'));
    await expect(ensureProxynet(differs.docker)).rejects.toThrow('10.0.0.0/24');
  });
});
