import type { ComposeModel, ComposeService } from '@itsup/docker';

import type { StackChoices } from './stack-choices';
import { toStack } from './to-stack';

const choices: StackChoices = {
  image: (service) => `${service}@sha256:1`,
  order: () => 'start-first',
  fileObject: (_kind, key) => `app_${key}_1`,
};

const model = (web: ComposeService, more: Partial<ComposeModel> = {}): ComposeModel => ({
  name: 'app',
  services: { web },
  ...more,
});
const of = (web: ComposeService) => toStack(model(web), choices).services['web'];

test('what a swarm does otherwise without a word is written out', () => {
  expect(of({ image: 'web' })).toMatchObject({
    image: 'web@sha256:1',
    deploy: {
      mode: 'replicated',
      replicas: 1,
      endpoint_mode: 'dnsrr',
      restart_policy: { condition: 'none' },
      update_config: { parallelism: 1, order: 'start-first', failure_action: 'rollback', monitor: '10s' },
      rollback_config: { parallelism: 1, order: 'start-first', failure_action: 'pause' },
    },
  });
});

test('labels for Traefik are the service’s, in the words of the swarm provider; others are its tasks’', () => {
  const labels = {
    'traefik.docker.network': 'app_proxy',
    'traefik.http.routers.a.middlewares': 'auth@docker,redirect@file',
    other: 'auth@docker',
  };
  expect(of({ image: 'web', labels })).toMatchObject({
    labels: { other: 'auth@docker' },
    deploy: {
      labels: {
        'traefik.swarm.network': 'app_proxy',
        'traefik.http.routers.a.middlewares': 'auth@swarm,redirect@file',
      },
    },
  });
});

test.each([
  ['no', { condition: 'none' }],
  ['always', { condition: 'any' }],
  ['unless-stopped', { condition: 'any' }],
  ['on-failure', { condition: 'on-failure' }],
  ['on-failure:5', { condition: 'on-failure', max_attempts: 5 }],
])('restart: %s', (restart, policy) => {
  expect(of({ restart })?.deploy.restart_policy).toEqual(policy);
  expect(
    of({ restart, deploy: { restart_policy: { condition: 'any', delay: '1s' } } })?.deploy.restart_policy,
  ).toEqual({
    ...{ condition: 'any', delay: '1s' },
  });
});

test('ports are the machine’s, limits go to deploy, a route’s labels to the service', () => {
  const service = of({
    ...{ ports: [{ target: 80, published: '8080' }], cpus: 0.5, mem_limit: '64', mem_reservation: '32' },
    ...{ pids_limit: 10, scale: 3, labels: { a: 'b', 'traefik.enable': 'true' }, platform: 'linux/arm64' },
  });
  expect(service).toMatchObject({
    ports: [{ mode: 'host', target: 80, published: 8080, protocol: 'tcp' }],
    labels: { a: 'b' },
    deploy: {
      replicas: 3,
      labels: { 'traefik.enable': 'true' },
      resources: { limits: { cpus: '0.5', memory: '64', pids: 10 }, reservations: { memory: '32' } },
      placement: { constraints: ['node.platform.os == linux', 'node.platform.arch == aarch64'] },
    },
  });
});

test('a name of a container is one for the service; a variable without a value is none', () => {
  expect(
    of({
      container_name: 'shop',
      networks: { default: { aliases: ['x'] } },
      environment: { A: null, B: '' },
    }),
  ).toMatchObject({ networks: { default: { aliases: ['x', 'shop'] } }, environment: { B: '' } });
});

test('networks and volumes keep the names that Compose gives them; contents are objects of the swarm', () => {
  const stack = toStack(
    model(
      { configs: [{ source: 'c', mode: '0440' }], secrets: [{ source: 's' }] },
      {
        networks: {
          default: { name: 'app_default' },
          out: { external: true, name: 'shared' },
          in: { internal: true },
        },
        volumes: { data: { name: 'mine' }, other: null },
        configs: { c: { content: 'x' } },
        secrets: { s: { external: true, name: 's_v1' } },
      },
    ),
    choices,
  );
  expect(stack.networks).toEqual({
    default: { name: 'app_default', driver: 'overlay' },
    out: { name: 'shared', external: true },
    in: { name: 'app_in', driver: 'overlay', internal: true },
  });
  expect(stack.volumes).toEqual({ data: { name: 'mine' }, other: { name: 'app_other' } });
  expect(stack.configs).toEqual({ c: { name: 'app_c_1', external: true } });
  expect(stack.secrets).toEqual({ s: { name: 's_v1', external: true } });
  expect(stack.services['web']).toMatchObject({
    configs: [{ source: 'c', target: '/c', mode: 0o440 }],
    secrets: [{ source: 's', target: '/run/secrets/s' }],
  });
});

test('the schema is the oldest that has the keys', () => {
  expect(toStack(model({}), choices).version).toBe('3.9');
  expect(toStack(model({ healthcheck: { start_interval: '1s' } }), choices).version).toBe('3.13');
});

test('what is refused does not come through', () => {
  expect(() => toStack(model({ privileged: true }), choices)).toThrow(
    '`privileged` is not possible on a swarm',
  );
});
