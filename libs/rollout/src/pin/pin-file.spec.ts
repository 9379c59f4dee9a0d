import { mkdirSync, mkdtempSync, readdirSync, rmSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { readPinMarker, readPublished, removePin, writePin } from './pin-file';
import { renderPin } from './pin';
import { emptyConfiguration } from '../provider/provided-configuration';
import { routesTo } from '../provider/published-routes';

/** As Traefik's own folder, which it does not watch. */
let parent: string;
let folder: string;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'pin-file-'));
  folder = join(parent, 'dynamic');
  mkdirSync(folder);
});
afterEach(() => rmSync(parent, { recursive: true }));

const pin = renderPin({
  project: 'shop',
  service: 'web',
  provided: emptyConfiguration(),
  fileRoutes: { http: { routers: { a: { rule: 'x', service: 's@docker' } } } },
  retired: {},
  published: {},
  transports: {},
  defaultTransport: null,
  winsTies: true,
  writing: '',
});

it('leaves exactly one file, whose marker can be read, and then none', async () => {
  await writePin(folder, 'shop', 'web', pin.text);
  expect(readdirSync(folder)).toEqual(['rollout-shop-web.yml']);
  expect(await readPinMarker(folder, 'shop', 'web')).toBe(pin.marker);
  expect(await readPinMarker(folder, 'shop', 'api')).toBeNull();
  writeFileSync(join(parent, '.dynamic-rollout-shop-web.yml.tmp'), 'of a process that was killed');
  await removePin(folder, 'shop', 'web');
  await removePin(folder, 'shop', 'web');
  expect(readdirSync(folder)).toEqual([]);
  expect(readdirSync(parent)).toEqual(['dynamic']);
});

it('shows the watched folder nothing but the finished file', async () => {
  const seen: (string | null)[] = [];
  const watcher = watch(folder, (_, name) => seen.push(name));
  try {
    await writePin(folder, 'shop', 'web', pin.text);
    await writePin(folder, 'shop', 'web', `${pin.text}# again\n`);
    await removePin(folder, 'shop', 'web');
    await sleep(50);
  } finally {
    watcher.close();
  }
  expect(seen).toEqual(['rollout-shop-web.yml', 'rollout-shop-web.yml', 'rollout-shop-web.yml']);
});

it('reads what is published, the first of two equal names winning, without pins and temporary files', async () => {
  await writePin(folder, 'shop', 'web', pin.text);
  writeFileSync(
    join(folder, 'b.yml'),
    'tcp: {routers: {db: {rule: second, service: db@docker}, mq: {rule: x, service: mq@docker}}}',
  );
  writeFileSync(join(folder, 'a.yml'), 'tcp: {routers: {db: {rule: first, service: db@docker}}}');
  writeFileSync(join(folder, '.c.yml.tmp'), 'not: [yaml');
  const published = await readPublished(folder);
  expect(published).toEqual({
    tcp: {
      routers: { db: { rule: 'first', service: 'db@docker' }, mq: { rule: 'x', service: 'mq@docker' } },
    },
  });
  expect(routesTo(published, { http: ['db'], tcp: ['db'], udp: [] }).tcp?.routers).toEqual({
    db: { rule: 'first', service: 'db@docker' },
  });
});

it('finds services that are built on a docker service', () => {
  const weighted = { weighted: { services: [{ name: 'web@docker' }] } };
  const configuration = { http: { services: { split: weighted, other: { loadBalancer: {} } } } };
  expect(routesTo(configuration, { http: ['web'], tcp: [], udp: [] }).http?.services).toEqual({
    split: weighted,
  });
});
