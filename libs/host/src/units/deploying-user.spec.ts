import { chownSync, mkdirSync, mkdtempSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { deployingUser } from './deploying-user';

let folder: string;
let root: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'itsup-user-')));
  root = path.join(folder, 'it');
  mkdirSync(root);
  // Root can give the workspace away, as it has to: root's state folder is the system's own.
  if (process.getuid?.() === 0) chownSync(root, 4711, 4711);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** root, bob, and the owner of the workspace. */
function passwd(): string {
  const owner = `ann:x:${statSync(root).uid}:1000:Ann:${folder}/home:/bin/sh`;
  return ['', owner, 'root:x:0:0:root:/root:/bin/sh', 'bob:x:4242:1:Bob:/home/bob:/bin/sh', ''].join('\n');
}

function annDeployed(workspace: string): void {
  const state = path.join(folder, 'home/.local/state/itsup');
  mkdirSync(state, { recursive: true });
  writeFileSync(path.join(state, 'workspace.json'), JSON.stringify({ version: 1, path: workspace }));
}

it('is root before the first deploy', async () => {
  expect(await deployingUser({ root, passwd: passwd() })).toEqual({
    name: 'root',
    stateDir: '/var/lib/itsup',
  });
});

it('is who the operator says', async () => {
  expect(await deployingUser({ root, passwd: passwd(), user: 'bob' })).toEqual({
    name: 'bob',
    stateDir: '/home/bob/.local/state/itsup',
  });
  expect(await deployingUser({ root, passwd: passwd(), user: 'bob', stateDir: '/s' })).toEqual({
    name: 'bob',
    stateDir: '/s',
  });
  await expect(deployingUser({ root, passwd: passwd(), user: 'eve' })).rejects.toMatchObject({
    problems: [{ code: 'unknown-user' }],
  });
});

it('is the owner whose state folder knows the workspace', async () => {
  annDeployed(path.join(folder, 'another'));
  expect((await deployingUser({ root, passwd: passwd() })).name).toBe('root');
  annDeployed(root);
  expect((await deployingUser({ root, passwd: passwd() })).name).toBe('ann');
});
