import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LIMIT_MB, megabytes, PACKED, packed, run, say, write } from './bench.mjs';

/** By create-itsup from packed files, with what else its command line is to say; its folder. */
export function createRepository(context, ...args) {
  execFileSync('tar', ['-xzf', packed('create-itsup'), '-C', context.folder]);
  const create = join(context.folder, 'package/bin/create-itsup.js');
  run(context, context.folder, process.execPath, [create, 'server', ...args, '--packed', PACKED]);
  const server = join(context.folder, 'server');
  assert.equal(
    run(context, server, 'git', ['status', '--porcelain']).trim(),
    '',
    'the first commit has everything',
  );
  if (context.nx !== undefined)
    run(context, server, 'npm', ['install', '-DE', '--ignore-scripts', `nx@${context.nx}`]);
  return server;
}

/** With the examples. */
export function newRepository(context) {
  const server = createRepository(context, '--examples');
  const bin = join(server, 'node_modules/.bin');
  assert.match(run(context, server, join(bin, 'itsup'), ['validate']), /7 stacks: valid/);
  const args = [
    'g',
    'itsup:project',
    'hello',
    '--image=acme/hello:1',
    '--domain=hello.example.com',
    '--port=80',
  ];
  run(context, server, join(bin, 'nx'), args);
  // From a folder below, as from the top.
  assert.match(
    run(context, join(server, 'projects/hello'), join(bin, 'itsup'), ['validate', 'hello']),
    /hello: valid/,
  );
  assert.match(run(context, server, join(bin, 'itsup'), ['plan', 'hello']), /new service of acme\/hello:1/);
  const schema = readFileSync(join(server, 'projects/hello/ingress.yml'), 'utf8').match(/\$schema=(\S+)/)[1];
  assert.ok(
    existsSync(join(server, 'projects/hello', schema)),
    'the schema that editors are told of is there',
  );
  // What the operator changed of a template wins, and the rest ships.
  write(server, { 'templates/proxy/Corefile.eta': '# mine\n' });
  run(context, server, join(bin, 'itsup'), ['generate', 'proxy']);
  assert.equal(readFileSync(join(server, 'proxy/dns/Corefile'), 'utf8').includes('# mine'), true);
  const size = megabytes(context, server);
  say(`installed with Nx: ${size} MB`);
  assert.ok(size <= LIMIT_MB, `more than ${LIMIT_MB} MB`);
}
