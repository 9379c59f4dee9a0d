import type { ContainerSummary } from '@itsup/docker';
import { containerSummary } from '@itsup/docker/testing/container-summary';

import { stopWaves } from './take-down';

/** A container of the service, by its name, with Compose's label. */
function container(service: string, dependsOn: string): ContainerSummary {
  return containerSummary({
    id: service,
    compose: {
      ...{ project: 'shop', service, configHash: '', number: 1, oneoff: false },
      ...{ workingDir: '/', configFiles: [], imageId: '' },
    },
    labels: { 'com.docker.compose.depends_on': dependsOn },
  });
}

/** Containers as `service: dependencies`. */
function waves(services: Record<string, string[]>): string[][] {
  const containers = Object.entries(services).map(([service, dependencies]) =>
    container(service, dependencies.map((name) => `${name}:service_healthy:false`).join(',')),
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
    const [web, db] = [container('web', ''), container('db', '')];
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
