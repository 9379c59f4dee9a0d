import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { output, succeeded } from '../harness/run';
import { createWorkspace, type TestWorkspace } from '../harness/workspace/workspace';

const VALIDATE = ['run-many', '-t', 'validate', '--outputStyle=static'];

describe('what a workspace can be led into', () => {
  let workspace: TestWorkspace;

  beforeEach(async () => {
    workspace = await createWorkspace({ projects: ['website', 'router'] });
  });
  afterEach(() => workspace.dispose());

  it('says so when projects/ is git-ignored, and how it gets seen', async () => {
    await workspace.write('.gitignore', `${await workspace.read('.gitignore')}\n/projects/\n`);
    const { exitCode, all } = await workspace.nx(VALIDATE);
    expect(exitCode).toBeGreaterThan(0);
    expect(all).toMatch(/ignores projects\//);
    expect(all).toContain('Coming from itsUP');
  });

  it.each([
    ['a repository of its own', async () => void (await workspace.git(['init', '--quiet', 'projects']))],
    ['a submodule', () => turnIntoSubmodule(workspace)],
  ])('says so when projects/ is %s', async (_, arrange) => {
    await arrange();
    const { all } = succeeded(await workspace.nx(VALIDATE));
    expect(all).toContain('git subtree add --prefix projects');
  });

  it('takes a project that has the name of a folder of the product', async () => {
    await workspace.write(
      'projects/config/docker-compose.yml',
      'services: { web: { image: busybox:stable } }\n',
    );
    succeeded(await workspace.nx(['run', 'config:validate']));
    expect(await workspace.read('upstream/config/docker-compose.yml')).toContain('projects/config');
  });

  it('fails a project that has a name of the proxy’s own, and no other', async () => {
    for (const name of ['proxy', 'dns']) {
      await workspace.write(
        `projects/${name}/docker-compose.yml`,
        'services: { web: { image: busybox:stable } }\n',
      );
    }
    const { exitCode, all } = await workspace.nx(VALIDATE);
    expect(exitCode).toBeGreaterThan(0);
    for (const name of ['proxy', 'dns'])
      expect(all).toContain(`give the folder projects/${name} another name`);
    expect(failed(all)).toEqual(['projects/dns:generate', 'projects/proxy:generate']);
  });

  it('runs no stale code, daemon or not', async () => {
    const daemon = { env: { NX_DAEMON: 'true' } };
    try {
      succeeded(await workspace.nx(VALIDATE, daemon));
      const file = 'libs/config/src/index.ts';
      await workspace.write(file, `${await workspace.read(file)}\nexport const pulled = true;\n`);
      for (const options of [daemon, {}]) {
        const { exitCode, all } = await workspace.nx(VALIDATE, options);
        expect(exitCode).toBeGreaterThan(0);
        expect(all).toContain('npm run build');
      }
      succeeded(await workspace.npm(['run', 'build']));
      for (const options of [daemon, {}]) succeeded(await workspace.nx(VALIDATE, options));
    } finally {
      await workspace.nx(['daemon', '--stop'], daemon);
    }
  });

  it('finds a conflict that arises from going back to an older state, all of it cached', async () => {
    const rows: Record<string, string> = {
      website: `projects/${workspace.name('website')}/ingress.yml`,
      router: `projects/${workspace.name('router')}/ingress.yml`,
    };
    const claim = async (example: string, domain: string): Promise<void> => {
      const path = rows[example] ?? '';
      await workspace.write(path, (await workspace.read(path)).replace(/[a-z]+\.localhost/, domain));
    };
    await claim('website', 'contested.localhost');
    await claim('router', 'other.localhost');
    succeeded(await workspace.nx(VALIDATE));
    await claim('website', 'third.localhost');
    await claim('router', 'contested.localhost');
    succeeded(await workspace.nx(VALIDATE));
    await claim('website', 'contested.localhost');

    const { exitCode, all } = await workspace.nx(VALIDATE);
    expect(exitCode).toBeGreaterThan(0);
    expect(all).toContain('contested.localhost');
    for (const file of Object.values(rows)) expect(all).toContain(file);
    expect(failed(all).every((task) => task.startsWith('proxy:'))).toBe(true);
  });

  it('does not plan on an empty folder beside data that is in upstream/', async () => {
    const website = workspace.name('website');
    await workspace.write(`upstream/${website}/data/base.db`, 'precious');
    const { exitCode, all } = await workspace.nx(['plan', website]);
    expect(exitCode).toBeGreaterThan(0);
    expect(all).toContain(`upstream/${website}`);
    expect(all).toContain('data/');
    expect(all).toContain('paths: upstream');
    expect(all).toMatch(/\bmv\b/);
    // What the cache restores beside it leaves it alone.
    await workspace.remove(`upstream/${website}/docker-compose.yml`);
    succeeded(await workspace.nx(['run', `${website}:generate`]));
    await workspace.read(`upstream/${website}/docker-compose.yml`);
    expect(await workspace.read(`upstream/${website}/data/base.db`)).toBe('precious');
  });
});

/** `projects/` as an itsUP tree has it at best: its commits elsewhere, here a link to one of them. */
async function turnIntoSubmodule(workspace: TestWorkspace): Promise<void> {
  const elsewhere = join(workspace.root, '.git', 'elsewhere');
  const git = (args: string[], cwd: string): Promise<string> => output('git', args, { cwd });
  await git(['init', '--quiet', elsewhere], workspace.root);
  await cp(join(workspace.root, 'projects'), elsewhere, { recursive: true });
  await git(['add', '--all'], elsewhere);
  const author = ['-c', 'user.name=e2e', '-c', 'user.email=e2e@localhost'];
  await git([...author, 'commit', '--quiet', '--message', 'Start'], elsewhere);
  await git(['rm', '-r', '--quiet', 'projects'], workspace.root);
  await rm(join(workspace.root, 'projects'), { recursive: true, force: true });
  const allow = ['-c', 'protocol.file.allow=always'];
  await git([...allow, 'submodule', '--quiet', 'add', elsewhere, 'projects'], workspace.root);
}

/** The tasks that Nx lists as failed, sorted. */
function failed(log: string): string[] {
  const list = /^Failed tasks:\n\n((?:- .+\n)+)/m.exec(log)?.[1] ?? '';
  return [...list.matchAll(/^- (.+)$/gm)].map(([, task]) => task ?? '').sort();
}
