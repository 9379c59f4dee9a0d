/**
 * The packed product on pairs of Node and Nx. Node comes as the npm package `node`, which brings its binary.
 *
 * usage: node tools/release/test-matrix.mjs [<node>x<nx>…]     for one pair: 24x24
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, say } from './packed/bench.mjs';

/** The oldest that is taken, and what has long-term support, each with an Nx of its time. */
const NODES = { 20: '20.19.0', 22: '22.23.3', 24: '24.9.0' };
const NXS = { 22: '22.7.0', 23: '23.2.1', 24: '24.0.0' };
const PAIRS = ['20x22', '22x23', '24x24'];

const pairs = process.argv.slice(2);
const failed = [];
for (const pair of pairs.length > 0 ? pairs : PAIRS) {
  const [node, nx] = pair.split('x');
  assert.ok(NODES[node] && NXS[nx], `${pair} is no pair: ${Object.keys(NODES)} x ${Object.keys(NXS)}`);
  say(`\nNode ${NODES[node]}, Nx ${NXS[nx]}`);
  const bin = binary(NODES[node]);
  const args = [join(ROOT, 'tools/release/test-packed.mjs'), 'repository', 'workspace', '--nx', NXS[nx]];
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` };
  if (spawnSync(join(bin, 'node'), args, { env, stdio: 'inherit' }).status !== 0) failed.push(pair);
}
assert.deepEqual(failed, [], 'pairs that failed');

/** The folder of that Node's binary, installed where it is not yet. */
function binary(version) {
  const folder = join(ROOT, 'tmp/node', version);
  const bin = join(folder, 'node_modules/node/bin');
  if (!existsSync(join(bin, 'node'))) {
    const args = ['install', '--prefix', folder, '--no-save', '--no-fund', '--no-audit', `node@${version}`];
    const installed = spawnSync('npm', [...args, '--ignore-scripts=false', '--foreground-scripts'], {
      stdio: 'inherit',
    });
    assert.equal(installed.status, 0, `node@${version} could not be installed`);
  }
  const said = spawnSync(join(bin, 'node'), ['--version'], { encoding: 'utf8' });
  assert.equal(said.stdout?.trim(), `v${version}`);
  return bin;
}
