import { compose, keyRow, service, type Row } from '../row';
import { BUSYBOX } from '../../harness/engine/images';

const job = (script: string, keys: Record<string, unknown> = {}): Record<string, unknown> =>
  service({ command: ['sh', '-c', script], ...keys });

const PAGES = { image: '__NAME__-pages:1', build: '.', pull_policy: 'build' };
const IMAGE_VOLUME = { type: 'image', source: '__NAME__-pages:1', target: '/pages', read_only: true };

/** Corners: where Compose's source decides what its documentation does not say. */
export const EDGES: Row[] = [
  {
    title: 'a dependency that is scaled to none',
    first: compose({
      web: service({ depends_on: { db: { condition: 'service_healthy' } } }),
      db: service({ scale: 0 }),
    }),
    changes: [],
  },
  {
    title: 'depends_on changes alone',
    first: compose({ web: service(), db: service() }),
    changes: [compose({ web: service({ depends_on: ['db'] }), db: service() })],
    intended: ['a service of which `depends_on` or `profiles` alone change'],
  },
  {
    title: 'profiles change alone',
    first: {
      '.env': 'COMPOSE_PROFILES=a\n',
      ...compose({ web: service(), more: service({ profiles: ['a'] }) }),
    },
    changes: [
      compose({ web: service(), more: service({ profiles: ['a', 'b'] }) }),
      compose({ web: service(), more: service() }),
    ],
    intended: ['a service of which `depends_on` or `profiles` alone change'],
  },
  {
    title: 'a volume gets another name',
    first: compose(
      { web: service({ volumes: ['data:/data'] }) },
      { volumes: { data: { name: '__NAME__-one' } } },
    ),
    changes: [
      compose({ web: service({ volumes: ['data:/data'] }) }, { volumes: { data: { name: '__NAME__-two' } } }),
    ],
    intended: ['a volume that gets another name'],
  },
  {
    title: 'a volume gets other options',
    first: compose(
      { web: service({ volumes: ['data:/data'] }) },
      { volumes: { data: { labels: { a: 'b' } } } },
    ),
    changes: [
      compose({ web: service({ volumes: ['data:/data'] }) }, { volumes: { data: { labels: { a: 'c' } } } }),
    ],
  },
  {
    title: 'a service moves to another file',
    first: {
      ...compose({ web: service(), db: service({ volumes: ['./data:/data'] }) }, { include: ['more.yml'] }),
      'more.yml': { services: { other: service() } },
    },
    changes: [
      {
        ...compose({ web: service() }, { include: ['more.yml'] }),
        'more.yml': { services: { other: service(), db: service({ volumes: ['./data:/data'] }) } },
      },
    ],
  },
  {
    title: 'an external volume that is missing',
    first: compose({ web: service() }),
    changes: [
      compose(
        { web: service({ volumes: ['out:/out'] }) },
        { volumes: { out: { external: true, name: '__NAME__-absent' } } },
      ),
    ],
    fails: true,
  },
  {
    title: 'a bind without its source',
    first: compose({ web: service() }),
    changes: [
      compose({
        web: service({
          volumes: [{ type: 'bind', source: './absent', target: '/a', bind: { create_host_path: false } }],
        }),
      }),
    ],
    fails: true,
  },
  keyRow('network_mode: host', { network_mode: 'host' }, { network_mode: 'host', environment: { A: 'b' } }),
  keyRow(
    'deploy.mode and update_config',
    { deploy: { mode: 'replicated', replicas: 2 } },
    {
      deploy: {
        mode: 'replicated',
        replicas: 2,
        update_config: { order: 'start-first' },
        placement: { constraints: ['node.role==manager'] },
      },
    },
  ),
  keyRow(
    'deploy.mode global',
    { deploy: { mode: 'global' } },
    { deploy: { mode: 'global', endpoint_mode: 'vip' } },
  ),
  keyRow('platform', { platform: 'linux/amd64' }, { platform: 'linux/amd64', environment: { A: 'b' } }),
  keyRow(
    'tmpfs as a volume',
    { volumes: [{ type: 'tmpfs', target: '/t', tmpfs: { mode: 0o755 } }] },
    { volumes: [{ type: 'tmpfs', target: '/t', tmpfs: { mode: 0o700, size: '1m' } }] },
  ),
  keyRow('scale and another key', { scale: 2 }, { scale: 3, environment: { A: 'b' } }),
  keyRow('scale down', { scale: 3 }, { scale: 1 }),
  keyRow('scale down to none', { scale: 2 }, { scale: 0 }),
  keyRow('anonymous volumes that come', { volumes: ['/a'], scale: 1 }, { volumes: ['/a', '/b'], scale: 1 }),
  {
    title: '.env with carriage returns, a byte order mark and values of several lines',
    first: {
      '.env':
        '\uFEFFA=one\r\nexport B="two\r\nlines"\r\nC=\'x # y\' # z\r\nD=a$$b\r\nE=${A:+alt}${Q:+no}\r\nF=${Q:-${A}}\r\nG= spaced \r\nH="a\\tb"\r\nI=a\\nb\r\n',
      ...compose({
        web: service({
          environment: {
            A: '${A}',
            B: '$B',
            C: '${C}',
            D: '${D}',
            E: '${E}',
            F: '${F}',
            G: '${G}',
            H: '$H',
            I: '$I',
            J: '${A:+${C}}',
            K: '${Q:-${R:-deep}}',
            L: '${Q-}',
            M: '${A?must}',
            N: '$${A}',
          },
        }),
      }),
    },
    changes: [{ '.env': 'A=uno\n' }],
  },
  {
    title: 'several Compose files side by side',
    first: {
      'compose.yaml': { services: { one: service() } },
      ...compose({ two: service() }),
      'compose.override.yml': { services: { one: { environment: { A: 'a' } } } },
      'docker-compose.override.yml': { services: { two: { environment: { A: 'a' } } } },
    },
    changes: [{ 'compose.override.yml': { services: { one: { environment: { A: 'b' } } } } }],
  },
  {
    title: 'compose.yml and compose.yaml',
    first: {
      'compose.yaml': { services: { one: service() } },
      'compose.yml': { services: { two: service() } },
      'compose.override.yaml': { services: { one: { environment: { A: 'a' } } } },
    },
    changes: [],
  },
  {
    title: 'upper case, dots and digits in names',
    first: compose({ 'My.Web_1-x': service(), '1st': service({ depends_on: ['My.Web_1-x'] }) }),
    changes: [
      compose({
        'My.Web_1-x': service({ environment: { A: 'b' } }),
        '1st': service({ depends_on: ['My.Web_1-x'] }),
      }),
    ],
    intended: ['a service that depends on one that is made anew'],
  },
  {
    title: 'container_name with replicas',
    first: compose({ web: service() }),
    changes: [compose({ web: service({ container_name: '__NAME__-x', scale: 2 }) })],
    fails: true,
  },
  {
    title: 'two services with one container_name',
    first: compose({ web: service() }),
    changes: [
      compose({
        web: service({ container_name: '__NAME__-x' }),
        db: service({ container_name: '__NAME__-x' }),
      }),
    ],
    fails: true,
    intended: ['a name that two containers would have'],
  },
  {
    title: 'a service with a container_name is renamed',
    first: compose({ web: service({ container_name: '__NAME__-x' }) }),
    changes: [compose({ www: service({ container_name: '__NAME__-x' }) })],
    fails: true,
  },
  {
    title: 'environment with tabs, lines and numbers',
    first: compose({
      web: service({
        environment: {
          TAB: 'a\tb',
          NL: 'a\nb',
          UNI: 'ünï',
          EQ: '=',
          NUM: 1.5,
          BIG: 10000000000,
          BOOL: 'yes',
        },
        labels: { n: 1, t: true },
      }),
    }),
    changes: [],
  },
  {
    title: 'extends through two folders',
    first: {
      ...compose({ web: { extends: { file: 'a/b.yml', service: 'web' }, labels: { x: 'y' } } }),
      'a/b.yml': {
        services: { web: { extends: { file: '../c/d.yml', service: 'base' }, volumes: ['./v:/v'] } },
      },
      'c/d.yml': {
        services: { base: service({ env_file: ['./e.env'], volumes: ['./w:/w'], depends_on: [] }) },
      },
      'c/e.env': 'X=1\n',
    },
    changes: [{ 'c/e.env': 'X=2\n' }],
  },
  {
    title: 'an env_file that is a folder away, with CRLF and a mark',
    first: {
      ...compose({ web: service({ env_file: './conf/a.env' }) }),
      'conf/a.env': '\uFEFFA=1\r\nB="x\r\ny"\r\nexport C=3\r\nD\r\nE=a=b#c\r\nF: yaml\r\n',
    },
    changes: [],
  },
  {
    title: 'a folder below a volume',
    sinceCompose: '5.0.0',
    first: compose(
      {
        init: job('mkdir -p /d/sub', { volumes: ['data:/d'] }),
        web: service({
          depends_on: { init: { condition: 'service_completed_successfully' } },
          volumes: [{ type: 'volume', source: 'data', target: '/d', volume: { subpath: 'sub' } }],
        }),
      },
      { volumes: { data: {} } },
    ),
    changes: [],
  },
  {
    title: 'an image that is not present and never pulled',
    first: compose({ web: service() }),
    changes: [compose({ web: service({ image: 'localhost:1/absent:none', pull_policy: 'never' }) })],
    fails: true,
  },
  {
    title: 'pull_policy: build',
    first: {
      Dockerfile: `FROM ${BUSYBOX}\nRUN echo 1 > /a\n`,
      ...compose({ web: service({ image: '__NAME__-img:1', build: '.', pull_policy: 'build' }) }),
    },
    changes: [{}, { Dockerfile: `FROM ${BUSYBOX}\nRUN echo 2 > /a\n` }],
  },
  {
    title: 'use_api_socket',
    sinceCompose: '5.0.0',
    first: compose({ web: service({ use_api_socket: true }) }),
    changes: [],
  },
  {
    title: 'two services with an image that one of them builds',
    first: {
      Dockerfile: `FROM ${BUSYBOX}\nRUN echo shared > /a\n`,
      ...compose({
        web: service({ image: '__NAME__-shared:1', build: '.' }),
        worker: service({ image: '__NAME__-shared:1' }),
      }),
    },
    changes: [],
  },
  {
    title: 'an image as a volume',
    sinceCompose: '5.0.0',
    first: { Dockerfile: `FROM ${BUSYBOX}\nRUN echo one > /page\n`, ...compose({ data: service(PAGES) }) },
    changes: [
      compose({ data: service(PAGES), web: service({ volumes: [IMAGE_VOLUME] }) }),
      { Dockerfile: `FROM ${BUSYBOX}\nRUN echo two > /page\n` },
      compose({ data: service(PAGES), web: service({ volumes: [{ ...IMAGE_VOLUME, source: BUSYBOX }] }) }),
    ],
  },
  {
    title: 'a one-shot that ended well, and nothing changes',
    first: compose({
      job: job('exit 0'),
      web: service({ depends_on: { job: { condition: 'service_completed_successfully' } } }),
    }),
    changes: [{}],
    intended: ['a one-shot that ended well'],
  },
  {
    title: 'a job that ends with an error beside what serves',
    first: compose({ job: job('exit 3'), web: service() }),
    changes: [],
    failsHere: true,
    intended: ['a container that ends with an error'],
  },
  {
    title: 'the last profile is switched off',
    first: { '.env': 'COMPOSE_PROFILES=a\n', ...compose({ web: service({ profiles: ['a'] }) }) },
    changes: [{ '.env': 'COMPOSE_PROFILES=\n' }],
    fails: true,
    intended: ['the last service’s profile is switched off'],
  },
];
