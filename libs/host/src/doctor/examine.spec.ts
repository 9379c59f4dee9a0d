import { DockerError } from '@itsup/docker';

import { DAY_MS, engine, healthyFacts, listener, network, NOW } from '../testing/facts';
import { examine } from './examine';
import type { HostFacts, SecretsFacts } from './facts';
import type { Finding } from './finding';

/** What is not well on a host that differs from a healthy one in these facts: `severity check: message`. */
function found(change: Partial<HostFacts>): string[] {
  return examine(healthyFacts(change))
    .filter(({ severity }) => severity !== 'ok')
    .map(({ severity, check, message }) => `${severity} ${check}: ${message}`);
}

const HEALTHY = healthyFacts();
const { kernel, wanted, workspace, certificates, leftovers, versions } = HEALTHY;
const unreachable = new DockerError({
  code: 'engine-unreachable',
  endpoint: 'unix:///x',
  reason: 'no socket',
});
const tooOld = new DockerError({ code: 'compose-too-old', version: '2.0.0', minimum: '2.20.3' });
const disk = (change: object): HostFacts['disks'] => HEALTHY.disks.map((one) => ({ ...one, ...change }));
const secret = (change: Partial<SecretsFacts['files'][number]>): HostFacts['secrets'] => ({
  contexts: ['itsup', 'blog'],
  files: [
    {
      file: 'secrets/blog.env',
      context: 'blog',
      mode: 0o600,
      encrypted: false,
      hasMetadata: false,
      failure: null,
      ...change,
    },
  ],
});

