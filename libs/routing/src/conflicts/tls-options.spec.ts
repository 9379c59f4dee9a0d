import type { Settings } from '@itsup/config';
import { routeWorkspace } from '../route-workspace';
import { project, service, workspace } from '../testing/build';

const set: Partial<Settings> = {};

/** A project whose one container has a router with this rule and these TLS options. */
function site(name: string, rule: string, options?: string) {
  const labels = {
    'traefik.enable': 'true',
    [`traefik.http.routers.${name}.rule`]: rule,
    [`traefik.http.routers.${name}.tls`]: 'true',
    ...(options === undefined ? {} : { [`traefik.http.routers.${name}.tls.options`]: options }),
  };
  return project(name, { services: [service('web', { labels })] });
}

// Traefik says then that it applies the default ones for a host that "is served by multiple routers".
describe('TLS options of one host', () => {
  const victim = site('victim', 'Host(`victim.org`)', 'mtls@file');
  const disputes = (...others: ReturnType<typeof site>[]) =>
    routeWorkspace(workspace([victim, ...others], set))
      .disputes.filter(({ problem }) => problem.code === 'tls-options-conflict')
      .map(({ parties, takers, problem }) => ({
        projects: parties.map(({ project: name }) => name).sort(),
        takers,
        severity: problem.severity,
      }));

  it('are not another project’s to switch off by a rule that only excludes the host', () => {
    const projects = ['evil', 'victim'];
    for (const rule of ['Host(`evil.org`) && !Host(`victim.org`)', 'Host(`evil.org`) && !Host(`VICTIM.org`)'])
      expect(disputes(site('evil', rule))).toEqual([{ projects, takers: ['evil'], severity: 'error' }]);
  });

  it('are both projects’ to agree on where one has a path of it', () => {
    const rule = 'Host(`victim.org`) && PathPrefix(`/shop`)';
    expect(disputes(site('shop', rule))).toEqual([
      { projects: ['shop', 'victim'], takers: [], severity: 'error' },
    ]);
    expect(disputes(site('shop', rule, 'mtls@file'))).toEqual([]);
  });

  it('are the same where no name is given, and where it is `default`', () => {
    const both = [site('a', 'Host(`a.org`)'), site('b', 'Host(`b.org`) && !Host(`a.org`)', 'default')];
    expect(disputes(...both)).toEqual([]);
  });

  it('are a warning within one project', () => {
    const labels = {
      'traefik.enable': 'true',
      'traefik.http.routers.a.rule': 'Host(`a.org`)',
      'traefik.http.routers.a.tls.options': 'mtls@file',
      'traefik.http.routers.b.rule': 'Host(`a.org`) && PathPrefix(`/b`)',
      'traefik.http.routers.b.tls': 'true',
    };
    const { projects } = routeWorkspace(
      workspace([project('a', { services: [service('web', { labels })] })]),
    );
    expect(projects[0]?.problems.map(({ code, severity }) => `${severity} ${code}`)).toEqual([
      'warning tls-options-conflict',
    ]);
  });
});
