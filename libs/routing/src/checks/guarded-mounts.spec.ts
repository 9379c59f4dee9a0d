import { guardedBy } from './guarded-mounts';
import { routeProject } from '../route-project';
import { project, service, settings } from '../testing/build';

describe('guardedBy', () => {
  it.each([
    ['proxy_engine', 'socket-proxy'],
    ['/var/lib/docker/volumes/proxy_engine/_data', 'socket-proxy'],
    ['/var/lib/itsup', 'state'],
    ['/var/lib/itsup/acme/', 'state'],
    ['/var/lib/../lib/itsup/traefik', 'state'],
    ['${ITSUP_STATE:-/var/lib/itsup}/acme', 'state'],
    ['$ITSUP_STATE', 'state'],
    ['/srv/state/acme', 'state'],
    ['/var/run/docker.sock', 'engine'],
    ['/run/docker.sock', 'engine'],
    ['${DOCKER_SOCKET:-/var/run/docker.sock}', 'engine'],
    ['/run/user/1000/docker.sock', 'engine'],
    ['/run', 'engine'],
    ['/', 'engine'],
    ['/var/lib/docker/volumes', 'engine'],
    ['/var/lib', 'engine'],
    ['/srv', 'engine'],
    ['/var/lib/itsup-backup', null],
    ['/var/lib/docker/volumes/shop_data/_data', null],
    ['/etc/localtime', null],
    ['./data', null],
    ['proxy_engineer', null],
    ['${DATA}', null],
  ])('%s: %s', (source, expected) => {
    expect(guardedBy(source, '/srv/state')).toBe(expected);
  });
});

const place = { file: 'projects/blog/docker-compose.yml', line: 6, column: 9 };
const problemsOf = (source: string, isolation: 'standard' | 'strict') =>
  routeProject(
    project('blog', { services: [service('web', { mounts: [{ source, place }] })] }),
    settings({ isolation }),
  ).problems;

describe('a project that mounts', () => {
  it.each(['proxy_engine', '/var/lib/itsup'])('%s is refused at its line', (source) => {
    expect(problemsOf(source, 'standard')).toMatchObject([{ severity: 'error', place }]);
  });

  it("the engine's socket is told, and refused where isolation is strict", () => {
    expect(problemsOf('/var/run/docker.sock', 'standard')).toMatchObject([
      { code: 'mounts-engine', severity: 'note', place },
    ]);
    expect(problemsOf('/var/run/docker.sock', 'strict')).toMatchObject([
      { code: 'mounts-engine', severity: 'error', place },
    ]);
  });

  it('anything else hears nothing', () => {
    expect(problemsOf('/etc/localtime', 'strict')).toEqual([]);
  });
});
