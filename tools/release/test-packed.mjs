/**
 * Tries what is packed as somebody who has nothing else. Nothing is published but to a registry on loopback.
 *
 * usage: node tools/release/test-packed.mjs [part…] [--nx <version>]
 *
 *   repository     a new repository by create-itsup, from packed files, and its size
 *   workspace      a workspace of other things that itsup becomes part of, by npm
 *   separate       a clone of this repository that becomes such a repository in place
 *   documentation  every command of README and docs, in such a repository
 *   packages       what two judges of packages say of each, and what is in it
 *   registry       published, taken into such a workspace by pnpm and `nx add`, created from there, deployed on an
 *                  engine, changed and updated under load
 *
 * Without an own engine (e2e/own-engine.sh) deploys are left out, which is said; with ITSUP_PACKED_ENGINE=machine or
 * =today that is a failure.
 */
import assert from 'node:assert/strict';
import { parseArgs } from 'node:util';
import { bench, say } from './packed/bench.mjs';
import { documented } from './packed/documented.mjs';
import { fromRegistry } from './packed/from-registry.mjs';
import { newRepository } from './packed/new-repository.mjs';
import { checkPackages } from './packed/packages.mjs';
import { separated } from './packed/separated.mjs';
import { foreignWorkspace } from './packed/foreign-workspace.mjs';

const PARTS = {
  repository: [newRepository],
  workspace: [foreignWorkspace],
  separate: [separated],
  documentation: [documented],
  packages: [checkPackages],
  registry: [fromRegistry],
};

const { values, positionals } = parseArgs({ options: { nx: { type: 'string' } }, allowPositionals: true });
const parts = positionals.length > 0 ? positionals : Object.keys(PARTS);
for (const part of parts)
  assert.ok(PARTS[part], `there is no part ${part}: ${Object.keys(PARTS).join(', ')}`);

for (const part of parts) {
  for (const act of PARTS[part]) {
    say(`\n${part}: ${act.name}`);
    const context = bench();
    try {
      await act({ ...context, nx: values.nx });
    } finally {
      context.end();
    }
  }
}
