import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { classifyFailure, type Failure } from './classify-failure';
import { describeFault } from './describe-fault';
import type { DockerFault } from './docker-fault';

const recorded = (name: string): string =>
  readFileSync(join(__dirname, '../__fixtures__/messages', `${name}.txt`), 'utf8');

const classify = (output: string, failure: Partial<Failure> = {}): DockerFault =>
  classifyFailure({ command: 'docker ps', exitCode: 1, output, ...failure });

const DNS = 'dial tcp: lookup registry-1.docker.io on 192.0.2.53:53: no such host';

/** Recorded from CLI 28.2, engine 20.10 and Compose 2.26. */
const RECORDED: [
  name: string,
  fault: Partial<DockerFault> & { code: DockerFault['code'] },
  failure?: Partial<Failure>,
][] = [
  ['engine-socket-missing', { code: 'engine-unreachable', endpoint: 'unix:///run/nope.sock' }],
  ['compose-engine-missing', { code: 'engine-unreachable', endpoint: 'unix:///run/nope.sock' }],
  ['engine-tcp-refused', { code: 'engine-unreachable', endpoint: 'tcp://127.0.0.1:9' }],
  [
    'engine-ssh-refused',
    { code: 'engine-unreachable', reason: 'ssh: connect to host 127.0.0.1 port 9: Connection refused' },
  ],
  [
    'engine-permission',
    { code: 'permission-denied', reason: 'permission denied at unix:///var/run/docker.sock' },
  ],
  ['compose-plugin-missing', { code: 'compose-missing' }],
  ['compose-plugin-missing-with-flags', { code: 'compose-missing' }],
  [
    'pull-no-dns',
    { code: 'pull-failed', image: 'nginx:1', reason: `Get "https://registry-1.docker.io/v2/": ${DNS}` },
    { image: 'nginx:1' },
  ],
  [
    'pull-too-many',
    { code: 'pull-failed', reason: 'toomanyrequests: You have reached your pull rate limit.' },
  ],
  [
    'pull-status-500',
    { code: 'pull-failed', reason: 'received unexpected HTTP status: 500 Internal Server Error' },
  ],
  ['pull-manifest-unknown', { code: 'image-not-found', image: '127.0.0.1:18997/unknown/web:1' }],
  ['up-manifest-unknown', { code: 'image-not-found', image: '127.0.0.1:18997/unknown/web:1' }],
  [
    'pull-name-unknown',
    { code: 'image-not-found', image: 'acme/web:1', reason: 'name unknown' },
    { image: 'acme/web:1' },
  ],
  [
    'pull-denied',
    { code: 'image-not-found', image: 'acme/web:1', reason: 'denied' },
    { image: 'acme/web:1' },
  ],
  ['pull-denied', { code: 'pull-failed', image: null, reason: 'denied' }],
  ['pull-unauthorized', { code: 'image-not-found', image: 'acme/web:1' }, { image: 'acme/web:1' }],
  [
    'run-image-missing',
    { code: 'image-not-found', image: 'nope/nope:1', reason: 'it is not on this engine' },
  ],
  ['up-image-missing', { code: 'image-not-found', image: '127.0.0.1:18997/unknown/web:1' }],
  ['image-inspect-missing', { code: 'image-not-found', image: 'nope:1' }],
  ['tag-image-missing', { code: 'image-not-found', image: 'nope:1' }],
  ['run-port-of-container', { code: 'port-taken', port: 18999, address: '0.0.0.0', protocol: null }],
  ['run-port-of-process', { code: 'port-taken', port: 18998, address: '0.0.0.0', protocol: 'tcp' }],
  ['up-port', { code: 'port-taken', port: 18998 }],
  ['up-porthost', { code: 'port-taken', port: 18998 }],
  [
    'run-name-taken',
    {
      code: 'container-name-taken',
      name: 'shop-a',
      container: '7150f6ce44b2c290bf43e8f2c1afb3d18551853700d14c3973c2fdf1f98c16c1',
    },
  ],
  ['up-name', { code: 'container-name-taken', name: 'shop-taken' }],
  ['network-create-twice', { code: 'network-exists', network: 'shop-net' }],
  [
    'network-create-overlap',
    { code: 'subnet-taken', reason: 'Pool overlaps with other one on this address space' },
  ],
  ['network-connect-address-taken', { code: 'address-taken', address: null }],
  ['network-rm-in-use', { code: 'network-in-use', network: 'shop-net' }],
  ['network-rm-in-use-by-service', { code: 'network-in-use', network: 'depaqqijwogldje1tun8hrmk6' }],
  ['network-rm-missing', { code: 'network-not-found', network: 'nope-net' }],
  ['up-extnet', { code: 'network-not-found', network: 'nope-net' }],
  ['network-connect-container-missing', { code: 'container-not-found', container: 'nope1' }],
  ['exec-container-missing', { code: 'container-not-found', container: 'nope1' }],
  [
    'exec-container-stopped',
    {
      code: 'container-not-running',
      container: 'd39993d45f18b62818309657b6ccae82f9b319ad2ae238c1da128e77bb54f7c2',
    },
  ],
  ['kill-container-stopped', { code: 'container-not-running' }],
  ['run-mount-missing', { code: 'mount-missing', path: '/nope/nope' }],
  ['up-badmount', { code: 'mount-missing', path: '/nope/x' }],
  ['up-exit', { code: 'container-unhealthy', container: 'shop-web-1', reason: 'exited (3)' }],
  ['up-unhealthy', { code: 'container-unhealthy', container: 'shop-web-1', reason: 'is unhealthy' }],
  ['up-depunhealthy', { code: 'container-unhealthy', container: 'shop-db-1', reason: 'exited (3)' }],
  ['up-slow', { code: 'container-unhealthy', container: 'shop-web-1', reason: 'not healthy after 2 s' }],
  ['config-reqvar', { code: 'variable-missing', variable: 'DB_PASSWORD', reason: 'set the password' }],
  [
    'config-badyaml',
    { code: 'compose-invalid', reason: 'yaml: line 1: did not find expected key' },
    { purpose: 'compose-config' },
  ],
  [
    'config-unknown',
    {
      code: 'compose-invalid',
      reason: 'validating /srv/shop/unknown.yml: services.web Additional property portz is not allowed',
    },
    { purpose: 'compose-config' },
  ],
  ['config-noimage', { code: 'compose-invalid' }, { purpose: 'compose-config' }],
  [
    'config-undefnet',
    {
      code: 'compose-invalid',
      reason: 'service "web" refers to undefined network foo: invalid compose project',
    },
    { command: 'docker compose up', exitCode: 15 },
  ],
  [
    'config-nofile',
    { code: 'compose-invalid', reason: 'open /srv/shop/nope.yml: no such file or directory' },
    { command: 'docker compose up', exitCode: 14 },
  ],
  ['config-envfile', { code: 'compose-invalid' }, { purpose: 'compose-config' }],
  [
    'build-step-failed',
    {
      code: 'build-failed',
      reason: 'failed to solve: executor failed running [/bin/sh -c echo hi; false]: exit code: 1',
    },
    { purpose: 'build' },
  ],
  ['build-no-dockerfile', { code: 'build-failed' }, { purpose: 'build' }],
  ['build-base-image-no-dns', { code: 'pull-failed', image: 'nope.invalid/a:1' }, { purpose: 'build' }],
  ['up-cmd', { code: 'command-failed', exitCode: 1 }],
  ['up-no-such-service', { code: 'command-failed', stderr: 'no such service: nope' }],
];

