/**
 * What the tests of the packed product share: a folder that goes in the end, an environment, commands that must
 * succeed.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../../..');
export const PACKED = join(ROOT, 'tmp/packed');
/** Of node_modules, with Nx. */
export const LIMIT_MB = 110;

/** A folder of its own for one run. No engine answers there, and git knows who commits. */
export function bench() {
  const folder = mkdtempSync(join(tmpdir(), 'itsup-packed-'));
  const env = {
    ...process.env,
    DOCKER_HOST: 'unix:///nonexistent/docker.sock',
    ITSUP_STATE: join(folder, 'state'),
    NX_DAEMON: 'false',
    CI: 'true',
    ...Object.fromEntries(
      ['AUTHOR', 'COMMITTER'].flatMap((who) => [
        [`GIT_${who}_NAME`, 'a'],
        [`GIT_${who}_EMAIL`, 'a@localhost'],
      ]),
    ),
  };
  // Whoever runs this by `npm run` must not lend the new workspaces its own settings.
  for (const name of Object.keys(env)) {
    if (/^npm_(?:package|lifecycle|config_local_prefix|config_prefix)/.test(name)) delete env[name];
  }
  return { folder, env, end: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Runs a program to its end; what it printed, standard error as well where asked for. Anything but 0 is a failure. */
export function run({ env }, cwd, command, args, { code = 0, both = false } = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, env, encoding: 'utf8' });
  const said = `${command} ${args.join(' ')} ended with ${status ?? error} in ${cwd}\n${stdout}\n${stderr}`;
  assert.equal(status, code, said);
  return both ? stdout + stderr : stdout;
}

/** The packed file of a package: `itsup`, `create-itsup`, or a layer's name with `itsup-` before it. */
export function packed(name) {
  const file = readdirSync(PACKED).find((each) => each.startsWith(`${name}-`) && /-\d[^-]*\.tgz$/.test(each));
  assert.ok(file, `${name} is packed: npm run pack`);
  return join(PACKED, file);
}

/** All packed files of the product; `itsup` depends on create-itsup too. */
export function packedFiles() {
  return readdirSync(PACKED).map((name) => join(PACKED, name));
}

/** Writes texts by path, folders included. */
export function write(root, files) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

export function say(text) {
  process.stdout.write(`${text}\n`);
}

export function megabytes(context, folder) {
  return Math.round(Number(run(context, folder, 'du', ['-sk', 'node_modules']).split('\t')[0]) / 1024);
}
