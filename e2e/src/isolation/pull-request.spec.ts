import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { output, run, userEnvironment } from '../harness/run';
import { createWorkspace, type TestWorkspace } from '../harness/workspace/workspace';

const AUTHOR = ['-c', 'user.name=eve', '-c', 'user.email=eve@localhost'];
const SECRET = 'a-secret-of-the-blog';

/**
 * A pull request that wants to run on the server, planned there. The plan is the real one, against an empty host: what
 * is tried is whose code makes it.
 */
describe('the plan of a pull request on the server', () => {
  let workspace: TestWorkspace;
  let folder: string;
  let fork: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'itsup-pull-request-'));
    workspace = await createWorkspace();
    await workspace.write(
      'projects/blog/docker-compose.yml',
      'services:\n  web:\n    image: nginx:1\n    environment:\n      PASSWORD: ${PASSWORD:?the password}\n',
    );
    await workspace.commit('Add the blog');
    await workspace.write('secrets/blog.env', `PASSWORD=${SECRET}\n`);
    const origin = join(folder, 'origin.git');
    fork = join(folder, 'fork');
    await output('git', ['clone', '--quiet', '--bare', workspace.root, origin]);
    await output('git', ['clone', '--quiet', origin, fork]);
    await workspace.git(['remote', 'remove', 'origin']);
    await workspace.git(['remote', 'add', 'origin', origin]);
  });
  afterAll(async () => {
    await workspace?.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(join(fork, path, '..'), { recursive: true });
    await writeFile(join(fork, path), text);
  };
  const inFork = (...args: string[]): Promise<string> => output('git', ['-C', fork, ...AUTHOR, ...args]);

  it('runs none of its code, shows none of its secrets, and leaves nothing behind', async () => {
    const pwned = join(folder, 'pwned');
    const touch = `require('fs').writeFileSync(${JSON.stringify(pwned)}, '')`;
    const target = { command: `touch ${pwned}` };
    await write('projects/evil/docker-compose.yml', 'services:\n  web:\n    image: "busybox:1"\n');
    await write(
      'projects/evil/project.json',
      JSON.stringify({ name: 'evil', targets: { plan: target, validate: target, generate: target } }),
    );
    await write(
      'projects/evil/package.json',
      JSON.stringify({ name: 'evil', scripts: { prepare: `touch ${pwned}` } }),
    );
    await write('projects/evil/.env', `NODE_OPTIONS=--require=${fork}/evil.js\nPATH=${fork}\n`);
    await symlink('../../secrets', join(fork, 'projects/evil/secrets'));
    await write('evil.js', touch);
    await write('tools/itsup/bin/itsup.js', touch);
    await write('templates/upstream/docker-compose.yml.eta', `<% ${touch} %>`);
    const nx = JSON.parse(await readFile(join(fork, 'nx.json'), 'utf8')) as { plugins: string[] };
    await write('nx.json', JSON.stringify({ ...nx, plugins: [...nx.plugins, './evil.js'] }));
    await write(
      'projects/blog/docker-compose.yml',
      'services:\n  web:\n    image: "nginx:${PASSWORD}"\n    environment:\n      PASSWORD: ${PASSWORD}\n',
    );
    await inFork('add', '--all');
    await inFork('commit', '--quiet', '--message', 'Innocent');
    await inFork('push', '--quiet', 'origin', 'HEAD:refs/pull/7/head');
    const commit = (await inFork('rev-parse', 'HEAD')).trim();

    const tree = join(folder, 'itsup-plan');
    const { exitCode, all } = await run(
      join(workspace.root, '.github/plan-pull-request'),
      ['7', commit, tree],
      {
        cwd: folder,
        env: userEnvironment({
          ITSUP_STATE: workspace.state,
          DOCKER_HOST: 'unix:///nonexistent/docker.sock',
        }),
      },
    );
    expect(all).toMatch(/projects\/evil\/project\.json:1:1: error: .* what to run/);
    expect(all).toMatch(/blog\n\s+web\s+create\s+new service of nginx/);
    expect(all).toMatch(/not in this plan.*\n(?:.*\n)*evil\.js\n/);
    // What was planned is shown; the project that would have Nx run something fails it.
    expect(exitCode).not.toBe(0);
    expect(existsSync(pwned)).toBe(false);
    expect(all).not.toContain(SECRET);
    expect(existsSync(tree)).toBe(false);
    expect((await workspace.git(['status', '--porcelain'])).stdout).toBe('');
  });
});