const UP = { command: 'docker compose up' };

/** Recorded from engine 28.5 and Compose 5.5, which has no builder of its own, in the folder of that name. */
const RECORDED_TODAY: typeof RECORDED = [
  ['up-port', { code: 'port-taken', port: 18999, address: '::' }],
  ['up-porthost', { code: 'port-taken', port: 18998, protocol: 'tcp', address: '0.0.0.0' }],
  ['up-slow', { code: 'container-unhealthy', container: 'shop-web-1', reason: 'not healthy after 2 s' }],
  // Two networks are made at a time; the second fails with the first.
  [
    'up-subnet',
    {
      code: 'subnet-taken',
      reason:
        'failed to create network shop_b: Error response from daemon: invalid pool request: Pool overlaps with other one on this address space',
    },
  ],
  ['up-manifest-unknown', { code: 'image-not-found', image: '127.0.0.1:18997/unknown/web:1' }],
  ['up-image-missing', { code: 'image-not-found', image: '127.0.0.1:18997/unknown/web:1' }],
  ['up-exit', { code: 'container-unhealthy', container: 'shop-web-1', reason: 'exited (3)' }],
  ['up-depunhealthy', { code: 'container-unhealthy', container: 'shop-db-1', reason: 'exited (3)' }],
  ['up-badmount', { code: 'mount-missing', path: '/nope/x' }],
  ['up-name', { code: 'container-name-taken', name: 'shop-taken' }],
  ['up-address', { code: 'address-taken', address: null }],
  ['up-extnet', { code: 'network-not-found', network: 'nope-net' }],
  ['up-cmd', { code: 'command-failed', exitCode: 1 }, UP],
  // Whatever is wrong with a file, the exit code is 1.
  ['config-noimage', { code: 'compose-invalid' }, UP],
  ['config-envfile', { code: 'compose-invalid' }, UP],
  ['config-badyaml', { code: 'compose-invalid' }, UP],
  ['config-unknown', { code: 'compose-invalid' }, UP],
  ['config-undefnet', { code: 'compose-invalid' }, UP],
  ['config-nofile', { code: 'compose-invalid' }, UP],
  ['config-reqvar', { code: 'variable-missing', variable: 'NOPE', reason: 'set it' }, UP],
  ['compose-pull-denied', { code: 'image-not-found', image: '127.0.0.1:18997/denied/web' }],
  ['compose-pull-unauth', { code: 'image-not-found', image: '127.0.0.1:18997/unauth/web:1' }],
  ['compose-up-no-dns', { code: 'pull-failed', image: 'nobody.invalid/has/this:1' }],
  ['build-nobase', { code: 'pull-failed', image: 'nobody.invalid/base:1' }, { purpose: 'build' }],
  ['build-unk', { code: 'image-not-found', image: '127.0.0.1:18997/unknown/web:1' }, { purpose: 'build' }],
  [
    'build-ctx',
    {
      code: 'build-failed',
      reason: "The command '/bin/sh -c exit 3' returned a non-zero code: 3",
    },
    { purpose: 'build' },
  ],
  ['build-empty', { code: 'build-failed' }, { purpose: 'build' }],
];

