import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder, writeFiles } from '../testing/temporary-folder';

const SCRIPT = join(__dirname, '../../../../.github/deploy-affected');
const REF = 'refs/itsup/deployed';

let root: string;
let env: NodeJS.ProcessEnv;

/** A repository with one commit, and an `npx` that notes how it was called and ends as it is told. */
beforeEach(() => {
  root = temporaryFolder({ 'projects/blog/ingress.yml': 'ingress: []\n' });
  const bin = temporaryFolder({
    npx: '#!/bin/sh\necho "$@" >>"$CALLS"\n[ -z "$MOVES_HEAD" ] || git commit --quiet --allow-empty --message moved\nexit "$NPX_EXIT"\n',
  });
  chmodSync(join(bin, 'npx'), 0o755);
  env = {
    PATH: `${bin}:${process.env.PATH}`,
    HOME: bin,
    CALLS: join(bin, 'calls'),
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

function commit(text: string): string {
  writeFiles(root, { 'projects/blog/note': text });
  git('add', '--all');
  git('commit', '--quiet', '--message', text);
  return git('rev-parse', 'HEAD');
}

function deployed(): string | null {
  const { status, stdout } = spawnSync('git', ['rev-parse', '--verify', '--quiet', REF], {
    cwd: root,
    env,
    encoding: 'utf8',
  });
  return status === 0 ? stdout.trim() : null;
}

/** Runs the script; resolves with its exit code and with what it called. */
function deploy(npxExit = 0): { code: number | null; calls: string[] } {
  const calls = env.CALLS ?? '';
  const before = existsSync(calls) ? readFileSync(calls, 'utf8') : '';
  const { status } = spawnSync(SCRIPT, { cwd: root, env: { ...env, NPX_EXIT: String(npxExit) } });
  const after = existsSync(calls) ? readFileSync(calls, 'utf8') : '';
  return { code: status, calls: after.slice(before.length).split('\n').filter(Boolean) };
}

describe('.github/deploy-affected', () => {
  it('deploys everything at first, and then what changed since', () => {
    const first = git('rev-parse', 'HEAD');
    expect(deploy()).toEqual({ code: 0, calls: ['itsup deploy'] });
    expect(deployed()).toBe(first);
    const second = commit('two');
    expect(deploy()).toEqual({
      code: 0,
      calls: [`itsup deploy --since ${first}`],
    });
    expect(deployed()).toBe(second);
  });

  it('fails with a deploy that fails, and has what it left undone in the next one', () => {
    expect(deploy(1)).toEqual({ code: 1, calls: ['itsup deploy'] });
    expect(deployed()).toBeNull();
    deploy();
    const good = deployed();
    commit('two');
    expect(deploy(1).code).toBe(1);
    expect(deployed()).toBe(good);
    const third = commit('three');
    expect(deploy().calls).toEqual([`itsup deploy --since ${good}`]);
    expect(deployed()).toBe(third);
  });

  it('deploys everything the next time when there were edits that are in no commit', () => {
    deploy();
    const good = deployed();
    writeFiles(root, { 'projects/blog/note': 'by hand' });
    expect(deploy()).toEqual({ code: 0, calls: [`itsup deploy --since ${good}`] });
    expect(deployed()).toBeNull();
    git('checkout', '--', '.');
    expect(deploy().calls).toEqual(['itsup deploy']);
    writeFiles(root, { 'README.md': 'No part of a deploy.' });
    deploy();
    expect(deployed()).toBe(good);
  });

  it('leaves its mark when another commit was checked out meanwhile', () => {
    deploy();
    const good = deployed();
    commit('two');
    env.MOVES_HEAD = 'true';
    expect(deploy().code).toBe(0);
    expect(deployed()).toBe(good);
  });

  it('deploys everything when what was deployed is no part of the history any more', () => {
    commit('two');
    deploy();
    git('reset', '--quiet', '--hard', 'HEAD~1');
    const rewritten = commit('another two');
    expect(deploy().calls).toEqual(['itsup deploy']);
    expect(deployed()).toBe(rewritten);
  });
});
