/** What two judges of packages say of each that is published, and whether just what is meant to be is in it. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PACKED, run, say } from './bench.mjs';
import { installTools, TOOLS } from './registry.mjs';

/** Paths in a package, of its own folder `package/`. */
const MEANT =
  /^(?:package\.json|README\.md|LICENSE|(?:executors|generators|migrations)\.json|bin\/[\w-]+\.js|schemas\/.+\.json|dist\/.+\.(?:js|d\.ts)|templates\/.+|examples\/.+)$/;

export function checkPackages(context) {
  installTools(context);
  const tool = (name) => join(TOOLS, 'node_modules/.bin', name);
  for (const name of readdirSync(PACKED).sort()) {
    const file = join(PACKED, name);
    const contents = execFileSync('tar', ['-tzf', file], { encoding: 'utf8' }).trim().split('\n');
    const paths = contents.map((path) => path.replace(/^package\//, ''));
    const strange = paths.filter(
      (path) => !MEANT.test(path) || /\.spec\.|__fixtures__|\/testing\//.test(path),
    );
    assert.deepEqual(strange, [], `${name} holds what nobody needs`);
    for (const needed of ['package.json', 'README.md', 'LICENSE']) assert.ok(paths.includes(needed), needed);
    run(context, TOOLS, tool('publint'), ['run', file, '--strict']);
    run(context, TOOLS, tool('attw'), [file, '--profile', 'node16']);
    say(`${name}: ${paths.length} files, well`);
  }
}
