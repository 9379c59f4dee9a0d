import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder, writeFiles } from '../testing/temporary-folder';

const GITHUB = join(__dirname, '../../../../.github');

/** In the place of the command: tells what it finds. */
const ITSUP = `
const { readdirSync, readFileSync, existsSync } = require('node:fs');
const root = require('node:path').resolve(__dirname, '../../..');
const text = (file) => (existsSync(root + '/' + file) ? readFileSync(root + '/' + file, 'utf8').trim() : null);
console.log(JSON.stringify({
  args: process.argv.slice(2),
  environment: Object.keys(process.env).sort(),
  projects: readdirSync(root + '/projects', { recursive: true }).sort(),
  template: text('templates/x.eta'),
  dist: text('tools/itsup/dist/code.js'),
  library: text('node_modules/library/index.js'),
  secret: text('secrets/blog.env'),
  ingress: text('projects/blog/ingress.yml'),
}));
`;

let main: string;
let origin: string;
let fork: string;
let tree: string;
let env: NodeJS.ProcessEnv;

beforeEach(() => {
  const folder = temporaryFolder();
  main = join(folder, 'main');
  origin = join(folder, 'origin.git');
  fork = join(folder, 'fork');
  tree = join(folder, 'temp/itsup-plan');
  mkdirSync(join(folder, 'temp'));
  env = {
    PATH: process.env.PATH,
    HOME: folder,
    GIT_CONFIG_NOSYSTEM: '1',
    ACTIONS_RUNTIME_TOKEN: 'token',
    GH_TOKEN: 'token',
    ...Object.fromEntries(
      ['AUTHOR', 'COMMITTER'].flatMap((who) => [
        [`GIT_${who}_NAME`, 'test'],
        [`GIT_${who}_EMAIL`, 'test@localhost'],
      ]),
    ),
  };
  writeFiles(main, {
    '.gitignore': 'node_modules/\ndist/\n.env\nsecrets/*\n',
    'tools/itsup/bin/itsup.js': ITSUP,
    'templates/x.eta': "main's",
    'projects/blog/ingress.yml': 'ingress: []',
    'projects/gone/ingress.yml': 'ingress: []',
  });
  cpSync(GITHUB, join(main, '.github'), { recursive: true });
  git(main, 'init', '--quiet', '--initial-branch=main');
  commit(main);
  git(folder, 'clone', '--quiet', '--bare', main, origin);
  git(folder, 'clone', '--quiet', origin, fork);
  git(main, 'remote', 'add', 'origin', origin);
  writeFiles(main, {
    'node_modules/library/index.js': "main's",
    'tools/itsup/dist/code.js': "main's",
    'secrets/blog.env': 'A=1',
    'projects/blog/.env': 'B=2',
  });
});

function git(cwd: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd, env, encoding: 'utf8', stdio: 'pipe' }).trim();
}

function commit(cwd: string): string {
  git(cwd, 'add', '--all');
  git(cwd, 'commit', '--quiet', '--message', 'a change');
  return git(cwd, 'rev-parse', 'HEAD');
}

/** Makes what the fork has pull request 5. */
function request(): string {
  const head = commit(fork);
  git(fork, 'push', '--quiet', '--force', origin, 'HEAD:refs/pull/5/head');
  return head;
}

function plan(...args: string[]): { code: number | null; all: string } {
  const script = join(main, '.github/plan-pull-request');
  const { status, stdout, stderr } = spawnSync(script, [...args, tree], { cwd: '/', env, encoding: 'utf8' });
  return { code: status, all: stdout + stderr };
}

function planned(commit: string): Record<string, unknown> {
  const { code, all } = plan('5', commit);
  expect([code, all]).toEqual([0, expect.stringMatching(/\{.*\}\n$/)]);
  return JSON.parse(all.trim().split('\n').at(-1) ?? '');
}

