import { compose, COMPOSE_FILE, keyRow, service, type Row } from '../row';

const LONG_PORT = { target: 80, host_ip: '127.0.0.1', protocol: 'tcp', mode: 'host' };
const V6 = { enable_ipv6: true, ipam: { config: [{ subnet: '10.99.7.0/24' }, { subnet: 'fd99:7::/64' }] } };

/** Keys of the Compose specification that few files have. */
export const SELDOM: Row[] = [
  keyRow(
    'deploy.rollback_config, and delays',
    { deploy: { rollback_config: { parallelism: 1, delay: '5s', failure_action: 'pause', monitor: '3s' } } },
    {
      deploy: {
        rollback_config: { parallelism: 2, max_failure_ratio: 0.5, order: 'stop-first' },
        update_config: { parallelism: 1, delay: '2s', failure_action: 'rollback', monitor: '1s' },
        restart_policy: { condition: 'on-failure', delay: '1s', window: '3s', max_attempts: 2 },
        placement: { preferences: [{ spread: 'node.labels.zone' }], max_replicas_per_node: 3 },
      },
    },
  ),
  keyRow(
    'deploy.resources with pids and generic resources',
    { deploy: { resources: { limits: { pids: 30 } } } },
    {
      deploy: {
        resources: {
          limits: { pids: 40 },
          reservations: { generic_resources: [{ discrete_resource_spec: { kind: 'SSD', value: 2 } }] },
        },
      },
    },
  ),
  {
    title: 'external_links',
    first: compose({
      db: service({ container_name: '__NAME__-db' }),
      web: service({ external_links: ['__NAME__-db'], depends_on: ['db'] }),
    }),
    changes: [
      compose({
        db: service({ container_name: '__NAME__-db' }),
        web: service({ external_links: ['__NAME__-db:database'], depends_on: ['db'] }),
      }),
    ],
  },
  keyRow(
    'cgroup_parent, mem_swappiness and oom_kill_disable',
    { cgroup_parent: '/likecompose' },
    { cgroup_parent: '/likecompose', mem_limit: '64m', mem_swappiness: 10, oom_kill_disable: true },
  ),
  keyRow('isolation', { isolation: 'default' }, { isolation: 'default', environment: { A: 'b' } }),
  {
    title: 'addresses of both kinds in a network',
    first: compose(
      { web: service({ networks: { n: { ipv4_address: '10.99.7.5', ipv6_address: 'fd99:7::5' } } }) },
      { networks: { n: V6 } },
    ),
    changes: [
      compose(
        {
          web: service({
            networks: {
              n: {
                ...{ ipv4_address: '10.99.7.5', ipv6_address: 'fd99:7::6' },
                link_local_ips: ['169.254.8.8'],
              },
            },
          }),
        },
        { networks: { n: V6 } },
      ),
    ],
  },
  keyRow(
    'ports in the long form, with a range',
    { ports: [{ ...LONG_PORT, published: '18090', name: 'web', app_protocol: 'http' }] },
    {
      ports: [{ ...LONG_PORT, published: '18091', name: 'site', app_protocol: 'https' }, '18092-18093:81-82'],
    },
  ),
  keyRow(
    'secrets and configs with an owner and a mode',
    { secrets: [{ source: 's', target: 'x', uid: '103', gid: '103', mode: 0o440 }], configs: ['c'] },
    {
      secrets: [{ source: 's', target: '/etc/x', uid: '104', mode: '0400' }],
      configs: [{ source: 'c', target: '/etc/c', uid: '5', gid: '6', mode: 0o600 }],
    },
    { others: { secrets: { s: { environment: 'HOME' } }, configs: { c: { content: 'hello' } } } },
  ),
  keyRow(
    'develop',
    { develop: { watch: [{ path: '.', action: 'sync', target: '/a' }] } },
    { develop: { watch: [{ path: '.', action: 'sync', target: '/b', ignore: ['x'] }] } },
  ),
  {
    title: 'version and extension fields of the file',
    first: {
      [COMPOSE_FILE]: {
        ...{ version: '3.8', 'x-a': { b: 1 } },
        ...{ services: { web: service({ volumes: ['data:/d'] }) }, volumes: { data: { 'x-note': 'one' } } },
      },
    },
    changes: [
      {
        [COMPOSE_FILE]: {
          ...{ 'x-a': { b: 2 }, services: { web: service({ volumes: ['data:/d'] }) } },
          volumes: { data: { 'x-note': 'two' } },
        },
      },
    ],
  },
  {
    title: 'volumes_from: container: with one of the project',
    first: compose({
      db: service({ container_name: '__NAME__-db', volumes: ['/kept'] }),
      web: service({ volumes_from: ['container:__NAME__-db:ro'], depends_on: ['db'] }),
    }),
    changes: [
      compose({
        db: service({ container_name: '__NAME__-db', volumes: ['/kept'] }),
        web: service({
          volumes_from: ['container:__NAME__-db:ro'],
          depends_on: ['db'],
          environment: { A: 'b' },
        }),
      }),
    ],
  },
  {
    title: 'an external volume and an external network that are there',
    first: compose(
      { web: service({ volumes: ['data:/d'], networks: ['n'] }) },
      { volumes: { data: {} }, networks: { n: { name: '__NAME__-n' } } },
    ),
    changes: [
      compose(
        { web: service({ volumes: ['data:/d'], networks: ['n'] }) },
        {
          volumes: { data: { external: true, name: '__NAME___data' } },
          networks: { n: { external: true, name: '__NAME__-n' } },
        },
      ),
    ],
  },
];
