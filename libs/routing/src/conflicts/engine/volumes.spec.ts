import type { Project, Settings, VolumeFacts } from '@itsup/config';
import { routeWorkspace } from '../../route-workspace';
import { project, service, workspace } from '../../testing/build';

const place = { file: 'docker-compose.yml', line: 1, column: 1 };
const own: VolumeFacts = { name: null, external: false, place };

function withVolumes(name: string, volumes: Record<string, Partial<VolumeFacts>>): Project {
  const made = project(name, { services: [service('web', { volumeKeys: Object.keys(volumes) })] });
  if (!made.compose) throw new Error('no Compose file');
  const facts = Object.entries(volumes).map(([key, changes]) => [key, { ...own, ...changes }]);
  return { ...made, compose: { ...made.compose, volumeFacts: Object.fromEntries(facts) } };
}

const found = (projects: Project[], set: Partial<Settings> = {}): string[] => {
  const { problems, projects: routed, disputes } = routeWorkspace(workspace(projects, set));
  return [
    ...[...problems, ...routed.flatMap((each) => each.problems)].map(
      ({ code, severity, project: whose }) => `${severity} ${code} ${whose ?? ''}`,
    ),
    ...disputes.flatMap(({ takers }) => takers),
  ];
};
const STRICT: Partial<Settings> = { isolation: 'strict' };

describe('volumes by their names on the engine', () => {
  test('of two projects are two, whatever their keys', () => {
    expect(found([withVolumes('a', { data: {} }), withVolumes('b', { data: {} })], STRICT)).toEqual([]);
  });

  test('of another project may be mounted, which is said, and not when isolation is strict', () => {
    const a = withVolumes('a', { data: {} });
    const all: Record<string, Partial<VolumeFacts>>[] = [
      { other: { name: 'a_data', external: true } },
      { a_data: { external: true } },
      {
        '${X:-a}_data': { name: '${COMPOSE_PROJECT_NAME}_x', external: true },
        y: { name: 'a_data', external: true },
      },
    ];
    for (const taken of all) {
      expect(found([a, withVolumes('b', taken)])).toEqual(['note volume-shared b']);
      expect(found([a, withVolumes('b', taken)], STRICT)).toEqual(['error volume-conflict ', 'b']);
    }
  });

  test('are taken by who writes the name that another one’s has by itself', () => {
    const taken = [withVolumes('b', { mine: { name: 'a_data' } }), withVolumes('a', { data: {} })];
    expect(found(taken)).toEqual(['note volume-shared b']);
    expect(found(taken, STRICT)).toEqual(['error volume-conflict ', 'b']);
  });

  test('that both make under a written name are shared, and not when isolation is strict', () => {
    const both = ['a', 'b'].map((name) => withVolumes(name, { media: { name: 'media' } }));
    expect(found(both)).toEqual(['note volume-shared b']);
    expect(found(both, STRICT)).toEqual(['error volume-conflict ']);
  });

  test('that nobody here makes are nobody’s', () => {
    const both = ['a', 'b'].map((name) => withVolumes(name, { media: { external: true } }));
    expect(found(both, STRICT)).toEqual([]);
  });

  test('count where a service mounts them', () => {
    const left = withVolumes('b', { old: { name: 'a_data', external: true } });
    const web = service('web');
    const idle = left.compose === null ? left : { ...left, compose: { ...left.compose, services: [web] } };
    expect(found([withVolumes('a', { data: {} }), idle], STRICT)).toEqual([]);
  });
});
