import { dependency, desiredService, servicePlan } from '../testing/desired-service';
import type { ServiceAction } from '../plan/model';
import { swarmOperations } from './swarm-operations';

const DESIRED = [
  desiredService('db'),
  desiredService('api', { dependsOn: [dependency('db')] }),
  desiredService('web', { dependsOn: [dependency('api')] }),
];

function operations(
  actions: Record<string, ServiceAction>,
  { bridged = [], publishes = false }: { bridged?: string[]; publishes?: boolean } = {},
) {
  const services = Object.entries(actions).map(([name, action]) => servicePlan(name, { action }));
  return swarmOperations({ services, desired: DESIRED, bridged, publishes });
}

const idsOf = (all: ReturnType<typeof operations>): string[] => all.map(({ id }) => id);

test('new services come after those that they depend on, the last ones with what is there already', () => {
  const all = operations({ db: 'create', api: 'create', web: 'rollout', old: 'remove' });
  expect(idsOf(all)).toEqual(['make-objects', 'start db', 'update', 'remove-old-objects']);
  expect(all[2]).toMatchObject({ kind: 'update', services: ['db', 'api', 'web'] });
});

test('a bridge comes when all that is new is there', () => {
  const all = operations({ db: 'create', api: 'create', web: 'rollout' }, { bridged: ['web'] });
  expect(idsOf(all)).toEqual([
    ...['make-objects', 'start db', 'start api', 'update-behind-bridge'],
    'remove-old-objects',
  ]);
  expect(all[3]).toMatchObject({ services: ['db', 'api', 'web'], bridged: ['web'] });
});

test('one waits for the other', () => {
  const all = operations({ db: 'create', api: 'none', web: 'none' }, { publishes: true });
  expect(all.map(({ after }) => after)).toEqual([[], ['make-objects'], ['update'], ['remove-old-objects']]);
});

test('files alone are published, and nothing is nothing', () => {
  expect(idsOf(operations({ db: 'none' }, { publishes: true }))).toEqual(['publish-routes']);
  expect(operations({ db: 'none' })).toEqual([]);
});

test('an image that is to be pulled or built is a change', () => {
  const services = [servicePlan('db', { action: 'none', build: true })];
  const all = swarmOperations({ services, desired: DESIRED, bridged: [], publishes: false });
  expect(idsOf(all)).toEqual(['make-objects', 'update', 'remove-old-objects']);
});
