import { listProjects } from './list-projects';
import { readWorkspace } from './read-workspace';
import { fixture } from '../testing/fixtures';

describe('listProjects', () => {
  test('lists folders with a Compose or an ingress file, by code unit', async () => {
    expect(await listProjects(fixture('bad/names'))).toEqual(['-dash', 'My_App', 'a b', 'proxy', 'traefik']);
  });

  test('leaves out folders with neither', async () => {
    expect(await listProjects(fixture('bad/neither'))).toEqual(['other']);
  });

  test('of a workspace without projects', async () => {
    expect(await listProjects(fixture('nowhere'))).toEqual([]);
  });
});

describe('readWorkspace', () => {
  test('reads the sound projects beside the broken ones, each problem with its project', async () => {
    const workspace = await readWorkspace(fixture('bad/names'));
    expect(workspace.projects.map(({ name }) => name)).toHaveLength(5);
    expect(workspace.problems.map(({ project }) => project)).toEqual([
      '-dash',
      'My_App',
      'a b',
      'proxy',
      'traefik',
    ]);
  });

  test('warns of a folder that is no project', async () => {
    const { projects, problems } = await readWorkspace(fixture('bad/neither'));
    expect(projects.map(({ name }) => name)).toEqual(['other']);
    expect(problems.map(({ code, severity }) => [code, severity])).toEqual([['not-a-project', 'warning']]);
  });

  test('has the settings and their problems', async () => {
    const { settings, problems } = await readWorkspace(fixture('settings/bad'));
    expect(settings.paths).toBe('source');
    expect(problems.length).toBeGreaterThan(5);
    expect(problems.every(({ project }) => project === undefined)).toBe(true);
  });

  test('gives the same for the same files', async () => {
    const read = async () => JSON.stringify(await readWorkspace(fixture('compose/include')));
    expect(await read()).toBe(await read());
  });
});
