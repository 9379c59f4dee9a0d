import type { ContainerSummary } from '@itsup/docker';

import { stopWaves } from './take-down';

/** Containers as `service: dependencies`. */
function waves(services: Record<string, string[]>): string[][] {
  const containers = Object.entries(services).map(
    ([service, dependencies]) =>
      ({
        id: service,
        compose: { service },
        labels: {
          'com.docker.compose.depends_on': dependencies
            .map((name) => `${name}:service_healthy:false`)
            .join(','),
        },
      }) as unknown as ContainerSummary,
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

  it('stops a circle and what is gone all the same', () => {
    expect(waves({ a: ['b'], b: ['a'] })).toEqual([['a', 'b']]);
    expect(waves({ a: ['gone'] })).toEqual([['a']]);
  });
});
