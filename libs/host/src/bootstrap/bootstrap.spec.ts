import { existsSync } from 'node:fs';
import path from 'node:path';

import { DockerError, type Versions } from '@itsup/docker';

import { FakeHost } from '../testing/fake-host';
import { bootstrap } from './bootstrap';

const missing = new DockerError({ code: 'docker-missing', binary: 'docker' });
const NOTHING: Versions = {
  client: null,
  clientError: missing,
  server: null,
  serverError: missing,
  compose: null,
  composeError: missing,
};
const GOOD: Versions = {
  client: '1',
  clientError: null,
  server: '1',
  serverError: null,
  compose: '2.40.0',
  composeError: null,
};

let host: FakeHost;
beforeEach(() => {
  host = new FakeHost(NOTHING);
  host.packages = { 'docker.io': '26.1.5', 'docker-cli': '26.1.5', 'docker-compose': '2.26.1' };
});
afterEach(() => host.dispose());

const unitFile = (): string => path.join(host.system, 'etc/systemd/system/itsup.service');

it('installs, starts and enables, and has nothing left to do afterwards', async () => {
  await bootstrap({ ...host.request(), dryRun: false });
  expect(host.calls).toEqual([
    'refresh',
    'install docker.io docker-cli docker-compose',
    'enable --now docker.service',
    'reload',
    'enable itsup.service',
  ]);
  expect(existsSync(unitFile())).toBe(true);
  host.versions = GOOD;
  host.calls.length = 0;
  expect(await bootstrap({ ...host.request(), dryRun: false })).toEqual([]);
  expect(host.calls).toEqual([]);
});

it('says what it would do, without root, and does nothing', async () => {
  const steps = await bootstrap({ ...host.request({ isRoot: false }), dryRun: true });
  expect(steps.map(({ kind }) => kind)).toEqual(['install', 'start', 'write', 'enable']);
  expect(host.lines).toHaveLength(4);
  expect(host.calls).toEqual([]);
  expect(existsSync(unitFile())).toBe(false);
});

it('refuses to change anything without root', async () => {
  const refused = bootstrap({ ...host.request({ isRoot: false }), dryRun: false });
  await expect(refused).rejects.toMatchObject({ problems: [{ code: 'root-needed' }] });
  expect(host.calls).toEqual([]);
});

it('stops at the step that fails', async () => {
  const request = host.request();
  request.docker.host.installPackages = () =>
    Promise.reject(
      new DockerError({ code: 'command-failed', command: 'apt-get install', exitCode: 100, stderr: 'no' }),
    );
  await expect(bootstrap({ ...request, dryRun: false })).rejects.toMatchObject({ code: 'command-failed' });
  expect(host.calls).toEqual(['refresh']);
});
