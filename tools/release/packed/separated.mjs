/** A clone of this repository, with projects of its own, that becomes a repository that has the product installed. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKED, ROOT, run, say, write } from './bench.mjs';

const PROJECTS = ['blog', 'shop-of-mine', 'store'];

export function separated(context) {
  // Packages come from the registry once; beside the engine of its own there is no way there.
  const own = { ...context, env: { ...context.env, npm_config_cache: join(context.folder, 'cache') } };
  const trial = clone(own, 'trial');
  const before = { ...generated(own, trial), ...written(trial) };
  separate(own, trial);
  assert.deepEqual({ ...generated(own, trial), ...written(trial) }, before);
  const entries = readdirSync(trial).filter((name) => !['.git', '.nx', 'tmp', 'node_modules'].includes(name));
  const product = ['libs', 'tools', 'e2e', 'bench', 'docs', 'eslint.config.mjs', 'tsconfig.json'];
  assert.deepEqual(
    entries.filter((name) => product.includes(name)),
    [],
  );
  assert.equal(
    readFileSync(join(trial, 'templates/pages/unavailable.html.eta'), 'utf8').includes('Mine'),
    true,
  );
  assert.deepEqual(readdirSync(join(trial, 'templates')), ['pages']);
  say('generated files are the same');

  const host = clone(own, 'host');
  const today = process.env.ITSUP_PACKED_ENGINE === 'today' ? ['--today'] : [];
  const script = join(ROOT, 'tools/release/packed/on-engine-separated.mjs');
  const { DOCKER_HOST: _none, ...env } = { ...own.env, npm_config_offline: 'true' };
  const { status } = spawnSync(join(ROOT, 'e2e/own-engine.sh'), [...today, process.execPath, script, host], {
    env,
    stdio: 'inherit',
  });
  assert.equal(status, 0, 'on an engine');
}

/** With what is built and installed here, which its links lead to its own folders, and with three projects. */
function clone(context, name) {
  const folder = join(context.folder, name);
  run(context, ROOT, 'git', ['clone', '--quiet', '--no-hardlinks', ROOT, folder]);
  // Also what is in no commit yet: what is tried is what is here.
  const edited = run(context, ROOT, 'git', [
    'ls-files',
    '-z',
    '--modified',
    '--others',
    '--exclude-standard',
  ]);
  for (const file of edited.split('\0').filter((each) => each !== '' && existsSync(join(ROOT, each))))
    cpSync(join(ROOT, file), join(folder, file));
  run(context, ROOT, 'cp', ['-al', 'node_modules', join(folder, 'node_modules')]);
  for (const layer of ['libs', 'tools']) {
    for (const each of readdirSync(join(ROOT, layer))) {
      const dist = join(layer, each, 'dist');
      if (existsSync(join(ROOT, dist))) cpSync(join(ROOT, dist), join(folder, dist), { recursive: true });
    }
  }
  cpSync(join(ROOT, 'tools/itsup/schemas'), join(folder, 'tools/itsup/schemas'), { recursive: true });
  cpSync(PACKED, join(folder, 'tmp/packed'), { recursive: true });
  const nx = join(folder, 'node_modules/.bin/nx');
  run(context, folder, nx, ['g', 'itsup:empty']);
  for (const [index, project] of PROJECTS.entries()) {
    write(folder, {
      [`projects/${project}/docker-compose.yml`]: `services:\n  web:\n    image: busybox:stable\n    command: [httpd, -f, -p, '8080']\n    stop_grace_period: 1s\n`,
      [`projects/${project}/ingress.yml`]: `ingress:\n  - { service: web, domain: ${project}.localhost, port: 8080 }\n${
        index === 0 ? "egress: ['store:web']\n" : ''
      }`,
    });
  }
  const page = join(folder, 'templates/pages/unavailable.html.eta');
  write(folder, { 'templates/pages/unavailable.html.eta': `${readFileSync(page, 'utf8')}<!-- Mine -->\n` });
  run(context, folder, 'git', ['add', '--all']);
  run(context, folder, 'git', ['commit', '--quiet', '--message', 'Mine']);
  return folder;
}

export function separate(context, folder) {
  const nx = join(folder, 'node_modules/.bin/nx');
  return run(context, folder, nx, ['g', 'itsup:separate', '--packed=tmp/packed']);
}

function generated(context, folder) {
  run(context, folder, join(folder, 'node_modules/.bin/itsup'), ['generate']);
  return { ...texts(folder, 'upstream'), ...texts(folder, 'proxy') };
}

function written(folder) {
  return { ...texts(folder, 'projects'), ...texts(folder, 'secrets') };
}

function texts(folder, below) {
  const entries = readdirSync(join(folder, below), { withFileTypes: true, recursive: true });
  return Object.fromEntries(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => [file.slice(folder.length), readFileSync(file, 'utf8')]),
  );
}
