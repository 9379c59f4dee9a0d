import { containerSummary } from '@itsup/docker/testing/container-summary';

import { stopWaves } from './take-down';

/** Containers as `service: dependencies`. */
function waves(services: Record<string, string[]>): string[][] {
  const containers = Object.entries(services).map(([service, dependencies]) =>
    containerSummary({
      id: service,
      compose: {
        ...{ project: 'shop', service, configHash: '', number: 1, oneoff: false },
        ...{ workingDir: '/', configFiles: [], imageId: '' },
      },
      labels: {
        'com.docker.compose.depends_on': dependencies
          .map((name) => `${name}:service_healthy:false`)
          .join(','),
      },
    }),
  );
  return stopWaves(containers);
}

describe('stopWaves', () => {
  it('stops a service before those that it depends on', () => {
    expect(waves({ db: [], web: ['api'], api: ['db', 'cache'], cache: [] })).toEqual([
      ['web'],
      ['api'],
      ['db', 'cache'],
    ]);
  });

  it('goes by what the last deploy wrote down, for Compose writes on a container what came in the same call', () => {
    const [web, db] = ['web', 'db'].map(
      (service) => ({ id: service, compose: { service }, labels: {} }) as unknown as ContainerSummary,
    );
    if (web === undefined || db === undefined) throw new Error('no containers');
    const recorded = new Map([
      ['web', ['db']],
      ['db', []],
    ]);
    expect(stopWaves([db, web], recorded)).toEqual([['web'], ['db']]);
  });

  it('stops a circle and what is gone all the same', () => {
    expect(waves({ a: ['b'], b: ['a'] })).toEqual([['a', 'b']]);
    expect(waves({ a: ['gone'] })).toEqual([['a']]);
  });
});
