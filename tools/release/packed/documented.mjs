/** What README and docs tell to type, in a repository that has the product installed: e2e/src/packed. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './bench.mjs';
import { createRepository } from './new-repository.mjs';

export function documented(context) {
  const server = createRepository(context);
  const jest = join(ROOT, 'node_modules/jest/bin/jest.js');
  const args = [
    '--experimental-vm-modules',
    '--no-warnings',
    jest,
    '-i',
    '--config',
    'jest.packed.config.js',
  ];
  const env = { ...context.env, ITSUP_PACKED_REPOSITORY: server };
  const { status } = spawnSync(process.execPath, args, { cwd: join(ROOT, 'e2e'), env, stdio: 'inherit' });
  assert.equal(status, 0, 'commands of the documentation');
}
