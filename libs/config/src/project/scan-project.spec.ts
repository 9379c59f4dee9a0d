import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { listProjects } from './list-projects';
import { readProject } from './read-project';
import { readSettings } from '../settings/read-settings';
import { scanProject } from './scan-project';
import { fixture } from '../testing/fixtures';

describe('scanProject', () => {
  let root: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'itsup-config-'));
  });

  afterEach(() => rm(root, { recursive: true }));

  async function write(file: string, text: string): Promise<void> {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), text);
  }

  test('finds kind, edges and whether the project is enabled', () => {
    expect(scanProject(fixture('all-keys'), 'app')).toMatchObject({
      name: 'app',
      folder: 'projects/app',
      kind: 'container',
      enabled: false,
      egress: [
        { provider: 'db', service: 'postgres' },
        { provider: 'cache', service: 'redis' },
      ],
      outsideFiles: [],
    });
    expect(scanProject(fixture('external'), 'nas')).toMatchObject({ kind: 'external', enabled: true });
  });

  test('finds the files outside the folder that Compose files lead to', () => {
    expect(scanProject(fixture('compose/extends'), 'app').outsideFiles).toEqual(['shared/base.yml']);
    expect(scanProject(fixture('compose/include'), 'app').outsideFiles).toEqual(['shared/compose.yml']);
  });

  test('finds what symbolic links lead to', async () => {
    await write('shared/compose.yml', 'services: {web: {image: x}}\n');
    await write('shared/ingress.yml', 'egress: ["db:postgres"]\n');
    await mkdir(join(root, 'projects/app'), { recursive: true });
    await symlink('../../shared/compose.yml', join(root, 'projects/app/compose.yml'));
    await symlink('../../shared/ingress.yml', join(root, 'projects/app/ingress.yml'));
    expect(scanProject(root, 'app')).toMatchObject({
      egress: [{ provider: 'db', service: 'postgres' }],
      outsideFiles: ['shared/compose.yml', 'shared/ingress.yml'],
    });
  });

  test.each([
    ['a folder that is not there', 'nowhere', '', ''],
    ['broken YAML', 'app', 'services: [', 'egress: ['],
    ['values of other types', 'app', 'services: 5\ninclude: 7\n', 'egress: {a: b}\nenabled: [no]\n'],
    ['edges of another form', 'app', 'services: {}\n', 'egress: [5, "a", "a:b:c", [x], null]\n'],
    ['text only', 'app', 'extends', 'egress'],
    ['binary', 'app', '\0\x01extends\xff', '\0egress\xff'],
    ['a circle', 'app', 'include: [compose.yml]\nservices: {a: {extends: a}}\n', 'enabled: maybe\n'],
  ])('never throws: %s', async (_, name, compose, ingress) => {
    await write('projects/app/compose.yml', compose);
    await write('projects/app/ingress.yml', ingress);
    expect(scanProject(root, name)).toMatchObject({ name, enabled: true, egress: [], outsideFiles: [] });
  });

  test('agrees with readProject on every fixture', async () => {
    for (const name of await fixtureRoots()) {
      const workspace = fixture(name);
      const { settings } = await readSettings(workspace);
      for (const project of await listProjects(workspace)) {
        const scan = scanProject(workspace, project);
        const read = (await readProject(workspace, project, settings)).project;
        expect([name, project, scan.outsideFiles]).toEqual([
          name,
          project,
          read.files.filter((file) => !file.startsWith(`projects/${project}/`)),
        ]);
        // What is wrong is read in part by one and not at all by the other.
        if (name.startsWith('bad/')) continue;
        expect([name, scan.kind, scan.enabled]).toEqual([name, read.kind, read.enabled]);
        expect(scan.egress).toEqual(read.egress.map(({ provider, service }) => ({ provider, service })));
      }
    }
  });
});

async function fixtureRoots(): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(fixture(''), { recursive: true, withFileTypes: true })) {
    if (entry.name === 'projects') found.push(relative(fixture(''), entry.parentPath));
  }
  expect(found.length).toBeGreaterThan(30);
  return found.sort();
}
