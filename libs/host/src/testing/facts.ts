import type { Engine, Listener, NetworkDetails } from '@itsup/docker';
import { proxynetOf } from '@itsup/routing';

import type { HostFacts } from '../doctor/facts';

export const NOW = Date.parse('2026-01-15T12:00:00Z');
export const DAY_MS = 24 * 60 * 60_000;

const GIB = 1024 ** 3;

export function engine(change: Partial<Engine> = {}): Engine {
  return {
    id: 'engine',
    version: '28.0.0',
    context: 'default',
    endpoint: 'unix:///var/run/docker.sock',
    location: 'local',
    rootless: false,
    liveRestore: true,
    securityOptions: [],
    addressPools: [],
    hostName: 'box',
    operatingSystem: 'Debian GNU/Linux 13',
    kernel: '6.12',
    architecture: 'x86_64',
    rootDir: '/var/lib/docker',
    ...change,
  };
}

export function network(name: string, subnet: string, change: Partial<NetworkDetails> = {}): NetworkDetails {
  return {
    id: name,
    name,
    driver: 'bridge',
    internal: false,
    attachable: false,
    options: {},
    ipv6: false,
    bridge: `br-${name}`,
    labels: {},
    subnets: [{ subnet, gateway: null, ipRange: null }],
    containers: [],
    ...change,
  };
}

export function listener(port: number, change: Partial<Listener> = {}): Listener {
  return { protocol: 'tcp', address: '*', port, processes: [], ...change };
}

/** A host on which everything is well. */
export function healthyFacts(change: Partial<HostFacts> = {}): HostFacts {
  return {
    now: NOW,
    versions: {
      client: '28.0.0',
      clientError: null,
      server: '28.0.0',
      serverError: null,
      compose: '2.40.0',
      composeError: null,
    },
    engine: engine(),
    kernel: {
      ipForward: true,
      rpFilter: { all: 0, byInterface: { eth0: 2, docker0: 0 } },
      bridgeNfCallIptables: true,
    },
    networks: [network('bridge', '172.17.0.0/16'), network('proxynet', '172.20.0.0/16', { internal: true })],
    interfaceNetworks: ['192.0.2.10/24'],
    addresses: ['192.0.2.10'],
    listeners: [],
    proxyRuns: false,
    honeypotRuns: null,
    unserved: [],
    wanted: {
      honeypot: true,
      proxynet: proxynetOf({ proxynet: { subnet: '172.20.0.0/16' } }),
      ports: [
        { port: 8080, protocol: 'tcp', entryPoint: 'web' },
        { port: 53, protocol: 'udp', entryPoint: 'udp-53' },
      ],
      domains: ['blog.example.com'],
      certified: ['blog.example.com'],
      hasEmail: true,
    },
    lookups: new Map([['blog.example.com', { outcome: 'found', addresses: ['192.0.2.10'] }]]),
    certificates: {
      mode: 0o600,
      unreadable: null,
      certificates: [{ names: ['blog.example.com'], expires: NOW + 60 * DAY_MS }],
    },
    clock: { newestFile: { path: '/srv/it/.git/HEAD', time: NOW - DAY_MS }, unsynchronized: false },
    disks: [
      {
        what: "Docker's data",
        path: '/var/lib/docker',
        freeBytes: 50 * GIB,
        totalBytes: 100 * GIB,
        freeInodes: 0.9,
      },
    ],
    workspace: {
      root: '/srv/it',
      errors: 0,
      staleBuild: null,
      ignoredBy: null,
      obeysProjects: false,
      ownRepository: false,
      otherCheckout: null,
      stateInUse: null,
      stateFolder: { path: '/var/lib/itsup', unwritable: null },
    },
    leftovers: { killed: [], running: [], pins: [], packetFilter: null, rules: [] },
    secrets: { files: [], contexts: ['itsup', 'blog'] },
    units: [{ name: 'itsup.service', outdated: false, gone: null, foreign: null, at: '03:30' }],
    product: { itsup: '1.2.3', nx: '24.0.0', node: '22.12.0' },
    ...change,
  };
}
