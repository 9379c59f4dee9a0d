import type { HttpGet } from '@itsup/traefik';
import { containerFacts } from '../testing/container-facts';
import { rolloutContextOf, rolloutEngine } from '../testing/rollout-context';
import { VirtualClock } from '@itsup/docker/testing/virtual-clock';
import { awaitRoutes } from './await-routes';
import type { RolloutContext } from '../types';

const container = containerFacts({
  labels: {
    'traefik.enable': 'true',
    'traefik.http.routers.web.rule': 'Host(`a.test`)',
    'traefik.http.services.web.loadbalancer.server.port': '80',
  },
});
const router = { rule: 'Host(`a.test`)', service: 'web', status: 'enabled' };
const labels = {
  routers: { 'web@docker': router },
  services: { 'web@docker': { loadBalancer: { servers: [{ url: 'http://172.20.128.2:80' }] } } },
};
const files = { routers: { 'db@file': { status: 'enabled' } } };
const subject = { project: 'shop', composeProject: 'shop', service: 'web' };
const fileRoutes = { tcp: { routers: { db: { rule: 'HostSNI(`*`)' } } } };

/** A host whose Traefik answers one after the other; it stays at the last. */
function hostOf(answers: (object | Error)[]): {
  context: RolloutContext;
  clock: VirtualClock;
  asked: () => number;
} {
  const clock = new VirtualClock();
  let asked = 0;
  const get: HttpGet = async () => {
    const answer = answers[Math.min(asked, answers.length - 1)];
    asked += 1;
    if (answer instanceof Error) throw answer;
    return { status: 200, body: JSON.stringify(answer) };
  };
  const context = rolloutContextOf({
    docker: rolloutEngine({ listService: async () => [container] }),
    get,
    clock,
    proxy: {
      dynamicFolder: '/state',
      apis: async () => ['http://127.0.0.1:8082'],
      apiSecret: null,
      staticConfiguration: {},
    },
  });
  return { context, clock, asked: () => asked };
}

it('waits until Traefik shows the labels and the published routes', async () => {
  const { context, asked } = hostOf([
    {},
    labels,
    { ...labels, tcpRouters: { 'db@file': { status: 'disabled', error: ['entry point db is not there'] } } },
    { ...labels, tcpRouters: files.routers },
  ]);
  expect(await awaitRoutes(context, subject, fileRoutes)).toBe('');
  expect(asked()).toBe(4);
});

it('says after ten seconds what Traefik does not serve, for the containers run', async () => {
  const { context, clock } = hostOf([
    { ...labels, tcpRouters: { 'db@file': { status: 'disabled', error: ['entry point db is not there'] } } },
  ]);
  const began = clock.now();
  expect(await awaitRoutes(context, subject, fileRoutes)).toBe('router db: entry point db is not there');
  expect(clock.now() - began).toBeGreaterThanOrEqual(10_000);
  expect(clock.now() - began).toBeLessThan(11_000);
});

it('asks a Traefik that does not answer but once', async () => {
  const { context, asked } = hostOf([new Error('connect ECONNREFUSED')]);
  expect(await awaitRoutes(context, subject, null)).toBe('');
  expect(asked()).toBe(1);
});

it('waits for nothing where no proxy runs', async () => {
  const { context, asked } = hostOf([{}]);
  expect(await awaitRoutes({ ...context, proxy: null }, subject, fileRoutes)).toBe('');
  expect(asked()).toBe(0);
});
