/**
 * Tries what is packed as somebody who has nothing else: a new repository by create-itsup, and a workspace of other things
 * that itsup becomes part of. Nothing is published and no engine is asked: DOCKER_HOST leads nowhere.
 *
 * usage: node tools/release/test-packed.mjs [--nx <version>]
 */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
const PACKED = join(ROOT, 'tmp/packed');
const LIMIT_MB = 110;
const { values } = parseArgs({ options: { nx: { type: 'string' } } });

const folder = mkdtempSync(join(tmpdir(), 'itsup-packed-'));
const env = {
  ...process.env,
  DOCKER_HOST: 'unix:///nonexistent/docker.sock',
  ITSUP_STATE: join(folder, 'state'),
  NX_DAEMON: 'false',
  CI: 'true',
  GIT_AUTHOR_NAME: 'a',
  GIT_AUTHOR_EMAIL: 'a@localhost',
  GIT_COMMITTER_NAME: 'a',
  GIT_COMMITTER_EMAIL: 'a@localhost',
};

try {
  newRepository();
  hostileWorkspace();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function newRepository() {
  step('a new repository');
  execFileSync('tar', ['-xzf', packed('create-itsup'), '-C', folder]);
  const create = join(folder, 'package/bin/create-itsup.js');
  run(folder, process.execPath, [create, 'server', '--examples', '--packed', PACKED]);
  const server = join(folder, 'server');
  assert.equal(run(server, 'git', ['status', '--porcelain']).trim(), '', 'the first commit has everything');
  if (values.nx !== undefined) run(server, 'npm', ['install', '-DE', '--ignore-scripts', `nx@${values.nx}`]);
  const bin = join(server, 'node_modules/.bin');
  assert.match(run(server, join(bin, 'itsup'), ['validate']), /7 stacks: valid/);
  const args = [
    'g',
    'itsup:project',
    'hello',
    '--image=acme/hello:1',
    '--domain=hello.example.com',
    '--port=80',
  ];
  run(server, join(bin, 'nx'), args);
  // From a folder below, as from the top.
  assert.match(
    run(join(server, 'projects/hello'), join(bin, 'itsup'), ['validate', 'hello']),
    /hello: valid/,
  );
  assert.match(run(server, join(bin, 'itsup'), ['plan', 'hello']), /new service of acme\/hello:1/);
  const schema = readFileSync(join(server, 'projects/hello/ingress.yml'), 'utf8').match(/\$schema=(\S+)/)[1];
  assert.ok(
    existsSync(join(server, 'projects/hello', schema)),
    'the schema that editors are told of is there',
  );
  // What the operator changed of a template wins, and the rest ships.
  write(server, { 'templates/proxy/Corefile.eta': '# mine\n' });
  run(server, join(bin, 'itsup'), ['generate', 'proxy']);
  assert.equal(readFileSync(join(server, 'proxy/dns/Corefile'), 'utf8').includes('# mine'), true);
  const kilobytes = Number(run(server, 'du', ['-sk', 'node_modules']).split('\t')[0]);
  say(`installed with Nx: ${Math.round(kilobytes / 1024)} MB`);
  assert.ok(kilobytes < LIMIT_MB * 1024, `more than ${LIMIT_MB} MB`);
}

/** Other apps, other targets of our names, packages of our names, and folders of our names. */
function hostileWorkspace() {
  step('a workspace of other things');
  const host = join(folder, 'host');
  write(host, {
    'package.json': JSON.stringify({ name: 'host', private: true, workspaces: ['packages/*'] }),
    'nx.json': JSON.stringify({
      analytics: false,
      cacheDirectory: '.nx/cache',
      targetDefaults: {
        deploy: { cache: true },
        generate: { dependsOn: ['^build'] },
        validate: { cache: false },
      },
    }),
    'packages/proxy/package.json': JSON.stringify({
      name: 'proxy',
      version: '1.0.0',
      scripts: { deploy: 'echo theirs >>deployed' },
    }),
    'libs/ui/project.json': JSON.stringify({ name: 'site', targets: { plan: { command: 'echo planned' } } }),
    'projects/website/index.html': 'theirs',
    'templates/proxy/README.md': 'theirs',
    '.gitignore': 'node_modules\n.nx\n',
  });
  run(host, 'git', ['init', '--quiet', '--initial-branch=main']);
  const nx = values.nx ?? JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).devDependencies.nx;
  const files = readdirSync(PACKED)
    .filter((name) => name.startsWith('itsup-'))
    .map((name) => join(PACKED, name));
  run(host, 'npm', ['install', '-DE', '--ignore-scripts', '--no-fund', '--no-audit', `nx@${nx}`, ...files]);
  const bin = join(host, 'node_modules/.bin');
  run(host, join(bin, 'nx'), ['g', 'itsup:init']);
  run(host, join(bin, 'nx'), ['g', 'itsup:init']);
  const { plugins } = JSON.parse(readFileSync(join(host, 'nx.json'), 'utf8'));
  assert.equal(plugins.length, 1);
  assert.equal(readFileSync(join(host, 'projects/website/index.html'), 'utf8'), 'theirs');
  write(host, {
    'infra/projects/site/docker-compose.yml': 'services: { web: { image: acme/site:1 } }\n',
    'infra/projects/site/ingress.yml': 'ingress: [{ service: web, domain: a.example.com, port: 80 }]\n',
  });
  run(host, 'git', ['add', '--all']);
  run(host, 'git', ['commit', '--quiet', '--message', 'Start']);
  const names = run(host, join(bin, 'nx'), ['show', 'projects', '--json']);
  for (const name of ['proxy', 'site', 'itsup-proxy', 'infra/projects/site'])
    assert.ok(names.includes(`"${name}"`), name);
  // Theirs works as before, ours beside it, and ours does not run theirs.
  run(host, join(bin, 'nx'), ['run', 'proxy:deploy']);
  assert.equal(readFileSync(join(host, 'packages/proxy/deployed'), 'utf8'), 'theirs\n');
  run(host, join(bin, 'nx'), ['run', 'site:plan']);
  assert.match(run(host, join(bin, 'itsup'), ['validate']), /2 stacks: valid/);
  assert.ok(existsSync(join(host, 'infra/upstream/site/docker-compose.yml')));
  const failed = spawnSync(join(bin, 'itsup'), ['deploy'], { cwd: host, env, encoding: 'utf8' });
  assert.equal(failed.status, 1, 'no engine: the deploy fails');
  assert.match(failed.stdout + failed.stderr, /no Docker engine answers/);
  assert.equal(readFileSync(join(host, 'packages/proxy/deployed'), 'utf8'), 'theirs\n');
}

function packed(name) {
  const file = readdirSync(PACKED).find((each) => each.startsWith(`${name}-`) && /-\d[^-]*\.tgz$/.test(each));
  assert.ok(file, `${name} is packed: npm run pack`);
  return join(PACKED, file);
}

function run(cwd, command, args) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, env, encoding: 'utf8' });
  assert.equal(
    status,
    0,
    `${command} ${args.join(' ')} ended with ${status} in ${cwd}\n${stdout}\n${stderr}`,
  );
  return stdout;
}

function write(root, files) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

function step(text) {
  say(`\n${text}`);
}

function say(text) {
  process.stdout.write(`${text}\n`);
}
