import type { NetworkInterfaceInfo } from 'node:os';

import { engineNetworks } from './host-circumstances';

const ipv4 = (cidr: string): NetworkInterfaceInfo => ({
  address: cidr.split('/')[0] ?? '',
  netmask: '',
  family: 'IPv4',
  mac: '',
  internal: false,
  cidr,
});

it('takes the bridges of the engine alone for networks of containers', () => {
  const linkLocal: NetworkInterfaceInfo = { ...ipv4('fe80::1/64'), family: 'IPv6', scopeid: 4 };
  expect(
    engineNetworks({
      lo: [ipv4('127.0.0.1/8')],
      eth0: [ipv4('192.168.1.4/24')],
      br0: [ipv4('192.168.2.1/24')],
      docker0: [ipv4('172.17.0.1/16')],
      'br-0123456789ab': [ipv4('172.18.0.1/16'), linkLocal],
    }),
  ).toEqual(['172.17.0.1/16', '172.18.0.1/16']);
});
