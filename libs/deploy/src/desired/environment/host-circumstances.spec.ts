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
    engineNetworks(
      {
        lo: [ipv4('127.0.0.1/8')],
        eth0: [ipv4('192.168.1.4/24')],
        br0: [ipv4('192.168.2.1/24')],
        docker0: [ipv4('172.17.0.1/16')],
        'br-0123456789ab': [ipv4('172.18.0.1/16'), linkLocal],
      },
      '',
    ),
  ).toEqual(['172.17.0.1/16', '172.18.0.1/16']);
});

it('knows a bridge without a running container by the kernel’s routes', () => {
  const table = [
    'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT',
    'eth0\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0',
    'docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0',
    'docker0\t00000000\t020011AC\t0003\t0\t0\t0\t00000000\t0\t0\t0',
    'br-0123456789ab\t0001400A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0',
  ].join('\n');
  expect(engineNetworks({}, table)).toEqual(['172.17.0.0/16', '10.64.1.0/24']);
});
