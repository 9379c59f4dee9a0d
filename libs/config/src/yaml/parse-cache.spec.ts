import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readWorkspace } from '../project/read-workspace';
import { WorkspaceReader } from '../project/workspace-reader';
import { fixture } from '../testing/fixtures';

const CACHE = 'node_modules/.cache/itsup/parsed.json';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'parse-cache-'));
  mkdirSync(join(root, 'node_modules'));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}

/** Image of the service `web` of `app`, as the workspace has it. */
async function image(): Promise<string | null | undefined> {
  const { projects } = await readWorkspace(root);
  const app = projects.find(({ name }) => name === 'app');
  return app?.compose?.services.find(({ name }) => name === 'web')?.image;
}

const web = (name: string): string => `services:\n  web:\n    image: ${name}\n`;

/** Makes the cache say something that no file says, so that it shows where an answer came from. */
function forge(): void {
  const text = readFileSync(join(root, CACHE), 'utf8');
  writeFileSync(join(root, CACHE), text.replaceAll('"image":"', '"image":"cached-'));
}

describe('what is kept of projects', () => {
  it('is taken as long as their files are as they were', async () => {
    write('projects/app/compose.yml', web('one'));
    expect(await image()).toBe('one');
    forge();
    expect(await image()).toBe('cached-one');
    write('projects/app/compose.yml', web('two'));
    expect(await image()).toBe('two');
    write('projects/app/compose.yml', web('one'));
    expect(await image()).toBe('one');
  });

  it.each<[string, () => void]>([
    ['an included file changes', () => write('projects/shared/base.yml', web('other'))],
    ['an included file goes', () => rmSync(join(root, 'projects/shared/base.yml'))],
    [
      'an included file is a link from now on',
      () => {
        rmSync(join(root, 'projects/shared/base.yml'));
        write('projects/shared/real.yml', web('base'));
        symlinkSync('real.yml', join(root, 'projects/shared/base.yml'));
      },
    ],
    ['a file that was missing comes', () => write('projects/shared/late.yml', web('late'))],
    ['the folder gains an override file', () => write('projects/app/compose.override.yml', web('over'))],
    ['the folder gains an ingress file', () => write('projects/app/ingress.yml', 'enabled: false\n')],
    ['relative paths have another meaning', () => write('projects/itsup.yml', 'paths: upstream\n')],
  ])('is not when %s', async (_, change) => {
    write('projects/app/compose.yml', `include: [../shared/base.yml, ../shared/late.yml]\n${web('one')}`);
    write('projects/shared/base.yml', web('base').replace('web:', 'base:'));
    await readWorkspace(root);
    forge();
    expect(JSON.stringify(await readWorkspace(root))).toContain('cached-');
    change();
    const changed = await readWorkspace(root);
    expect(JSON.stringify(changed)).not.toContain('cached-');
    rmSync(join(root, CACHE));
    expect(await readWorkspace(root)).toEqual(changed);
  });

  it('holds the settings, as long as none of their files changes', async () => {
    const settings = async () => (await readWorkspace(root)).settings;
    write('projects/itsup.yml', 'traefikDomain: one.example.com\n');
    expect(await settings()).toMatchObject({ traefikDomain: 'one.example.com' });
    writeFileSync(
      join(root, CACHE),
      readFileSync(join(root, CACHE), 'utf8').replace('one.example', 'cached.example'),
    );
    expect(await settings()).toMatchObject({ traefikDomain: 'cached.example.com' });
    write('projects/traefik.yml', 'log:\n  level: DEBUG\n');
    expect(await settings()).toMatchObject({
      traefikDomain: 'one.example.com',
      traefikOverride: expect.anything(),
    });
  });

  it('is for its owner alone: the settings hold hashes of passwords', async () => {
    write('projects/app/compose.yml', web('one'));
    await readWorkspace(root);
    expect(statSync(join(root, CACHE)).mode & 0o777).toBe(0o600);
  });

  it('holds no settings that JSON cannot say', async () => {
    write('projects/traefik.yml', 'tracing:\n  sampleRate: .inf\n');
    const first = await readWorkspace(root);
    expect(JSON.stringify(first)).toContain('"sampleRate":null');
    expect(await readWorkspace(root)).toEqual(first);
  });

  it('goes with its project', async () => {
    write('projects/app/compose.yml', web('one'));
    write('projects/gone/compose.yml', web('gone'));
    await readWorkspace(root);
    rmSync(join(root, 'projects/gone'), { recursive: true });
    await readWorkspace(root);
    expect(readFileSync(join(root, CACHE), 'utf8')).not.toContain('gone');
  });

  it('stays where a command asks for others alone', async () => {
    write('projects/app/compose.yml', web('one'));
    write('projects/other/compose.yml', web('other'));
    await readWorkspace(root);
    write('projects/app/compose.yml', web('two'));
    const reader = new WorkspaceReader(root);
    expect(reader.project('app').project.compose?.services).toMatchObject([{ image: 'two' }]);
    reader.close();
    forge();
    expect(await image()).toBe('cached-two');
    expect(JSON.stringify(await readWorkspace(root))).toContain('cached-other');
  });

  it('is left alone by who reads few', () => {
    write('projects/app/compose.yml', web('one'));
    const reader = new WorkspaceReader(root, { projects: 1 });
    expect(reader.project('app').project.compose?.services).toMatchObject([{ image: 'one' }]);
    reader.close();
    expect(existsSync(join(root, CACHE))).toBe(false);
  });

  it.each(['', '{', '[]', '{"code":"of another build","entries":{}}', '{"entries":null}'])(
    'is nothing when it reads %j',
    async (text) => {
      write('projects/app/compose.yml', web('one'));
      write(CACHE, text);
      expect(await image()).toBe('one');
      forge();
      expect(await image()).toBe('cached-one');
    },
  );

  it('is nothing where it cannot be written, or no packages are installed', async () => {
    write('projects/app/compose.yml', web('one'));
    write('node_modules/.cache', 'a file');
    expect(await image()).toBe('one');
    rmSync(join(root, 'node_modules'), { recursive: true });
    expect(await image()).toBe('one');
    expect(existsSync(join(root, 'node_modules'))).toBe(false);
  });

  it.each(workspaces())('is what the files of %s say, problems and all', async (name) => {
    cpSync(fixture(name), root, { recursive: true, verbatimSymlinks: true });
    const first = await readWorkspace(root);
    const second = await readWorkspace(root);
    expect(second).toEqual(first);
    rmSync(join(root, CACHE), { force: true });
    expect(await readWorkspace(root)).toEqual(second);
  });
});

/** Fixtures that are workspaces, at any depth. */
function workspaces(folder = ''): string[] {
  const names = readdirSync(fixture(folder), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return names.flatMap(({ name }) => {
    const path = join(folder, name);
    return existsSync(join(fixture(path), 'projects')) ? [path] : workspaces(path);
  });
}
