/** Folders with a lock file of their own, so that the product's installation does not carry what is in them. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Installs what the folder's lock file says, unless that is there already. */
export function installLocked(folder, env = process.env) {
  const lock = readFileSync(join(folder, 'package-lock.json'), 'utf8');
  const mark = join(folder, 'node_modules/.installed-from');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === lock) return;
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund'];
  const { status, stdout, stderr } = spawnSync('npm', args, { cwd: folder, env, encoding: 'utf8' });
  assert.equal(status, 0, `npm ${args.join(' ')} failed in ${folder}\n${stdout}\n${stderr}`);
  writeFileSync(mark, lock);
}