describe('classifyFailure', () => {
  test.each(RECORDED_TODAY)('of Compose 5, %s is %j', (name, fault, failure = {}) => {
    expect(classify(recorded(`compose-5/${name}`), failure)).toMatchObject(fault);
  });

  test.each(RECORDED)('%s is %j', (name, fault, failure = {}) => {
    expect(classify(recorded(name), failure)).toMatchObject(fault);
  });

  // Messages of other versions, as their sources have them.
  test.each<[string, string, Partial<DockerFault>]>([
    [
      'engine 28',
      'Error response from daemon: failed to set up container networking: driver failed programming external connectivity on endpoint web (ab): failed to bind host port for 0.0.0.0:8080:172.18.0.2:80/tcp: address already in use',
      { code: 'port-taken', port: 8080, protocol: 'tcp' },
    ],
    [
      'engine 28.3',
      'Error response from daemon: failed to bind host port 0.0.0.0:8080/tcp: address already in use',
      { code: 'port-taken', port: 8080, protocol: 'tcp' },
    ],
    [
      'engine 27, IPv6',
      'Bind for [::]:443 failed: port is already allocated',
      { code: 'port-taken', port: 443, address: '[::]' },
    ],
    [
      'Docker Desktop',
      'Error response from daemon: Ports are not available: exposing port TCP 0.0.0.0:80 -> 0.0.0.0:0: listen tcp 0.0.0.0:80: bind: address already in use',
      { code: 'port-taken', port: 80, protocol: 'tcp' },
    ],
    [
      'engine 20',
      'Error response from daemon: could not find an available, non-overlapping IPv4 address pool among the defaults to assign to the network',
      { code: 'address-pools-exhausted' },
    ],
    [
      'engine 27',
      'Error response from daemon: all predefined address pools have been fully subnetted',
      { code: 'address-pools-exhausted' },
    ],
    [
      'engine, layers',
      'failed to register layer: write /usr/lib/libx.so: no space left on device',
      {
        code: 'disk-full',
        reason: 'failed to register layer: write /usr/lib/libx.so: no space left on device',
      },
    ],
    [
      'CLI 29',
      'failed to connect to the docker API at unix:///var/run/docker.sock; check if the path is correct and if the daemon is running: dial unix /var/run/docker.sock: connect: no such file or directory',
      { code: 'engine-unreachable', endpoint: 'unix:///var/run/docker.sock' },
    ],
    [
      'CLI 29',
      'permission denied while trying to connect to the docker API at unix:///var/run/docker.sock',
      { code: 'permission-denied' },
    ],
    [
      'CLI 20',
      "docker: 'compose' is not a docker command.\nSee 'docker --help'",
      { code: 'compose-missing' },
    ],
    [
      'registry',
      "Error response from daemon: pull access denied for acme/web, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
      { code: 'image-not-found', image: 'acme/web' },
    ],
    [
      'Compose 5',
      'network proxynet declared as external, but could not be found',
      { code: 'network-not-found', network: 'proxynet' },
    ],
    ['CLI 20', 'Error: No such container: web', { code: 'container-not-found', container: 'web' }],
  ])('%s: %s', (_, message, fault) => {
    expect(classify(message)).toMatchObject(fault);
  });

  it('keeps the end of what it does not know, without warnings and hints', () => {
    const output = `${Array.from({ length: 50 }, (_, index) => `line ${index}`).join('\n')}
time="2026-01-01T00:00:00Z" level=warning msg="version is obsolete"
Run 'docker run --help' for more information`;
    const fault = classify(output);
    if (fault.code !== 'command-failed') throw new Error(fault.code);
    expect(fault.stderr.split('\n')).toHaveLength(20);
    expect(fault.stderr).toMatch(/line 49$/);
  });
});

describe('describeFault', () => {
  it('says every recorded fault in one line, with a cure', () => {
    const today = RECORDED_TODAY.map(([name, ...rest]) => [`compose-5/${name}`, ...rest] as const);
    for (const [name, , failure] of [...RECORDED, ...today]) {
      const { message, help } = describeFault(classify(recorded(name), failure));
      expect(message).toMatch(/^[^\n]{10,}$/);
      expect(help).toMatch(/^[^\n]{10,}$/);
    }
  });
});

describe('what Compose quotes of a file that it cannot read', () => {
  it.each([
    [
      'failed to read /w/.env: line 3: unexpected character "+" in variable name near "+bad=S3CR3T\\nA=S3CR3T"',
      'failed to read /w/.env: line 3: unexpected character in variable name',
    ],
    [
      'line 1: cannot unmarshal !!str `S3CR3T...` into map[string]interface {}',
      'line 1: cannot unmarshal !!str into map[string]interface {}',
    ],
  ])('is left out of the message: %s', (output, reason) => {
    expect(
      classifyFailure({ command: 'docker compose config', exitCode: 1, output, purpose: 'compose-config' }),
    ).toEqual({
      code: 'compose-invalid',
      reason,
    });
  });
});
