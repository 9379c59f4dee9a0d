import type { NetworkInterfaceInfo } from 'node:os';

import { WEB } from '../../testing/deploy-simulated';
import { SimulatedWorkspace } from '../../testing/simulated-workspace';
import { rangeProblems, refuseTakenRanges, uplinkAddresses } from './refuse-taken-ranges';

const ranged = (subnet: string, more: object = {}) => ({
  networks: { own: { name: 'evil_own', ipam: { config: [{ subnet }] }, ...more } },
});

describe('a range of a project’s network', () => {
  const used = [
    { address: '192.168.1.4', use: 'the host itself' },
    { address: '192.168.1.200', use: 'the host of victim' },
    { address: 'nas.lan', use: 'the host of nas' },
    { address: 'fd00::5', use: 'the host of six' },
  ];

  test.each(['192.168.1.0/24', '192.168.1.200/30', '128.0.0.0/1', 'fd00::/64'])(
    'does not take what others use: %s',
    (subnet) => {
      expect(rangeProblems('evil', ranged(subnet), used)).toMatchObject([{ code: 'range-taken' }]);
    },
  );

  test.each(['192.168.1.128/26', '10.5.0.0/24', 'fd01::/64', 'nonsense'])('may be %s', (subnet) => {
    expect(rangeProblems('evil', ranged(subnet), used)).toEqual([]);
  });

  it('is as it is where the network is another one’s, or part of the one outside', () => {
    expect(rangeProblems('evil', ranged('192.168.1.0/24', { driver: 'macvlan' }), used)).toEqual([]);
    expect(rangeProblems('evil', ranged('192.168.1.0/24', { external: true }), used)).toEqual([]);
  });

  it('holds no address of the proxy’s network, of who resolves names, or of another project’s host', async () => {
    const simulated = await SimulatedWorkspace.create();
    try {
      simulated.setProject('evil', { web: WEB });
      simulated.setExternal('victim', [{ domains: ['victim.org'] }]);
      const dns = { enabled: true, resolvers: ['9.9.9.9'] };
      simulated.settings = { ...simulated.settings, dns };
      const workspace = simulated.workspace();
      const project = workspace.projects.find(({ name }) => name === 'evil') ?? null;
      const { docker } = simulated.context();
      const asked = (subnet: string): Promise<void> =>
        refuseTakenRanges(
          { request: { workspace }, engineDetails: () => docker.engine() },
          { spec: { stack: 'evil', project }, model: { name: 'evil', services: {}, ...ranged(subnet) } },
        );
      for (const subnet of ['192.0.2.0/29', '9.9.9.0/24', simulated.settings.proxynet.subnet])
        await expect(asked(subnet)).rejects.toMatchObject({ problems: [{ code: 'range-taken' }] });
      await asked('10.77.0.0/24');
    } finally {
      await simulated.dispose();
    }
  });
});

it('takes the interfaces with the way out for the host’s own', () => {
  const at = (address: string): NetworkInterfaceInfo => ({
    ...{ address, netmask: '', mac: '', internal: false, cidr: `${address}/24` },
    family: 'IPv4',
  });
  const routes = [
    'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT',
    'eth0\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0',
    'eth0\t0001A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0',
    'br-0123456789ab\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0',
  ].join('\n');
  const interfaces = { eth0: [at('192.168.1.4')], 'br-0123456789ab': [at('172.17.0.1')] };
  expect(uplinkAddresses(interfaces, routes)).toEqual([
    { address: '192.168.1.4', use: 'the host itself' },
    { address: '192.168.1.1', use: 'the host’s way out' },
  ]);
});
