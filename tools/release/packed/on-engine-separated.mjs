/**
 * Deploys a clone, makes a repository of its own of it, and asks for a plan. Started by e2e/own-engine.sh.
 *
 * usage: on-engine-separated.mjs <clone>
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { run, say } from './bench.mjs';
import { needEngine } from './engine.mjs';
import { separate } from './separated.mjs';

const [clone] = process.argv.slice(2);
const context = { env: process.env };
const itsup = (...args) => run(context, clone, join(clone, 'node_modules/.bin/itsup'), args);

itsup('generate');
needEngine(clone);
itsup('deploy');
assert.match(itsup('plan'), /^4 stacks without a change$/m);
separate(context, clone);
assert.match(itsup('plan'), /^4 stacks without a change$/m);
assert.doesNotMatch(itsup('deploy'), /roll|recreate|starts/);
say('separated on a running host: 4 stacks without a change');
itsup('down', 'blog', 'shop-of-mine', 'store', 'proxy');
