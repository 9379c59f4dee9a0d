import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

import type { Versions } from '@itsup/docker';

import { FakeHost } from '../testing/fake-host';
import { disableNightly, enableNightly, nightlyStatus } from './nightly';

const TIMER = 'itsup-nightly.timer';

let host: FakeHost;
beforeEach(() => (host = new FakeHost({} as Versions)));
afterEach(() => host.dispose());

const file = (name: string): string => path.join(host.system, 'etc/systemd/system', name);

it('is off, can be turned on and moved, and leaves nothing when it is turned off', async () => {
  const request = host.request();
  expect(await nightlyStatus(request)).toEqual({ enabled: false, next: null });
  await enableNightly(request, '03:30');
  expect(await nightlyStatus(request)).toEqual({ enabled: true, next: null });
  expect(host.calls).toEqual(['reload', `enable --now ${TIMER}`, `restart ${TIMER}`]);
  host.calls.length = 0;
  await enableNightly(request, '03:30');
  expect(host.calls).toEqual([`enable --now ${TIMER}`]);
  await enableNightly(request, '05:00');
  expect(host.calls).toContain(`restart ${TIMER}`);
  expect(readFileSync(file(TIMER), 'utf8')).toContain('05:00:00');
  await disableNightly(request);
  expect([TIMER, 'itsup-nightly.service'].filter((name) => existsSync(file(name)))).toEqual([]);
  expect(await nightlyStatus(request)).toEqual({ enabled: false, next: null });
});

it.each(['24:00', '3:30', 'noon', '03:30\nOnBootSec=1'])('takes no %j for a time', async (at) => {
  await expect(enableNightly(host.request(), at)).rejects.toMatchObject({ problems: [{ code: 'no-time' }] });
});

it('needs root and systemd, and its status neither', async () => {
  const asUser = host.request({ isRoot: false });
  await expect(enableNightly(asUser, '03:30')).rejects.toMatchObject({ problems: [{ code: 'root-needed' }] });
  rmSync(path.join(host.system, 'run'), { recursive: true });
  await expect(enableNightly(host.request(), '03:30')).rejects.toMatchObject({
    problems: [{ code: 'systemd-needed' }],
  });
  expect(await nightlyStatus(asUser)).toEqual({ enabled: false, next: null });
});
