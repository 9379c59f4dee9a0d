import { chownSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import type { Versions } from '@itsup/docker';

import { FakeHost } from '../../testing/fake-host';
import { bootUnit, nightlyUnits, type UnitFile } from '../../units/unit-file';
import { unitsFacts } from '../gather/units';
import { checkUnits } from './units';

let host: FakeHost;
let root: string;
beforeEach(() => {
  host = new FakeHost({} as Versions);
  root = path.join(host.system, 'srv/it');
});
afterEach(() => host.dispose());

const facts = (user: string) => ({
  root,
  node: '/usr/bin/node',
  bin: __filename,
  user,
  stateDir: `${host.system}/state`,
  home: user === 'root' ? `${host.system}/root` : `${host.system}/home`,
});

function write(...files: UnitFile[]): void {
  for (const { name, text } of files) host.write(`etc/systemd/system/${name}`, text);
}

async function messages(): Promise<string[]> {
  const found = checkUnits({ units: await unitsFacts(root, __filename, host.system) });
  return found.map(({ severity, message }) => `${severity}: ${message}`);
}

it('finds nothing where none is written, where they are current, and with those of another workspace', async () => {
  const none = await messages();
  write(bootUnit(facts('tester')), ...nightlyUnits(facts('tester'), '04:15'));
  const current = await messages();
  write(bootUnit({ ...facts('tester'), root: '/srv/another', stateDir: '/elsewhere' }));
  expect(
    [...none, ...current, ...(await messages())].filter((line) => /^(error|warning)/.test(line)),
  ).toEqual([]);
});

it('finds one that starts what is not there any more', async () => {
  write(bootUnit({ ...facts('tester'), bin: '/gone/50% $x/itsup.js' }));
  expect(await messages()).toEqual([
    'error: itsup.service starts /gone/50% $x/itsup.js, which is not there any more: nothing is deployed at boot or at night',
  ]);
});

it('finds one that an earlier version wrote, and how to write it again', async () => {
  const [service, timer] = nightlyUnits(facts('tester'), '04:15') as [UnitFile, UnitFile];
  const old = (file: UnitFile): UnitFile => ({
    ...file,
    text: file.text
      .replace(/TimeoutStartSec=.*/, 'TimeoutStartSec=infinity')
      .replace(/\n(No|Protect)\w+=.*/g, ''),
  });
  write(old(bootUnit(facts('tester'))), old(service), timer);
  const found = checkUnits({ units: await unitsFacts(root, __filename, host.system) });
  expect(found.map(({ cure }) => cure)).toEqual([
    'sudo env "PATH=$PATH" npx itsup bootstrap',
    'sudo env "PATH=$PATH" npx itsup nightly enable --at 04:15',
  ]);
  expect(found.every(({ severity }) => severity === 'warning')).toBe(true);
});

const itAsRoot = process.getuid?.() === 0 ? it : it.skip;
itAsRoot('finds root over the folder of somebody else', async () => {
  write(bootUnit(facts('root')));
  writeFileSync(path.join(root, 'node_modules'), '');
  chownSync(path.join(root, 'node_modules'), 4711, 4711);
  expect(await messages()).toEqual([
    expect.stringMatching(/^error: itsup\.service runs as root, and .*\/node_modules is not root's alone/),
  ]);
});
