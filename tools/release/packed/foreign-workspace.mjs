/** Workspaces of other things: apps, libs, target defaults of our names, packages and folders of our names. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packedFiles, ROOT, run, write } from './bench.mjs';
import { TOOLS } from './registry.mjs';

/** By npm, from packed files. */
export function foreignWorkspace(context) {
  const host = foreign(context, 'host', { workspaces: ['packages/*'] });
  const nx = `nx@${context.nx ?? ownNx()}`;
  run(context, host, 'npm', [
    ...['install', '-DE', '--ignore-scripts', '--no-fund', '--no-audit', nx],
    ...packedFiles(),
  ]);
  const before = theirs(context, host);
  const bin = join(host, 'node_modules/.bin');
  run(context, host, join(bin, 'nx'), ['g', 'itsup:init']);
  assert.deepEqual(theirs(context, host), before);
  keepsBoth(context, host);
}

/** By pnpm and `nx add`, from a registry. Its packages see what they depend on and nothing else. */
export function pnpmWorkspace(context, registry, version) {
  const host = foreign(context, 'pnpm', {});
  write(host, { 'pnpm-workspace.yaml': 'packages: [packages/*]\n' });
  const own = { env: { ...registry.env, PATH: `${join(TOOLS, 'node_modules/.bin')}:${registry.env.PATH}` } };
  run(own, host, 'pnpm', ['add', '-w', '-DE', '--ignore-scripts', `nx@${context.nx ?? ownNx()}`]);
  const before = theirs(own, host);
  run(own, host, 'pnpm', ['exec', 'nx', 'add', `itsup@${version}`]);
  assert.deepEqual(theirs(own, host), before);
  keepsBoth(own, host);
}

/** The workspace before it hears of us; a folder of the given name. */
function foreign(context, name, packageJson) {
  const host = join(context.folder, name);
  write(host, {
    'package.json': JSON.stringify({ name: 'host', private: true, ...packageJson }),
    'nx.json': JSON.stringify({
      analytics: false,
      neverConnectToCloud: true,
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
    'apps/shop/project.json': JSON.stringify({
      name: 'shop',
      targets: { build: { command: 'echo built' }, generate: { command: 'echo generated' } },
      implicitDependencies: ['site'],
    }),
    'libs/ui/project.json': JSON.stringify({ name: 'site', targets: { plan: { command: 'echo planned' } } }),
    'projects/website/index.html': 'theirs',
    'templates/proxy/README.md': 'theirs',
    '.gitignore': 'node_modules\n.nx\n',
  });
  run(context, host, 'git', ['init', '--quiet', '--initial-branch=main']);
  return host;
}

/** What Nx says of their projects: names, targets as they are run, edges. */
function theirs(context, host) {
  run(context, host, 'node_modules/.bin/nx', ['graph', '--file=graph.json']);
  const { graph } = JSON.parse(readFileSync(join(host, 'graph.json'), 'utf8'));
  return Object.fromEntries(
    ['proxy', 'shop', 'site'].map((name) => [
      name,
      { targets: graph.nodes[name].data.targets, edges: graph.dependencies[name] },
    ]),
  );
}

/** Theirs works as before, ours beside it, and ours does not run theirs. */
function keepsBoth(context, host) {
  const bin = join(host, 'node_modules/.bin');
  run(context, host, join(bin, 'nx'), ['g', 'itsup:init']);
  const { plugins } = JSON.parse(readFileSync(join(host, 'nx.json'), 'utf8'));
  assert.equal(plugins.length, 1);
  assert.equal(readFileSync(join(host, 'projects/website/index.html'), 'utf8'), 'theirs');
  write(host, {
    'infra/projects/site/docker-compose.yml': 'services: { web: { image: acme/site:1 } }\n',
    'infra/projects/site/ingress.yml': 'ingress: [{ service: web, domain: a.example.com, port: 80 }]\n',
  });
  run(context, host, 'git', ['add', '--all']);
  run(context, host, 'git', ['commit', '--quiet', '--message', 'Start']);
  const names = run(context, host, join(bin, 'nx'), ['show', 'projects', '--json']);
  for (const name of ['proxy', 'site', 'itsup-proxy', 'infra/projects/site'])
    assert.ok(names.includes(`"${name}"`), name);
  // Theirs works as before, ours beside it, and ours does not run theirs.
  run(context, host, join(bin, 'nx'), ['run', 'proxy:deploy']);
  assert.equal(readFileSync(join(host, 'packages/proxy/deployed'), 'utf8'), 'theirs\n');
  run(context, host, join(bin, 'nx'), ['run', 'site:plan']);
  assert.match(run(context, host, join(bin, 'itsup'), ['validate']), /2 stacks: valid/);
  assert.ok(existsSync(join(host, 'infra/upstream/site/docker-compose.yml')));
  const failed = spawnSync(join(bin, 'itsup'), ['deploy'], { cwd: host, env: context.env, encoding: 'utf8' });
  assert.equal(failed.status, 1, 'no engine: the deploy fails');
  assert.match(failed.stdout + failed.stderr, /no Docker engine answers/);
  assert.equal(readFileSync(join(host, 'packages/proxy/deployed'), 'utf8'), 'theirs\n');
}

function ownNx() {
  return JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).devDependencies.nx;
}
