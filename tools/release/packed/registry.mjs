/**
 * A registry on loopback for the packages of the product. Everything else it takes from the registry that npm is set
 * to. Nothing is published anywhere else.
 */
import { execFile, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ROOT, run, say, write } from './bench.mjs';
import { installLocked } from './install.mjs';

/** Its own packages with a lock file of their own, so that the product's installation does not carry them. */
export const TOOLS = join(ROOT, 'tools/release/registry');
const STAGED = join(ROOT, 'tmp/packages');

/** Installs what these tests alone need. */
export function installTools({ env }) {
  installLocked(TOOLS, env);
}

/**
 * Starts it. Resolves with its address, with an environment in which npm uses it and nothing else, and with its end.
 */
export async function startRegistry(context) {
  installTools(context);
  const upstream = run(context, context.folder, 'npm', ['config', 'get', 'registry']).trim();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const home = join(context.folder, 'registry');
  write(home, {
    'config.yaml': JSON.stringify({
      storage: join(home, 'storage'),
      uplinks: { upstream: { url: upstream, max_fails: 10, timeout: '120s' } },
      packages: {
        ...Object.fromEntries(
          ['@itsup/*', 'itsup', 'create-itsup'].map((name) => [
            name,
            { access: '$all', publish: '$all', unpublish: '$all' },
          ]),
        ),
        '**': { access: '$all', proxy: 'upstream' },
      },
      max_body_size: '50mb',
      log: { type: 'file', path: join(home, 'log'), level: 'warn' },
    }),
    // npm publishes with a token alone; this registry asks nobody for one.
    npmrc: `registry=${url}\n//127.0.0.1:${port}/:_authToken=nobody\nfund=false\naudit=false\n`,
  });
  const env = Object.fromEntries(Object.entries(context.env).filter(([name]) => !/^npm_config_/i.test(name)));
  env.npm_config_userconfig = join(home, 'npmrc');
  env.npm_config_globalconfig = join(home, 'none');
  env.npm_config_cache = join(home, 'cache');
  const server = spawn(
    process.execPath,
    [
      join(TOOLS, 'node_modules/verdaccio/bin/verdaccio'),
      '--config',
      join(home, 'config.yaml'),
      '--listen',
      `127.0.0.1:${port}`,
    ],
    { cwd: home, env, stdio: 'ignore' },
  );
  for (let tries = 0; !(await answers(url)); tries += 1) {
    if (tries > 300 || server.exitCode !== null) throw new Error(`no registry came up: see ${home}/log`);
    await sleep(200);
  }
  return { url, env, end: () => server.kill() };
}

/**
 * Publishes one version of all packages.
 * @param change what is different about it, in the folder of the staged packages
 * @param byNx as somebody who releases it does, with `nx release publish`; else npm alone, several at a time
 */
export async function publish({ url, env }, version, { change = () => undefined, byNx = true } = {}) {
  run({ env }, ROOT, process.execPath, ['tools/release/stage.mjs', '--version', version]);
  change(STAGED);
  if (byNx) {
    const nx = join(ROOT, 'node_modules/.bin/nx');
    const args = ['release', 'publish', `--registry=${url}`, '--tag=latest', '--outputStyle=static'];
    run({ env }, ROOT, nx, args);
  } else {
    const folders = ['libs', 'tools'].flatMap((layer) =>
      readdirSync(join(STAGED, layer)).map((name) => join(STAGED, layer, name)),
    );
    await Promise.all(folders.map((folder) => promisify(execFile)('npm', ['publish'], { cwd: folder, env })));
  }
  say(`published ${version} to ${url}${byNx ? ' by nx release' : ''}`);
}

async function answers(url) {
  try {
    return (await fetch(`${url}-/ping`)).ok;
  } catch {
    return false;
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
