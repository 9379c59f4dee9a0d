import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { deployingUser, type DeployingUserOptions } from './deploying-user';

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
  const owner = `ann:x:${process.getuid?.() === 0 ? 4711 : statSync(root).uid}:1000:Ann:${folder}/home:/bin/sh`;
  return ['', owner, 'root:x:0:0:root:/root:/bin/sh', 'bob:x:4242:1:Bob:/home/bob:/bin/sh', ''].join('\n');
}

function knowsWorkspace(stateDir: string, workspace: string): void {
  mkdirSync(stateDir, { recursive: true });
  writeFileSync(path.join(stateDir, 'workspace.json'), JSON.stringify({ version: 1, path: workspace }));
}

const who = (options: Partial<DeployingUserOptions> = {}) =>
  deployingUser({
    root,
    node: '/usr/bin/node',
    bin: path.join(root, 'bin/itsup.js'),
    passwd: passwd(),
    ...options,
  });

it('is the owner of the workspace before the first deploy', async () => {
  expect(await who()).toMatchObject({ name: 'ann', stateDir: `${folder}/home/.local/state/itsup` });
});

it('is who the operator says', async () => {
  expect(await who({ user: 'bob' })).toEqual({
    name: 'bob',
    stateDir: '/home/bob/.local/state/itsup',
    home: '/home/bob',
    uid: 4242,
    gid: 1,
  });
  expect(await who({ user: 'bob', stateDir: '/s' })).toMatchObject({ name: 'bob', stateDir: '/s' });
  await expect(who({ user: 'eve' })).rejects.toMatchObject({ problems: [{ code: 'unknown-user' }] });
});

it('is nobody whom the host does not know', async () => {
  const unknown = who({ passwd: 'root:x:0:0:root:/root:/bin/sh\n' });
  await expect(unknown).rejects.toMatchObject(
    process.getuid?.() === 0 ? { problems: [{ code: 'unknown-owner' }] } : {},
  );
});

it('is the owner whose state folder knows the workspace', async () => {
  knowsWorkspace(path.join(folder, 'home/.local/state/itsup'), root);
  expect((await who()).name).toBe('ann');
});

const itAsRoot = process.getuid?.() === 0 ? it : it.skip;

describe('root', () => {
  const refused = {
    problems: [expect.objectContaining({ code: 'root-over-foreign-folder' })],
  };
  itAsRoot('is refused over the folder of somebody else, named or because root deployed so far', async () => {
    await expect(who({ user: 'root' })).rejects.toMatchObject(refused);
    await expect(who({ user: 'root' })).rejects.toThrow(
      `${root} belongs to ann, who could have root run anything`,
    );
    knowsWorkspace(path.join(folder, 'roots'), root);
    // With a state folder of the operator's own nobody is known by it: the owner deploys.
    expect(await who({ stateDir: path.join(folder, 'roots') })).toMatchObject({ name: 'ann' });
  });

  itAsRoot('deploys what is its own from end to end', async () => {
    chownSync(root, 0, 0);
    // The folder of a test is in /tmp, where nobody moves what is another's.
    expect(await who()).toMatchObject({ name: 'root', stateDir: '/var/lib/itsup' });
    for (const place of ['node_modules', 'bin/itsup.js']) {
      const file = path.join(root, place);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, '');
      chownSync(file, 4711, 4711);
      await expect(who()).rejects.toThrow(`${file} belongs to ann`);
      rmSync(file);
    }
    const bin = path.join(folder, 'bin');
    mkdirSync(bin);
    writeFileSync(path.join(bin, 'node'), '');
    chmodSync(bin, 0o777);
    await expect(who({ node: path.join(bin, 'node') })).rejects.toThrow(`everybody may write to ${bin}`);
    chmodSync(bin, 0o755);
    expect((await who({ node: path.join(bin, 'node') })).name).toBe('root');
    // A link of root's to what is another's.
    const foreign = path.join(folder, 'foreign');
    writeFileSync(foreign, '');
    chownSync(foreign, 4711, 4711);
    symlinkSync(foreign, path.join(bin, 'linked'));
    await expect(who({ node: path.join(bin, 'linked') })).rejects.toThrow(`${foreign} belongs to ann`);
  });
});