describe('examine', () => {
  it('finds every check well on a healthy host', () => {
    expect(found({})).toEqual([]);
    expect(examine(HEALTHY).map(({ check }) => check)).toEqual([
      ...['product', 'product', 'workspace', 'engine', 'compose', 'kernel', 'address pools', 'proxynet'],
      ...['ports', 'DNS', 'certificates', 'clock', 'disk', 'leftovers', 'units'],
    ]);
  });

  it.each<[string, Partial<HostFacts>, string[]]>([
    [
      'an engine that does not answer',
      { engine: null, versions: { ...versions, server: null, serverError: unreachable } },
      ['error engine: no Docker engine answers at unix:///x: no socket'],
    ],
    [
      'an engine elsewhere',
      { engine: engine({ location: 'remote', endpoint: 'ssh://box' }) },
      ['error engine: the engine at ssh://box is on another host'],
    ],
    [
      'an engine whose restart stops containers',
      { engine: engine({ liveRestore: false }) },
      ['note engine: containers stop while the engine restarts, as for an update'],
    ],
    [
      'an engine that leaves ports on the loopback address open to the link',
      { versions: { ...versions, server: '26.1.5+dfsg1' } },
      [
        'warning engine: before Docker 28 a port that a container publishes on 127.0.0.1 can be reached from the link: this is 26.1.5+dfsg1',
      ],
    ],
    [
      'versions that nobody has tested, newer ones',
      { versions: { ...versions, server: '31.0.1', compose: '6.0.0' } },
      [
        'note engine: Docker 31.0.1 is newer than what is tested, 20.10 to 28.5',
        'note compose: Compose 6.0.0 is newer than what is tested, 2.26 to 5.5',
      ],
    ],
    [
      'the newest that is tested',
      { versions: { ...versions, server: '28.5.2+dfsg4', compose: '5.5.9' } },
      [],
    ],
    [
      'a Compose older than what is tested',
      { versions: { ...versions, compose: 'v2.25.0-desktop.1' } },
      ['note compose: Compose v2.25.0-desktop.1 is older than what is tested, 2.26 to 5.5'],
    ],
    [
      'a DNS server that is down',
      { honeypotRuns: false },
      [
        'warning DNS server: the DNS server that logs lookups does not run: each lookup of a container takes 4 s',
      ],
    ],
    [
      'a DNS server that is down and not wanted',
      { honeypotRuns: false, wanted: { ...wanted, honeypot: false } },
      [],
    ],
    [
      'an old Compose',
      { versions: { ...versions, composeError: tooOld } },
      ['error compose: Docker Compose 2.0.0 is too old: 2.20.3 is needed'],
    ],
    [
      'forwarding that is off',
      { kernel: { ...kernel, ipForward: false } },
      ['warning kernel: net.ipv4.ip_forward is 0: containers reach nothing outside of this host'],
    ],
    [
      'a strict reverse path filter of all interfaces',
      { kernel: { ...kernel, rpFilter: { all: 1, byInterface: { docker0: 0, 'br-1': 2, eth0: 1 } } } },
      [
        'warning kernel: net.ipv4.conf.*.rp_filter is strict on docker0: answers of the DNS honeypot may be dropped',
      ],
    ],
    [
      'bridges that pass by the packet filter',
      { kernel: { ...kernel, bridgeNfCallIptables: false } },
      [
        'note kernel: net.bridge.bridge-nf-call-iptables is 0: the packet filter does not see what containers of one network say to each other',
      ],
    ],
    [
      'few address pools',
      { engine: engine({ addressPools: [{ base: '172.20.0.0/14', size: 16 }] }) },
      ['warning address pools: Docker has subnets for 3 more networks'],
    ],
    [
      'no address pools',
      { engine: engine({ addressPools: [{ base: '172.17.0.0/16', size: 16 }] }) },
      ['error address pools: Docker has no subnet left for another network'],
    ],
    ['no proxynet yet', { networks: [] }, ['note proxynet: is not there yet: the first deploy makes it']],
    [
      'another network in the place of proxynet',
      { networks: [network('shop_default', '172.20.8.0/24')] },
      ['error proxynet: needs 172.20.0.0/16, and the network shop_default has 172.20.8.0/24'],
    ],
    [
      'a proxynet that something else made',
      { networks: [network('proxynet', '172.30.0.0/16')] },
      [
        'warning proxynet: has the subnet 172.30.0.0/16, and projects/itsup.yml says 172.20.0.0/16',
        'warning proxynet: is not internal: a service of another project may be taken for a sibling of its name',
      ],
    ],
    [
      'a port that somebody has',
      { listeners: [listener(8080, { processes: [{ name: 'nginx', pid: 7 }] }), listener(22)] },
      ['error ports: port 8080/tcp (entry point web) is taken by nginx (pid 7)'],
    ],
    [
      'a port that somebody else has while Traefik runs',
      {
        proxyRuns: true,
        listeners: [
          listener(8080, { processes: [{ name: 'nginx', pid: 7 }] }),
          listener(53, { protocol: 'udp' }),
        ],
      },
      ['error ports: port 8080/tcp (entry point web) is taken by nginx (pid 7)'],
    ],
    [
      'names without an address, and a resolver that fails for others',
      {
        wanted: { ...wanted, domains: ['a.example.com', 'b.example.com'] },
        lookups: new Map([
          ['a.example.com', { outcome: 'absent' }],
          ['b.example.com', { outcome: 'failed', reason: 'no answer in time' }],
        ]),
      },
      [
        'warning DNS: a.example.com: no address',
        'warning DNS: b.example.com: the resolver does not answer (no answer in time)',
      ],
    ],
    [
      'a resolver that does not answer',
      { lookups: new Map([['blog.example.com', { outcome: 'failed', reason: 'it refuses' }]]) },
      ['warning DNS: the resolver does not answer: it refuses'],
    ],
    [
      'a name that leads elsewhere',
      { lookups: new Map([['blog.example.com', { outcome: 'found', addresses: ['203.0.113.7'] }]]) },
      ['note DNS: blog.example.com: 203.0.113.7, which is no address of this host'],
    ],
    [
      'an expired certificate',
      {
        certificates: { ...certificates, certificates: [{ names: ['blog.example.com'], expires: NOW - 1 }] },
      },
      ['warning certificates: blog.example.com: expired'],
    ],
    [
      'a certificate that is not renewed',
      {
        certificates: {
          ...certificates,
          certificates: [{ names: ['*.example.com'], expires: NOW + 5 * DAY_MS }],
        },
      },
      ['warning certificates: blog.example.com: ends in 5 days and was not renewed'],
    ],
    [
      'a missing certificate',
      { certificates: { mode: 0o600, unreadable: null, certificates: [] } },
      ['warning certificates: blog.example.com: none yet'],
    ],
    [
      'no address to ask for certificates with',
      {
        certificates: { mode: null, unreadable: null, certificates: [] },
        wanted: { ...wanted, hasEmail: false },
      },
      ['note certificates: blog.example.com: none is asked for, Traefik shows its own'],
    ],
    [
      'an open acme.json',
      { certificates: { ...certificates, mode: 0o644 } },
      ['warning certificates: acme.json may be read by others, so Traefik does not use it'],
    ],
    [
      'a clock that is behind',
      { clock: { newestFile: { path: '/x', time: NOW + DAY_MS }, unsynchronized: true } },
      [
        'warning clock: is behind: /x is from 2026-01-16T12:00:00.000Z',
        'note clock: systemd-timesyncd has not reached a time server since the boot',
      ],
    ],
    [
      'a full disk',
      { disks: disk({ freeBytes: 1e8 }) },
      ["error disk: 95 MiB left for Docker's data (/var/lib/docker)"],
    ],
    [
      'a disk that fills up',
      { disks: disk({ freeBytes: 2 * 1024 ** 3 }) },
      ["warning disk: 2.0 GiB left for Docker's data (/var/lib/docker)"],
    ],
    [
      'few inodes',
      { disks: disk({ freeInodes: 0.01 }) },
      ["warning disk: 1.0 % of the inodes left for Docker's data (/var/lib/docker)"],
    ],
    [
      'a workspace that cannot be deployed',
      {
        workspace: {
          ...workspace,
          errors: 2,
          staleBuild: 'the build is stale',
          ignoredBy: '.gitignore',
          obeysProjects: true,
          ownRepository: true,
          otherCheckout: { path: '/home/ann/it', cure: 'deploy from there' },
          stateFolder: { path: '/var/lib/itsup', unwritable: 'EACCES' },
        },
      },
      [
        'error workspace: the build is stale',
        'error workspace: .gitignore names projects/, so Nx sees no project',
        'warning workspace: a file of a project could give Nx commands to run',
        'warning workspace: projects/ is a git repository of its own, so nx affected sees no change in it',
        'error workspace: this host is deployed from /home/ann/it',
        'error workspace: /var/lib/itsup cannot be written: EACCES',
        'error workspace: the configuration has 2 errors',
      ],
    ],
    [
      'a killed deploy and its rules',
      {
        leftovers: { ...leftovers, killed: [{ stack: 'proxy', what: 'deploy of noon' }], rules: ['r', 'r'] },
      },
      [
        'warning leftovers: proxy: a deploy of noon was killed',
        'warning leftovers: packet filter rules of a hand-over are still there: r',
      ],
    ],
    [
      'a file that keeps Traefik from reading any',
      { leftovers: { ...leftovers, unreadable: [{ file: 'mine.yml', fault: 'unknown field `http.x`' }] } },
      [
        'error leftovers: Traefik reads none of its files, because of mine.yml: unknown field `http.x`; after a restart no site is served',
      ],
    ],
    [
      'a router that Traefik refuses',
      {
        unserved: [
          {
            ...{ code: 'router-refused', severity: 'error', project: 'blog' },
            message: 'Traefik refuses the router blog@docker: the service "x@docker" does not exist',
            place: { file: 'projects/blog/docker-compose.yml', line: 3, column: 5 },
          },
        ],
      },
      [
        'error rows: blog: Traefik refuses the router blog@docker: the service "x@docker" does not exist (projects/blog/docker-compose.yml:3)',
      ],
    ],
    [
      'a maintenance page, and one that nobody sees',
      {
        pages: ['blog', 'shop'].map((stack) => ({
          ...{ stack, since: '2026-01-15T11:00:00Z', by: 'ann@box', isShown: stack === 'blog' },
        })),
      },
      [
        'note maintenance: visitors of blog see its maintenance page since 2026-01-15T11:00:00Z, put up by ann@box',
        'error maintenance: shop: its maintenance page is to be shown since 2026-01-15T11:00:00Z, and its container does not run',
      ],
    ],
    [
      'a route file that no deploy will take away by itself',
      { leftovers: { ...leftovers, pins: ['rollout-blog-web.yml'] } },
      [
        'warning leftovers: the route file rollout-blog-web.yml of a rollout is still there: it may send traffic to addresses of other containers',
      ],
    ],
    [
      'a hand-over under way, whose rules belong there',
      { leftovers: { ...leftovers, running: [{ stack: 'proxy', holder: 'ann' }], rules: ['r'] } },
      ['note leftovers: proxy: a deploy is under way (ann)'],
    ],
    [
      'plain secrets that others may read',
      { secrets: secret({ mode: 0o644 }) },
      ['warning secrets: secrets/blog.env may be read by other users of this host'],
    ],
    [
      'plain text under the name of an encrypted file',
      { secrets: secret({ file: 'secrets/blog.enc.env', encrypted: true }) },
      ['error secrets: secrets/blog.enc.env is not encrypted, and git would take it'],
    ],
    [
      'secrets that no key is there for',
      {
        secrets: secret({
          encrypted: true,
          hasMetadata: true,
          failure: { message: 'cannot be decrypted', help: 'x' },
        }),
      },
      ['error secrets: cannot be decrypted'],
    ],
    [
      'secrets of nobody',
      { secrets: secret({ file: 'secrets/blgo.env', context: 'blgo' }) },
      ['note secrets: secrets/blgo.env belongs to no project'],
    ],
  ])('finds %s', (_, change, expected) => {
    expect(found(change)).toEqual(expected);
  });

  it.each<[string, Partial<HostFacts>]>([
    [
      'Traefik having its own ports',
      {
        proxyRuns: true,
        listeners: [
          listener(8080, { processes: [{ name: 'traefik', pid: 1 }] }),
          listener(53, { protocol: 'udp' }),
        ],
      },
    ],
    [
      'ports of processes that only root may know, while Traefik runs',
      { proxyRuns: true, listeners: [listener(8080), listener(53, { protocol: 'udp' })] },
    ],
    [
      'the other protocol, or the loopback, having a port',
      { listeners: [listener(53), listener(8080, { address: '127.0.0.1' })] },
    ],
    [
      'a strict filter without the honeypot',
      {
        wanted: { ...wanted, honeypot: false },
        kernel: { ...kernel, rpFilter: { all: 1, byInterface: { docker0: 0 } } },
      },
    ],
    [
      'an unknown kernel',
      { kernel: { ipForward: null, rpFilter: { all: null, byInterface: {} }, bridgeNfCallIptables: null } },
    ],
    ['no routes at all', { wanted: { ...wanted, domains: [], certified: [] }, lookups: new Map() }],
  ])('has nothing against %s', (_, change) => {
    expect(found(change)).toEqual([]);
  });

  it('has a cure in one line for everything that is not well', () => {
    const everything = examine(
      healthyFacts({
        engine: engine({ location: 'virtual-machine', rootless: true, liveRestore: false }),
        networks: [network('proxynet', '172.30.0.0/16')],
        listeners: [listener(8080)],
        lookups: new Map([['blog.example.com', { outcome: 'absent' }]]),
        certificates: { mode: 0o644, unreadable: null, certificates: [] },
        clock: { newestFile: { path: '/x', time: NOW + DAY_MS }, unsynchronized: true },
        disks: disk({ freeBytes: 1 }),
        secrets: secret({ mode: 0o644 }),
      }),
    ).filter(({ severity }) => severity !== 'ok');
    const without = everything.filter(({ cure }: Finding) => cure === null || /\n/.test(cure));
    expect(everything.length).toBeGreaterThan(10);
    expect(without).toEqual([]);
  });
});
