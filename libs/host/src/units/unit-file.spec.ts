import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { bootUnit, nightlyUnits, type UnitFacts } from './unit-file';

const FACTS: UnitFacts = {
  root: '/srv/it',
  node: '/usr/bin/node',
  user: 'ann',
  stateDir: '/home/ann/.local/state/itsup',
};

it('deploys at boot, once Docker runs, as who deploys by hand', () => {
  const { name, text } = bootUnit(FACTS);
  expect(name).toBe('itsup.service');
  expect(text).toContain('\nRequires=docker.service\nAfter=docker.service network-online.target\n');
  expect(text).toContain('\nUser=ann\nWorkingDirectory=/srv/it\n');
  expect(text).toContain('\nEnvironment=ITSUP_STATE=/home/ann/.local/state/itsup\n');
  expect(text).toContain('\nExecStart=/usr/bin/node /srv/it/tools/itsup/bin/itsup.js start\n');
});

it('pulls at night, and catches up after a night without power', () => {
  const [service, timer] = nightlyUnits(FACTS, '04:15');
  expect(service?.text).toContain('itsup.js deploy --pull\n');
  expect(service?.text).not.toContain('[Install]');
  expect(timer?.text).toContain('\nOnCalendar=*-*-* 04:15:00\n');
  expect(timer?.text).toContain('\nPersistent=true\n');
});

it('keeps systemd from reading a path as anything but a path', () => {
  const { text } = bootUnit({ ...FACTS, root: '/srv/my it/50%$X' });
  expect(text).toContain('\nWorkingDirectory=/srv/my it/50%%$X\n');
  expect(text).toContain('ExecStart=/usr/bin/node "/srv/my it/50%%$$X/tools/itsup/bin/itsup.js" start');
});

const analyze = spawnSync('systemd-analyze', ['--version']);
const itWithSystemd = analyze.status === 0 ? it : it.skip;
itWithSystemd(
  `is accepted by systemd${analyze.status === 0 ? '' : ' (skipped: no systemd-analyze here)'}`,
  () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'itsup units '));
    const root = path.join(folder, '50% it');
    // Verify looks for the command, and for the unit that ours requires.
    const facts = { ...FACTS, root, node: process.execPath, user: 'root' };
    const files = [bootUnit(facts), ...nightlyUnits(facts, '03:30')];
    writeFileSync(path.join(folder, 'docker.service'), '[Service]\nExecStart=/bin/true\n');
    for (const { name, text } of files) writeFileSync(path.join(folder, name), text);
    const { stderr } = spawnSync(
      'systemd-analyze',
      ['verify', ...files.map(({ name }) => path.join(folder, name))],
      {
        encoding: 'utf8',
        env: { ...process.env, SYSTEMD_UNIT_PATH: `${folder}:` },
      },
    );
    const ours = stderr
      .split('\n')
      .filter((line) => line.includes('itsup') && !/Failed to (open|connect)/.test(line));
    rmSync(folder, { recursive: true });
    expect(ours).toEqual([]);
  },
);
