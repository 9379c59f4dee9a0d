import { routeProject } from '../route-project';
import { routeWorkspace } from '../route-workspace';
import { codes, project, service, settings, workspace } from '../testing/build';

describe('names of routers', () => {
  it('that two projects would share are an error naming both', () => {
    const routing = routeWorkspace(
      workspace([
        project('a', { rows: [{ service: 'b-c', domains: ['x.org'] }] }),
        project('a-b', { rows: [{ service: 'c', domains: ['y.org'] }] }),
      ]),
    );
    expect(routing.problems.filter(({ code }) => code === 'name-conflict')).toMatchObject([
      {
        code: 'name-conflict',
        message: 'a-b:c and a:b-c would share the router name a-b-c-8080',
        place: { file: 'projects/a/ingress.yml' },
        related: [{ place: { file: 'projects/a-b/ingress.yml' } }],
      },
    ]);
  });
});

describe('addresses on proxynet', () => {
  const pinned = (name: string): ReturnType<typeof project> =>
    project(name, { rows: [{ domains: [`${name}.org`], ipv4Address: '172.20.0.50' }] });

  it('belong to one service', () => {
    expect(routeWorkspace(workspace([pinned('one'), pinned('two')])).problems).toMatchObject([
      {
        code: 'address-conflict',
        place: { file: 'projects/two/ingress.yml' },
        related: [{ place: { file: 'projects/one/ingress.yml' } }],
      },
    ]);
    const rows = [
      { service: 'a', domains: ['a.org'], ipv4Address: '172.20.0.50' },
      { service: 'b', domains: ['b.org'], ipv4Address: '172.20.0.50' },
    ];
    expect(codes(routeProject(project('one', { rows }), settings()))).toEqual([
      'address-conflict',
      'shared-network',
      'shared-network',
    ]);
  });

  it('may be repeated in the rows of one service', () => {
    const rows = ['a.org', 'b.org'].map((domain) => ({ domains: [domain], ipv4Address: '172.20.0.50' }));
    expect(codes(routeProject(project('one', { rows }), settings()))).toEqual(['shared-network']);
  });
});

describe('networks of edges', () => {
  it('belong to one edge', () => {
    const routing = routeWorkspace(
      workspace([
        project('a', { services: ['web'], egress: ['b--c:d'] }),
        project('a--b', { services: ['web'], egress: ['c:d'] }),
        project('b--c', { services: [service('d')] }),
        project('c', { services: [service('d')] }),
      ]),
    );
    expect(routing.problems.filter(({ severity }) => severity === 'error')).toMatchObject([
      {
        code: 'network-name-conflict',
        message: expect.stringContaining('a--b--c--d'),
        place: { file: 'projects/a/ingress.yml', line: 50 },
        related: [{ place: { file: 'projects/a--b/ingress.yml', line: 50 } }],
      },
    ]);
  });
});

describe('names that Compose gives to containers', () => {
  const found = (...projects: ReturnType<typeof project>[]) =>
    routeWorkspace(workspace(projects)).disputes.map(({ problem, parties }) => ({
      code: problem.code,
      holds: parties.map(({ project: name, holds }) => [name, holds]),
    }));

  it('are one where a dash is of the project or of the service', () => {
    const shop = project('shop', { services: ['web-app'] });
    const other = project('shop-web', { services: ['app'] });
    const holds = ['container shop-web-app-1'];
    expect(found(shop, other)).toEqual([
      {
        code: 'container-name-conflict',
        holds: [
          ['shop', holds],
          ['shop-web', holds],
        ],
      },
    ]);
    const { holdings } = routeWorkspace(workspace([shop, other]));
    expect(holdings.get('shop')).toEqual(expect.arrayContaining(holds));
    expect(found(shop, project('shop-web', { services: ['ap'] }))).toEqual([]);
  });

  it('are none where there is no such container', () => {
    const other = project('shop-web', { services: ['app'] });
    const shop = (changes: Parameters<typeof service>[1]) =>
      project('shop', { services: [service('web-app', changes)] });
    expect(found(shop({ profiles: ['debug'] }), other)).toEqual([]);
    expect(found(shop({ isProvider: true }), other)).toEqual([]);
    const onSwarm = routeWorkspace(
      workspace([shop({ containerName: 'shop-web-app-1' }), other], { engine: 'swarm' }),
    );
    expect(onSwarm.disputes).toEqual([]);
    expect([...onSwarm.holdings.values()].flat().filter((key) => key.startsWith('container '))).toEqual([]);
  });

  it('are not told one by one of two folders that are one Compose project', () => {
    const called = (name: string, services: string[]) => {
      const made = project(name, { services });
      return { ...made, compose: made.compose && { ...made.compose, name: 'shop' } };
    };
    const codes = found(called('a', ['web', 'db']), called('b', ['web', 'db'])).map(({ code }) => code);
    expect(codes).not.toContain('container-name-conflict');
    expect(codes).toContain('project-name-conflict');
  });
});
