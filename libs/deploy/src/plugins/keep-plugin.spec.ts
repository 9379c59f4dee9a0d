import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';

import { openState, type State } from '../state/state';
import { zipOf } from '../testing/zip-of';
import { keepPlugin, keptCopy, offeredDigest } from './keep-plugin';
import { download, proxyFor } from './download';

const PLUGIN = { module: 'example.com/a/bouncer', version: 'v1.7.1', folder: 'plugins/crowdsec-v1.7.1' };
const NO_LOCK = new Map<string, string>();
const archive = (source: string, top = 'a-bouncer-1234'): Buffer =>
  zipOf([
    { path: `${top}/.traefik.yml`, content: 'type: middleware\n' },
    { path: `${top}/bouncer.go`, content: source },
    { path: `${top}/vendor/x/x.go`, content: 'package x' },
  ]);

let folder: string;
let state: State;
let server: Server;
let served: Buffer | null;
let asked: string[];
beforeEach(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'itsup-plugin-'));
  state = openState(folder);
  served = archive('package one');
  asked = [];
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (served === null) response.writeHead(503).end();
    else response.end(served);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

const origin = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const env = () => ({ ITSUP_PLUGIN_REGISTRY: `${origin()}/public` });
const keep = (lock = NO_LOCK) => keepPlugin({ state, env: env() }, PLUGIN, lock);
const source = (): string => readFileSync(path.join(folder, PLUGIN.folder, 'bouncer.go'), 'utf8');

it('is downloaded once, from where Traefik downloads it, and readable for Traefik’s user', async () => {
  const first = await keep();
  expect(first).toEqual({ digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string, problem: null });
  expect(asked).toEqual(['/public/download/example.com/a/bouncer/v1.7.1']);
  expect(source()).toBe('package one');
  expect(statSync(path.join(folder, PLUGIN.folder, 'vendor/x/x.go')).mode & 0o777).toBe(0o644);
  expect(statSync(path.join(folder, PLUGIN.folder)).mode & 0o777).toBe(0o755);
  served = null;
  expect(await keep()).toEqual(first);
  expect(asked).toHaveLength(1);
  expect(await keptCopy(state, PLUGIN)).toEqual({ digest: first.digest, damage: null });
});

it('takes the archive of a Go module too', async () => {
  served = archive('package go', `${PLUGIN.module}@${PLUGIN.version}`);
  expect((await keep()).problem).toBeNull();
  expect(source()).toBe('package go');
});

it('fails with words when none can be had', async () => {
  served = null;
  expect((await keep()).problem).toMatchObject({
    severity: 'error',
    message: expect.stringContaining('no copy of it is kept here: 127.0.0.1') as string,
  });
  served = Buffer.from('<html>');
  expect((await keep()).problem?.message).toContain('it is no ZIP archive');
  served = zipOf([{ path: 'a/../../../etc/b', content: 'x' }]);
  expect((await keep()).problem?.message).toContain('is no path inside of a folder');
  served = zipOf([{ path: 'a/b', content: 'x' }]);
  expect((await keep()).problem?.message).toContain('.traefik.yml is missing');
  expect(await keptCopy(state, PLUGIN)).toEqual({ digest: null, damage: null });
});

it('takes no other content than the lock holds, and keeps what is there', async () => {
  const { digest } = await keep();
  served = archive('package two');
  const two = await offeredDigest({ env: env() }, PLUGIN);
  served = archive('package three');
  const refused = await keep(new Map([['example.com/a/bouncer@v1.7.1', two]]));
  expect(refused).toMatchObject({ digest, problem: { code: 'plugin-changed' } });
  expect(source()).toBe('package one');
  served = archive('package two');
  expect(await keep(new Map([['example.com/a/bouncer@v1.7.1', two]]))).toEqual({
    digest: two,
    problem: null,
  });
  expect(source()).toBe('package two');
});

it('sees what was changed, added or removed, and puts it right without the registry', async () => {
  await keep();
  served = null;
  const file = (name: string): string => path.join(folder, PLUGIN.folder, name);
  const damage = async (): Promise<string | null> => (await keptCopy(state, PLUGIN)).damage;
  writeFileSync(file('bouncer.go'), 'package evil');
  expect(await damage()).toBe('bouncer.go was changed');
  expect((await keep()).problem).toBeNull();
  expect(source()).toBe('package one');
  writeFileSync(file('vendor/x/more.go'), 'package x');
  expect(await damage()).toBe('vendor/x/more.go was added to it');
  expect((await keep()).problem).toBeNull();
  rmSync(file('bouncer.go'));
  expect(await damage()).toBe('bouncer.go is gone from it');
  writeFileSync(`${file('.')}.zip`.replace('/.zip', '.zip'), 'no');
  expect(await damage()).toBe('its archive is not what was downloaded');
  expect((await keep()).problem?.message).toContain('the copy kept here is another one, or damaged');
});

it('goes through the proxy that the environment names, and past it where told so', async () => {
  const options = { mostBytes: 1_000_000, patienceMs: 5_000 };
  served = Buffer.from('through the proxy');
  const got = await download('http://plugins.example.com/x', { ...options, env: { HTTP_PROXY: origin() } });
  expect(got.toString()).toBe('through the proxy');
  expect(asked).toEqual(['http://plugins.example.com/x']);
  const url = new URL('https://plugins.example.com/x');
  expect(proxyFor(url, { https_proxy: 'proxy:3128' })?.href).toBe('http://proxy:3128/');
  expect(proxyFor(url, { HTTPS_PROXY: 'http://proxy:1', NO_PROXY: 'a.org, .example.com' })).toBeNull();
  expect(proxyFor(url, {})).toBeNull();
  await expect(download(`${origin()}/x`, { ...options, mostBytes: 3, env: {} })).rejects.toThrow(
    'more than 3',
  );
});
