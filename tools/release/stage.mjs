/**
 * Makes what is published: one folder a package in `tmp/packages`, where `nx release publish` looks for it, all of one
 * version, and with `--pack` the packed files in `tmp/packed`. A package in the repository is not yet that: it has
 * tests, sources, and what only this workspace knows.
 *
 * usage: node tools/release/stage.mjs [--version 1.2.3] [--pack]
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
const OUT = join(ROOT, 'tmp/packages');
const PACKED = join(ROOT, 'tmp/packed');

const { values } = parseArgs({ options: { version: { type: 'string' }, pack: { type: 'boolean' } } });
const version = values.version ?? read('tools/itsup/package.json').version;

const folders = [
  ...readdirSync(join(ROOT, 'libs')).map((name) => `libs/${name}`),
  'tools/itsup',
  'tools/create-itsup',
].filter((folder) => existsSync(join(ROOT, folder, 'package.json')));

rmSync(OUT, { recursive: true, force: true });
if (values.pack) rmSync(PACKED, { recursive: true, force: true });
for (const folder of folders) stage(folder);
if (values.pack) {
  mkdirSync(PACKED, { recursive: true });
  for (const folder of folders) {
    execFileSync('npm', ['pack', '--silent', '--pack-destination', PACKED], { cwd: join(OUT, folder) });
  }
}
process.stdout.write(
  `${folders.length} packages of version ${version} in ${relative(process.cwd(), values.pack ? PACKED : OUT)}\n`,
);

/** Copies what is published of one package. */
function stage(folder) {
  const manifest = read(`${folder}/package.json`);
  const to = join(OUT, folder);
  const isLayer = folder.startsWith('libs/');
  mkdirSync(to, { recursive: true });
  if (existsSync(join(ROOT, folder, 'dist'))) {
    cpSync(join(ROOT, folder, 'dist'), join(to, 'dist'), { recursive: true, filter: isShipped });
  }
  for (const name of ['bin', 'schemas', 'executors.json', 'generators.json', 'migrations.json']) {
    if (existsSync(join(ROOT, folder, name)))
      cpSync(join(ROOT, folder, name), join(to, name), { recursive: true });
  }
  if (manifest.name === '@itsup/artifacts')
    cpSync(join(ROOT, 'templates'), join(to, 'templates'), { recursive: true });
  // The examples are what a first workspace is made of when somebody asks for them.
  if (manifest.name === 'create-itsup') cpExamples(join(to, 'examples'));
  cpSync(join(ROOT, 'LICENSE'), join(to, 'LICENSE'));
  const readme = readFileSync(join(ROOT, folder, 'README.md'), 'utf8');
  const internal = `> Part of itsup, internal: its interface changes without notice.\n\n`;
  writeFileSync(join(to, 'README.md'), isLayer ? internal + readme : readme);
  writeFileSync(join(to, 'package.json'), `${JSON.stringify(published(manifest, to, folder), null, 2)}\n`);
}

function cpExamples(to) {
  const files = execFileSync('git', ['ls-files', 'projects'], { cwd: ROOT, encoding: 'utf8' })
    .trim()
    .split('\n');
  for (const file of files) cpSync(join(ROOT, file), join(to, file.slice('projects/'.length)));
}

/** Compiled code and its declarations; maps name sources that are not there. */
function isShipped(path) {
  const name = basename(path);
  if (['spec', 'testing', 'build.json'].includes(name)) return false;
  return !/\.(?:map|tsbuildinfo|spec\.d\.ts)$/.test(name);
}

/** The manifest without what only this workspace knows, and with what a registry wants to know. */
function published(manifest, to, folder) {
  const { private: _private, scripts: _scripts, nx: _nx, ...rest } = manifest;
  const exports = Object.fromEntries(
    Object.entries(manifest.exports ?? {})
      .filter(([path]) => !path.startsWith('./testing'))
      .map(([path, target]) => {
        if (typeof target === 'string') return [path, target];
        const { '@itsup/source': _source, ...conditions } = target;
        return [path, conditions];
      }),
  );
  return {
    ...rest,
    version,
    license: 'MIT',
    keywords: ['docker-compose', 'traefik', 'nx', 'nx-plugin', 'self-hosted', 'zero-downtime'],
    ...repository(folder),
    publishConfig: { access: 'public' },
    engines: { node: '>=20.19' },
    ...(Object.keys(exports).length > 0 ? { exports } : {}),
    dependencies: Object.fromEntries(
      Object.entries(manifest.dependencies ?? {}).map(([name, wanted]) => [
        name,
        name.startsWith('@itsup/') || name === 'create-itsup' ? version : wanted,
      ]),
    ),
    files: readdirSync(to).filter((name) => !['README.md', 'LICENSE', 'package.json'].includes(name)),
  };
}

/** Where the sources are, as the workspace's package.json says, or git; nothing where neither does. */
function repository(directory) {
  const { repository: said } = read('package.json');
  const git = spawnSync('git', ['remote', 'get-url', 'origin'], { cwd: ROOT, encoding: 'utf8' });
  const origin =
    git.status === 0 ? { type: 'git', url: git.stdout.trim().replace(/(?<=\/\/)[^/@]*@/, '') } : undefined;
  const known = typeof said === 'string' ? { type: 'git', url: said } : (said ?? origin);
  return known === undefined ? {} : { repository: { ...known, directory } };
}

function read(file) {
  return JSON.parse(readFileSync(join(ROOT, file), 'utf8'));
}
