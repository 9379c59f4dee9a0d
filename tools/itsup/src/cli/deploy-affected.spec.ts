import { execFileSync, spawnSync } from 'node:child_process';
import { temporaryFolder, writeFiles } from '../testing/temporary-folder';
import { workspaceAt } from '../workspace/find-workspace';
import { deployAffected } from './deploy-affected';
import { MARK } from './deployed-mark';

let root: string;
let told: string[];
let env: NodeJS.ProcessEnv;

beforeEach(() => {
  root = temporaryFolder({
    'projects/blog/ingress.yml': 'ingress: []\n',
    'nx.json': '{"plugins":["itsup"]}',
    'package-lock.json': '{}',
  });
  told = [];
  env = {
    PATH: process.env.PATH,
    HOME: root,
    GIT_CONFIG_NOSYSTEM: '1',
    ...Object.fromEntries(
      ['AUTHOR', 'COMMITTER'].flatMap((who) => [
        [`GIT_${who}_NAME`, 'test'],
        [`GIT_${who}_EMAIL`, 'test@localhost'],
      ]),
    ),
  };
  git('init', '--quiet', '--initial-branch=main');
  commit('one');
});

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: root, env, encoding: 'utf8', stdio: 'pipe' }).trim();
}

function commit(text: string, file = 'projects/blog/note'): string {
  writeFiles(root, { [file]: text });
  git('add', '--all');
  git('commit', '--quiet', '--message', text);
  return git('rev-parse', 'HEAD');
}

function mark(): string | null {
  const asked = spawnSync('git', ['rev-parse', '--verify', '--quiet', MARK], {
    cwd: root,
    env,
    encoding: 'utf8',
  });
  return asked.status === 0 ? asked.stdout.trim() : null;
}

/** The exit code, and what was deployed; `meanwhile` happens while it is. */
async function deploy(
  ends = 0,
  meanwhile = (): void => undefined,
): Promise<{ code: number; calls: string[] }> {
  const calls: string[] = [];
  const code = await deployAffected({
    workspace: workspaceAt(root),
    flags: [],
    tell: (text) => told.push(text),
    run: (args) => {
      calls.push(args.join(' '));
      meanwhile();
      return Promise.resolve(ends);
    },
  });
  return { code, calls };
}

describe('itsup deploy --affected', () => {
  it('deploys everything at first, and then what changed since', async () => {
    const first = git('rev-parse', 'HEAD');
    expect(await deploy()).toEqual({ code: 0, calls: ['deploy'] });
    expect(told).toEqual(['deploys everything: nothing says what was deployed last']);
    expect(mark()).toBe(first);
    const second = commit('two');
    expect(await deploy()).toEqual({ code: 0, calls: [`deploy --since ${first}`] });
    expect(mark()).toBe(second);
  });

  it('fails with a deploy that fails, and has what it left undone in the next one', async () => {
    expect(await deploy(1)).toEqual({ code: 1, calls: ['deploy'] });
    expect(mark()).toBeNull();
    await deploy();
    const good = mark();
    commit('two');
    expect((await deploy(130)).code).toBe(130);
    expect(mark()).toBe(good);
    const third = commit('three');
    expect((await deploy()).calls).toEqual([`deploy --since ${good}`]);
    expect(mark()).toBe(third);
  });

  it('deploys everything the next time when there were edits that are in no commit', async () => {
    await deploy();
    const good = mark();
    writeFiles(root, { 'projects/blog/note': 'by hand' });
    expect(await deploy()).toEqual({ code: 0, calls: [`deploy --since ${good}`] });
    expect(mark()).toBeNull();
    expect(told.at(-1)).toMatch(/edits that are in no commit/);
    git('checkout', '--', '.');
    expect((await deploy()).calls).toEqual(['deploy']);
    writeFiles(root, { 'README.md': 'No part of a deploy.' });
    await deploy();
    expect(mark()).toBe(good);
    const { code } = await deploy(0, () => writeFiles(root, { 'projects/blog/note': 'meanwhile' }));
    expect(code).toBe(0);
    expect(mark()).toBeNull();
  });

  it('leaves its mark when another commit was checked out meanwhile', async () => {
    await deploy();
    const good = mark();
    commit('two');
    await deploy(0, () => git('commit', '--quiet', '--allow-empty', '--message', 'moved'));
    expect(mark()).toBe(good);
    expect(told.at(-1)).toMatch(/another commit was checked out/);
  });

  it('deploys everything when what was deployed is no part of the history any more', async () => {
    commit('two');
    await deploy();
    git('reset', '--quiet', '--hard', 'HEAD~1');
    const rewritten = commit('another two');
    expect((await deploy()).calls).toEqual(['deploy']);
    expect(told.at(-1)).toMatch(/is not in the history any more/);
    expect(mark()).toBe(rewritten);
  });

  it('deploys everything when the product, or what is installed, is another one', async () => {
    await deploy();
    commit('{"itsup":"1.5.0"}', 'package-lock.json');
    expect((await deploy()).calls).toEqual(['deploy']);
    expect(told.at(-1)).toBe('deploys everything: package-lock.json changed, which is for all');
  });

  it('says what it needs where there is no commit', async () => {
    root = temporaryFolder({ 'nx.json': '{"plugins":["itsup"]}' });
    await expect(deploy()).rejects.toThrow(/does not say which commit is checked out/);
  });
});
