import type { ServiceFacts } from '@itsup/config';
import { routeProject } from '../route-project';
import { project, service, settings } from '../testing/build';

function problemsOf(target: Partial<ServiceFacts>, activeProfiles: string[] = []) {
  const blog = project('blog', {
    rows: [{ service: 'web', domains: ['blog.example.com'] }],
    services: [service('web', target), 'vpn'],
  });
  const compose = blog.compose === null ? null : { ...blog.compose, activeProfiles };
  return routeProject({ ...blog, compose }, settings()).problems;
}

describe('the service of a row', () => {
  it('that is in the network of another one is told to name that one', () => {
    expect(problemsOf({ networkMode: 'service:vpn' })).toMatchObject([
      { code: 'network-mode', severity: 'error', help: 'name vpn in the row: the port is there' },
    ]);
  });

  it('that no active profile starts is warned of', () => {
    expect(problemsOf({ profiles: ['extra'] })).toMatchObject([
      { code: 'inactive-profile', severity: 'warning' },
    ]);
    expect(problemsOf({ profiles: ['extra'] }, ['other', 'extra'])).toEqual([]);
    expect(problemsOf({ profiles: ['extra'] }, ['*'])).toEqual([]);
  });

  it('that a program provides has nothing to lead to', () => {
    expect(problemsOf({ isProvider: true, image: null })).toMatchObject([{ code: 'provider-service' }]);
  });
});
