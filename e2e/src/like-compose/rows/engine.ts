import { BUSYBOX } from '../../harness/engine/images';
import { compose, keyRow, service, type Row } from '../row';

const dockerfile = (level: string): string =>
  `FROM ${BUSYBOX}\nARG WHO=nobody\nRUN echo ${level} $WHO > /level\nVOLUME /kept\n`;

/** A service of the Dockerfile beside the file. */
const built = (environment: Record<string, string>): Record<string, unknown> =>
  service({ image: undefined, build: '.', environment });

/** Images, volumes, networks, and what comes and goes. */
export const ENGINE: Row[] = [
  {
    title: 'a service comes and another goes',
    first: compose({ web: service(), old: service() }),
    changes: [compose({ web: service(), young: service() })],
    intended: ['a service that the file names no more'],
  },
  {
    title: 'nothing changes',
    first: compose(
      { web: service(), worker: service({ volumes: ['data:/data'] }) },
      { volumes: { data: {} } },
    ),
    changes: [{}],
  },
  {
    title: 'a build with arguments, and a change in its context',
    first: {
      Dockerfile: dockerfile('one'),
      ...compose({ web: service({ image: undefined, build: { context: '.', args: { WHO: 'me' } } }) }),
    },
    changes: [{ Dockerfile: dockerfile('two') }],
    intended: ['a build context that changed'],
  },
  keyRow(
    'volumes in the short form',
    { volumes: ['data:/data', './bound:/bound:ro', '/anonymous'] },
    { volumes: ['data:/data:ro', './bound:/bound', '/anonymous'] },
    { others: { volumes: { data: {} } } },
  ),
  keyRow(
    'volumes in the long form',
    {
      volumes: [
        { type: 'volume', source: 'data', target: '/data', volume: { nocopy: true } },
        { type: 'tmpfs', target: '/t', tmpfs: { size: 1048576 } },
      ],
    },
    {
      volumes: [
        { type: 'volume', source: 'data', target: '/other' },
        {
          type: 'bind',
          source: './bound',
          target: '/bound',
          read_only: true,
          bind: { propagation: 'rprivate', create_host_path: true },
        },
      ],
    },
    { others: { volumes: { data: { name: '__NAME__-named', labels: { a: 'b' } } } } },
  ),
  {
    title: 'volumes with a driver, options and labels',
    first: compose(
      { web: service({ volumes: ['data:/data'] }) },
      {
        volumes: {
          data: {
            driver: 'local',
            driver_opts: { type: 'tmpfs', device: 'tmpfs', o: 'size=1m' },
            labels: ['a=b'],
          },
        },
      },
    ),
    changes: [
      compose(
        { web: service({ volumes: ['data:/data'], environment: { A: 'b' } }) },
        {
          volumes: {
            data: {
              driver: 'local',
              driver_opts: { type: 'tmpfs', device: 'tmpfs', o: 'size=1m' },
              labels: ['a=b'],
            },
          },
        },
      ),
    ],
  },
  {
    title: 'networks with aliases, addresses, options and priorities',
    first: compose(
      {
        web: service({
          networks: { front: { aliases: ['site'], ipv4_address: '10.99.1.5' }, back: { priority: 1000 } },
        }),
        db: service({ networks: ['back'] }),
      },
      {
        networks: {
          front: {
            ipam: { config: [{ subnet: '10.99.1.0/24' }] },
            driver_opts: { 'com.docker.network.bridge.name': 'lc1' },
          },
          back: { internal: true, labels: { a: 'b' }, attachable: true },
        },
      },
    ),
    changes: [
      compose(
        {
          web: service({
            networks: { front: { aliases: ['site', 'page'], ipv4_address: '10.99.1.6' }, back: null },
          }),
          db: service({ networks: ['back'] }),
        },
        {
          networks: {
            front: {
              ipam: { config: [{ subnet: '10.99.1.0/24' }] },
              driver_opts: { 'com.docker.network.bridge.name': 'lc1' },
            },
            back: { internal: true, labels: { a: 'b' }, attachable: true },
          },
        },
      ),
    ],
  },
  {
    title: 'a network of its own that is called proxynet',
    first: compose(
      { web: service({ networks: ['proxynet'] }) },
      { networks: { proxynet: { internal: true } } },
    ),
    changes: [
      compose(
        { web: service({ networks: ['proxynet'], environment: { A: 'b' } }) },
        { networks: { proxynet: { internal: true } } },
      ),
    ],
  },
  {
    title: 'networks that come and go',
    first: compose(
      { web: service({ networks: ['a', 'b'] }), other: service({ networks: ['a'] }) },
      { networks: { a: {}, b: {} } },
    ),
    changes: [
      compose(
        { web: service({ networks: ['a', 'c'] }), other: service({ networks: ['a'] }) },
        { networks: { a: {}, c: {} } },
      ),
    ],
  },
  {
    title: 'default with a name of its own',
    first: compose(
      { web: service() },
      {
        networks: {
          default: { name: '__NAME__-net', driver_opts: { 'com.docker.network.driver.mtu': '1400' } },
        },
      },
    ),
    changes: [
      compose(
        { web: service({ environment: { A: 'b' } }) },
        {
          networks: {
            default: { name: '__NAME__-net', driver_opts: { 'com.docker.network.driver.mtu': '1400' } },
          },
        },
      ),
    ],
  },
  {
    title: 'an image that declares a volume, and another environment',
    first: { Dockerfile: dockerfile('one'), ...compose({ web: built({ LEVEL: 'info' }) }) },
    changes: [compose({ web: built({ LEVEL: 'debug' }) })],
  },
  {
    title: 'links between services',
    first: compose({ web: service({ links: ['db:database'] }), db: service() }),
    changes: [compose({ web: service({ links: ['db:database', 'db'] }), db: service() })],
  },
  {
    title: 'an image that is not there ends the deploy',
    first: compose({ web: service() }),
    changes: [compose({ web: service({ image: 'localhost:1/absent:none', pull_policy: 'missing' }) })],
    fails: true,
  },
  {
    title: 'a command that does not exist ends the deploy',
    first: compose({ web: service() }),
    changes: [compose({ web: service({ command: ['/absent'] }) })],
    fails: true,
    intended: ['a new version that does not start'],
  },
  {
    title: 'a service that ends by itself',
    first: compose({ job: service({ command: ['true'] }), web: service() }),
    changes: [compose({ job: service({ command: ['sh', '-c', 'exit 0'] }), web: service() })],
  },
];