it("plans the pull request's projects with main's code, templates and packages, and leaves nothing", () => {
  writeFiles(fork, {
    'projects/blog/ingress.yml': 'ingress: [new]',
    'tools/itsup/bin/itsup.js': 'console.log("the fork runs")',
    'tools/itsup/dist/code.js': "the fork's",
    'templates/x.eta': "the fork's",
    'package.json': '{"scripts":{"prepare":"touch /tmp/pwned"}}',
    '.github/plan-pull-request': '#!/bin/sh\necho the fork runs\n',
    'node_modules/library/index.js': "the fork's",
  });
  git(fork, 'rm', '-r', '--quiet', 'projects/gone');
  git(fork, 'add', '--force', 'node_modules', 'tools/itsup/dist');
  const head = request();
  expect(planned(head)).toEqual({
    args: ['plan'],
    environment: ['HOME', 'ITSUP_ROOT', 'PATH'],
    projects: ['blog', 'blog/.env', 'blog/ingress.yml'],
    template: "main's",
    dist: "main's",
    library: "main's",
    secret: 'A=1',
    ingress: 'ingress: [new]',
  });
  expect(plan('5', head).all).toMatch(/not in this plan.*\n(.*\n)*templates\/x\.eta\n/);
  expect(existsSync(tree)).toBe(false);
  expect(git(main, 'status', '--porcelain')).toBe('');
});

it('shows a file that the pull request would have an archive leave out', () => {
  writeFiles(fork, { 'projects/.gitattributes': '* export-ignore\n', 'projects/blog/hidden.yml': 'x' });
  expect(planned(request()).projects).toContain('blog/hidden.yml');
});

it('writes secrets nowhere but into the folder, whatever links the pull request brings', () => {
  const outside = temporaryFolder();
  unlinkSync(join(fork, 'projects/blog/ingress.yml'));
  execFileSync('rmdir', [join(fork, 'projects/blog')]);
  symlinkSync(outside, join(fork, 'projects/blog'));
  planned(request());
  expect(existsSync(join(outside, '.env'))).toBe(false);
});

it('refuses projects/ that is a link, and leaves nothing', () => {
  git(fork, 'rm', '-r', '--quiet', 'projects');
  symlinkSync('/etc', join(fork, 'projects'));
  expect(plan('5', request())).toMatchObject({ code: 1, all: expect.stringContaining('is no folder') });
  expect(existsSync(tree)).toBe(false);
});

it('takes the commit that was read, and no other', () => {
  writeFiles(fork, { 'projects/blog/ingress.yml': 'ingress: [read]' });
  const read = request();
  writeFiles(fork, { 'projects/blog/ingress.yml': 'ingress: [pushed since]' });
  request();
  expect(planned(read).ingress).toBe('ingress: [read]');
  const foreign = git(fork, 'commit-tree', '-m', 'x', `${read}^{tree}`);
  expect(plan('5', foreign)).toMatchObject({ code: 1, all: expect.stringContaining('is no commit of pull') });
  for (const [number, commit] of [
    ['5', 'main'],
    ['5', read.slice(0, 12)],
    ['5;id', read],
    ['../heads/main', read],
  ]) {
    expect(plan(number ?? '', commit ?? '').code).toBe(2);
  }
});

it('removes what a killed one left', () => {
  writeFiles(tree, { 'secrets/blog.env': 'left over' });
  planned(anyRequest());
  expect(existsSync(tree)).toBe(false);
});

function anyRequest(): string {
  writeFiles(fork, { 'projects/blog/note': 'x' });
  return request();
}

it('removes the secrets when it is cancelled', async () => {
  const pause = 'console.log("planning"); setTimeout(() => {}, 20_000);';
  writeFiles(main, { 'tools/itsup/bin/itsup.js': pause });
  const head = anyRequest();
  commit(main);
  // As a runner ends a step: the script and what it started.
  const script = spawn(join(main, '.github/plan-pull-request'), ['5', head, tree], { env, detached: true });
  const ended = new Promise<number | null>((resolve) => script.once('exit', (code) => resolve(code)));
  await new Promise((resolve) => script.stdout.once('data', resolve));
  expect(readFileSync(join(tree, 'secrets/blog.env'), 'utf8')).toBe('A=1');
  process.kill(-(script.pid ?? 0), 'SIGTERM');
  expect(await ended).not.toBe(0);
  expect(existsSync(tree)).toBe(false);
});
