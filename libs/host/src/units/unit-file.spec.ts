import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { bootUnit, nightlyUnits, type UnitFacts } from './unit-file';

const FACTS: UnitFacts = {
  root: '/srv/it',
  bin: '/srv/it/node_modules/itsup/bin/itsup.js',
  node: '/usr/bin/node',
  user: 'ann',
  stateDir: '/home/ann/.local/state/itsup',
  home: '/home/ann',
};

it('deploys at boot, once Docker runs, as who deploys by hand', () => {
  const { name, text } = bootUnit(FACTS);
  expect(name).toBe('itsup.service');
  expect(text).toContain('\nRequires=docker.service\nAfter=docker.service network-online.target\n');
  expect(text).toContain('\nUser=ann\nWorkingDirectory=/srv/it\n');
  expect(text).toContain('\nEnvironment=ITSUP_STATE=/home/ann/.local/state/itsup\n');
  expect(text).toContain('\nExecStart=/usr/bin/node /srv/it/node_modules/itsup/bin/itsup.js start\n');
});

it('pulls at night, and catches up after a night without power', () => {
  const [service, timer] = nightlyUnits(FACTS, '04:15');
  expect(service?.text).toContain('itsup.js deploy --pull\n');
  expect(service?.text).not.toContain('[Install]');
  expect(timer?.text).toContain('\nOnCalendar=*-*-* 04:15:00\n');
  expect(timer?.text).toContain('\nPersistent=true\n');
});

it('keeps systemd from reading a path as anything but a path', () => {
  const { text } = bootUnit({
    ...FACTS,
    root: '/srv/my it/50%$X',
    bin: '/srv/my it/50%$X/node_modules/itsup/bin/itsup.js',
  });
  expect(text).toContain('\nWorkingDirectory=/srv/my it/50%%$X\n');
  expect(text).toContain(
    'ExecStart=/usr/bin/node "/srv/my it/50%%$$X/node_modules/itsup/bin/itsup.js" start',
  );
});

it('may take an hour at boot and three at night, and is ended like Ctrl-C', () => {
  const [nightly] = nightlyUnits(FACTS, '04:15');
  expect(bootUnit(FACTS).text).toContain('\nTimeoutStartSec=1h\nKillMode=mixed\nTimeoutStopSec=15\n');
  expect(nightly?.text).toContain('\nTimeoutStartSec=3h\n');
});

it('writes in the workspace, the state folder and the folder of Docker, and nowhere else', () => {
  expect(bootUnit(FACTS).text).toContain(
    '\nReadWritePaths=/srv/it -/home/ann/.local/state/itsup -/home/ann/.docker\n',
  );
  const asRoot = { ...FACTS, user: 'root', stateDir: '/var/lib/itsup', home: '/root' };
  expect(bootUnit(asRoot).text).toContain('\nReadWritePaths=/srv/it -/var/lib/itsup -/root/.docker /run\n');
});

const analyze = spawnSync('systemd-analyze', ['--version']);
const describeWithSystemd = analyze.status === 0 ? describe : describe.skip;
describeWithSystemd(`systemd${analyze.status === 0 ? '' : ' (skipped: no systemd-analyze here)'}`, () => {
  let folder: string;
  const written = (facts: UnitFacts): string[] => {
    const files = [bootUnit(facts), ...nightlyUnits(facts, '03:30')];
    // Verify looks for the command, and for the unit that ours requires.
    writeFileSync(path.join(folder, 'docker.service'), '[Service]\nExecStart=/bin/true\n');
    for (const { name, text } of files) writeFileSync(path.join(folder, name), text);
    return files.map(({ name }) => path.join(folder, name));
  };
  beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), 'itsup units '))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it.each(['root', 'daemon'])('accepts them, with every setting, for %s', (user) => {
    const files = written({ ...FACTS, root: path.join(folder, '50% it'), node: process.execPath, user });
    const { stderr } = spawnSync('systemd-analyze', ['verify', ...files], {
      encoding: 'utf8',
      env: { ...process.env, SYSTEMD_UNIT_PATH: `${folder}:` },
    });
    const ours = stderr
      .split('\n')
      .filter((line) => line.includes('itsup') && !/Failed to (open|connect)/.test(line));
    expect(ours).toEqual([]);
  });

  // Bounds, not aims: ten is a service without any of it. Root keeps what the packet filter takes.
  it.each([
    ['daemon', 2.5],
    ['root', 4.5],
  ])('finds little exposed, for %s at most %d', (user, most) => {
    for (const file of written({ ...FACTS, user }).filter((name) => name.endsWith('.service'))) {
      if (file.endsWith('docker.service')) continue;
      const args = ['security', '--offline=true', '--no-pager', file];
      const { stdout } = spawnSync('systemd-analyze', args, { encoding: 'utf8' });
      const exposure = /Overall exposure level for .*: ([\d.]+)/.exec(stdout)?.[1];
      expect(Number(exposure)).toBeLessThanOrEqual(most);
    }
  });
});
