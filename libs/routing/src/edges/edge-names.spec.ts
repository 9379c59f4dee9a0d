import { routeWorkspace } from '../route-workspace';
import { project, workspace } from '../testing/build';

const db = project('db', { services: ['postgres'] });
const other = project('crm', {
  rows: [{ service: 'postgres', router: 'tcp', hostport: 5432, ipv4Address: '172.20.0.60' }],
});

function consumer(name: string): ReturnType<typeof project> {
  return project(name, {
    rows: [{ service: 'web', domains: [`${name}.acme.org`], ipv4Address: '172.20.0.61' }],
    egress: ['db:postgres'],
  });
}

function warnings(...projects: ReturnType<typeof project>[]): string[] {
  return routeWorkspace(workspace(projects))
    .problems.filter(({ code }) => code === 'egress-name-taken')
    .map(({ message, help }) => `${message}; ${help}`);
}

describe('the name of an edge', () => {
  it('is told to be another project’s when that is asked first', () => {
    expect(warnings(consumer('shop'), db, other)).toEqual([
      'on proxynet the name postgres is answered by crm before db; ' +
        'in shop, write db-postgres instead of postgres: that name means this edge alone',
    ]);
  });

  it('is the provider’s when the edge’s network sorts before proxynet', () => {
    expect(warnings(consumer('blog'), db, other)).toEqual([]);
  });

  it('is the provider’s when nobody else on proxynet has it, the provider itself included', () => {
    const open = project('db', {
      rows: [{ service: 'postgres', router: 'tcp', hostport: 5432, ipv4Address: '172.20.0.62' }],
    });
    expect(warnings(consumer('shop'), db)).toEqual([]);
    expect(warnings(consumer('shop'), open)).toEqual([]);
  });

  it('is the provider’s in a consumer that is not on proxynet', () => {
    const worker = project('worker', { services: ['run'], egress: ['db:postgres'] });
    expect(warnings(worker, db, other)).toEqual([]);
  });
});
