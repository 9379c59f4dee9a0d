import type { DesiredService } from '../plan/model';
import { wavesOf } from './waves';

const service = (name: string, ...on: string[]): DesiredService => ({
  ...{
    name,
    image: 'a',
    imageId: null,
    buildDigest: null,
    built: false,
    pulls: false,
    replicas: 1,
    aspects: {},
  },
  ...{ definition: null, networks: [], hangsOn: [], hooks: { preStart: 0, postStart: 0, preStop: 0 } },
  ...{ notRolled: [], mayFinish: false },
  dependsOn: on.map((other) => ({
    ...{ service: other, condition: 'service_started', restart: false, required: true },
  })),
});

const ALL = [service('web', 'api', 'cache'), service('api', 'db'), service('db'), service('cache')];

test('a service is made after those that it depends on', () => {
  expect(wavesOf(ALL, new Set(['web', 'api', 'db', 'cache']))).toEqual([['db', 'cache'], ['api'], ['web']]);
});

test('what is there already is waited for by nobody', () => {
  expect(wavesOf(ALL, new Set(['web', 'api']))).toEqual([['api'], ['web']]);
  expect(wavesOf(ALL, new Set())).toEqual([]);
});

test('a circle ends', () => {
  expect(wavesOf([service('a', 'b'), service('b', 'a')], new Set(['a', 'b']))).toEqual([['a', 'b']]);
});
