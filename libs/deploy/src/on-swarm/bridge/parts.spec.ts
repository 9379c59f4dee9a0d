import type { StackFile } from '../../swarm/stack-file';
import { bridgeFileOf } from './bridge-file';
import { literal, relabelled } from './labels';
import { factsOf } from './tasks';

test('new labels keep the way back, also where they are given twice', () => {
  const once = relabelled(
    { own: '1', 'traefik.a': 'old', 'traefik.b': 'gone' },
    { 'traefik.a': 'new', other: 'x' },
  );
  const before = JSON.stringify({ 'traefik.a': 'old', 'traefik.b': 'gone' });
  expect(once).toEqual({ own: '1', 'traefik.a': 'new', 'itsup.labels-before': before });
  expect(relabelled(once, { 'traefik.a': 'newer' })).toEqual({ ...once, 'traefik.a': 'newer' });
});

test('a bridge is on networks that are there, and no router leads to it', () => {
  const whose = { 'itsup.workspace': 'id', 'itsup.stack': 'shop' };
  const labels = { ...whose, 'traefik.enable': 'true', 'traefik.http.routers.a.rule': 'x' };
  const service = { image: 'web', deploy: { labels, mode: 'replicated' } };
  const file = {
    ...{ version: '3.9', volumes: {}, configs: {}, secrets: {} },
    services: { web: service, db: service },
    networks: { default: { name: 'shop_default', driver: 'overlay' } },
  } as object as StackFile;
  expect(bridgeFileOf(file, ['web'])).toMatchObject({
    services: {
      web: { image: 'web' },
    },
    networks: { default: { name: 'shop_default', external: true } },
  });
  expect(bridgeFileOf(file, ['web']).services['web']?.deploy.labels).toEqual({
    ...whose,
    'traefik.enable': 'false',
  });
  expect(Object.keys(bridgeFileOf(file, ['web']).services)).toEqual(['web']);
});

test('a task is told of as a container of Compose, with the labels that Traefik’s docker provider would read', () => {
  const task = {
    image: 'web',
    id: 't',
    slot: 2,
    createdAt: '2026-11-30T12:00:00Z',
    addresses: { shop_proxy: '10.0.1.4' },
  };
  const labels = { 'traefik.swarm.network': 'shop_proxy', 'traefik.http.routers.a.service': 'b@swarm' };
  expect(factsOf('web', task, labels)).toMatchObject({
    ...{ id: 't', name: 'web.2', status: 'running', addresses: { shop_proxy: '10.0.1.4' } },
    labels: { 'traefik.docker.network': 'shop_proxy', 'traefik.http.routers.a.service': 'b@docker' },
  });
});

test('labels are as the CLI reads those of a stack file', () => {
  expect(literal({ a: 'x$$1$$$$' })).toEqual({ a: 'x$1$$' });
});
