import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { containerDetails } from '@itsup/docker/testing/container-details';
import { readAcmeStore } from '@itsup/traefik';

import type { DeployContext } from '../../context';
import { openState } from '../../state/state';
import { SimulatedWorkspace } from '../../testing/simulated-workspace';
import { changeBook } from '../refused/book';
import { checkStore, keepStore, storeFlaw } from './kept-store';
import type { KeyPair } from '../model';
import type { RunningTraefik } from '../running-traefik';
import { makeStandIn } from '../refused/stand-in';
import { keepCopy, readKept } from './store-copy';
import type { StoreAccess } from './store-file';

const STORE = JSON.stringify({ letsencrypt: { Account: { Email: 'ops@example.com' }, Certificates: [] } });

// Keys of certificates are made, which takes its time on a busy machine.
jest.setTimeout(120_000);

let simulated: SimulatedWorkspace;
let folder: string;
let server: Server | null = null;

beforeEach(async () => {
  simulated = await SimulatedWorkspace.create();
  folder = await mkdtemp(path.join(tmpdir(), 'itsup-store-'));
});
afterEach(async () => {
  server?.close();
  server = null;
  await simulated.dispose();
  await rm(folder, { recursive: true });
});

const FILE = (): string => path.join(folder, 'acme/acme.json');

/** As Traefik writes it. */
async function write(text: string, mode = 0o600): Promise<void> {
  await mkdir(path.dirname(FILE()), { recursive: true });
  await writeFile(FILE(), text);
  await chmod(FILE(), mode);
}

describe('checkStore', () => {
  let logsRead = 0;

  /** What a helper container does with acme.json, and what Traefik logged. */
  const dockerOf = (log: string): DeployContext['docker'] => ({
    ...simulated.context().docker,
    run: async ({ command = [] }, { input = '' } = {}) => {
      const script = command.join(' ');
      if (script.includes('acme.json.new')) await write(input);
      else if (script.includes('acme.json.broken'))
        await rename(FILE(), path.join(path.dirname(FILE()), 'aside'));
      else if (script.includes('chmod 600')) await chmod(FILE(), 0o600);
      else throw new Error(`no such script: ${script}`);
      return { exitCode: 0, stdout: '', stderr: '' };
    },
    inspectContainers: async () => [containerDetails({ startedAt: '2026-11-30T00:00:00Z' })],
    logs: async () => {
      logsRead += 1;
      return log;
    },
  });

  const look = async ({
    traefik = null,
    log = '',
    wanted = [],
  }: { traefik?: RunningTraefik | null; log?: string; wanted?: string[] } = {}) => {
    let asked = 0;
    const context = { ...simulated.context(), docker: dockerOf(log), state: openState(folder) };
    const accessOf = async (): Promise<StoreAccess> => {
      asked += 1;
      return { context, image: 'traefik:v3', user: null, container: null };
    };
    const names = (): string[] => {
      if (asked === 0) throw new Error('nobody has looked yet');
      return wanted;
    };
    const check = await checkStore(context, accessOf, traefik, names);
    return { ...check, asked };
  };

  it('asks the engine nothing where there is no acme.json, or it is as it was', async () => {
    expect(await look()).toEqual({ notes: [], reason: null, asked: 0 });
    await write(STORE);
    expect(await look()).toEqual({ notes: [], reason: null, asked: 1 });
    expect(await look()).toEqual({ notes: [], reason: null, asked: 0 });
  });

  it('looks again after a mode that was wrong for a while, and finds whom it kept from starting', async () => {
    await write(STORE);
    const traefik = await answering([]);
    expect(await look({ traefik })).toEqual({ notes: [], reason: null, asked: 1 });
    await chmod(FILE(), 0o644);
    await chmod(FILE(), 0o600);
    const log =
      'ERR The ACME resolve is skipped from the resolvers list error="unable to get ACME account: permissions 644 for /acme/acme.json are too open, please use 600" resolver=letsencrypt\n';
    const { reason } = await look({ traefik, log });
    expect(reason).toBe('could not read acme.json when it started, and runs without its resolver');
    // The deploy of another stack copies it, and does not know of that.
    const context = { ...simulated.context(), state: openState(folder) };
    await keepStore(context, async () => ({ context, image: 'traefik:v3', user: null, container: null }));
    expect((await look({ traefik, log })).reason).toBe(reason);
    expect(await look({ traefik })).toEqual({ notes: [], reason: null, asked: 1 });
  });

  it('has a Traefik replaced that runs since its mode was wrong', async () => {
    await write(STORE, 0o644);
    const { notes, reason } = await look({ traefik: await answering([]) });
    expect(notes).toEqual([expect.stringContaining('had another mode or owner')]);
    expect(reason).toBe('may have started while it could not read acme.json');
  });

  it('has one replaced that serves nothing beside a broken acme.json, and leaves one alone that serves', async () => {
    await write('{"letsencrypt": {');
    const { notes, reason } = await look({ traefik: await answering([]) });
    expect(notes).toEqual([expect.stringContaining('there is no copy')]);
    expect(reason).toBe('may have started with an acme.json that it could not read');
    await write('{"letsencrypt": {');
    expect((await look({ traefik: await answering(['shop.net']) })).reason).toBeNull();
  });

  it('reads once more what Traefik may be writing', async () => {
    await write(await storeWith('shop.net'));
    await look();
    const sound = await storeWith('shop.net', 'blog.net');
    await write(sound.slice(0, 900));
    const sleep = jest.spyOn(simulated.clock, 'sleep').mockImplementation(async () => write(sound));
    expect(await look()).toEqual({ notes: [], reason: null, asked: 1 });
    expect(sleep).toHaveBeenCalledTimes(1);
    expect(await readFile(FILE(), 'utf8')).toBe(sound);
    sleep.mockRestore();
  });

  it('keeps in its copy what acme.json has lost, and puts back what is wanted and served by nothing', async () => {
    await write(await storeWith('shop.net', 'blog.net', 'gone.net'));
    await look();
    const left = await storeWith('shop.net');
    await write(left);
    const wanted = ['shop.net', 'blog.net'];
    expect((await look({ traefik: await answering(['shop.net', 'blog.net']), wanted })).notes).toEqual([]);
    expect(await namesKept()).toEqual(['shop.net', 'blog.net', 'gone.net']);
    await write(left);
    logsRead = 0;
    const { notes, reason } = await look({ traefik: await answering(['shop.net']), wanted });
    expect(notes).toEqual([
      'acme.json has lost certificates that are good still, and has them again: blog.net',
    ]);
    expect(reason).toBe('does not serve what acme.json holds: blog.net');
    // It is replaced whatever its log says.
    expect(logsRead).toBe(0);
    expect(namesIn(await readFile(FILE(), 'utf8'))).toEqual(['shop.net', 'blog.net']);
  });

  it('does not put back what a hand-over took out', async () => {
    await write(await storeWith('shop.net', 'blog.net'));
    await look();
    const context = { ...simulated.context(), state: openState(folder) };
    const text = await readFile(FILE(), 'utf8');
    const dropped = readAcmeStore(text).flatMap(({ certificates }) =>
      certificates.flatMap(({ names, fingerprint }) => (names.includes('blog.net') ? [fingerprint] : [])),
    );
    await changeBook(context, (book) => ({ ...book, dropped }));
    await write(await storeWith('shop.net'));
    const check = await look({ traefik: await answering(['shop.net']), wanted: ['shop.net', 'blog.net'] });
    expect(check).toMatchObject({ notes: [], reason: null });
    expect(await namesKept()).toEqual(['shop.net']);
  });

  it('keeps what was taken out because a clock that was ahead said that it had ended', async () => {
    await write(await storeWith('shop.net', 'blog.net'));
    await look();
    const context = { ...simulated.context(), state: openState(folder) };
    const [, blog] = readAcmeStore(await readFile(FILE(), 'utf8')).flatMap(
      ({ certificates }) => certificates,
    );
    await changeBook(context, (book) => ({ ...book, dropped: [blog?.fingerprint ?? ''] }));
    const left = await storeWith('shop.net');
    const ahead = { ...context.system, now: () => (blog?.expires ?? 0) + 1000 };
    await keepCopy({ ...context, system: ahead }, left);
    expect(await namesKept()).toEqual(['shop.net', 'blog.net']);
    await keepCopy(context, left);
    expect(await namesKept()).toEqual(['shop.net']);
  });

  it('keeps no copy of what holds no certificate', async () => {
    await write(STORE);
    await look();
    expect(await readKept(openState(folder))).toBeNull();
  });
});

const namesIn = (text: string): string[] =>
  readAcmeStore(text).flatMap(({ certificates }) => certificates.flatMap(({ names }) => names));

const namesKept = async (): Promise<string[]> => namesIn((await readKept(openState(folder)))?.text ?? '');

describe('keepStore', () => {
  const accessOf = () => {
    const context = { ...simulated.context(), state: openState(folder) };
    return { context, access: async () => ({ context, image: 'traefik:v3', user: null, container: null }) };
  };

  it('copies what a run brought, and what is emptied afterwards is told from what never held anything', async () => {
    const { context, access } = accessOf();
    const file = path.join(folder, 'acme/acme.json');
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, '', { mode: 0o600 });
    expect(await storeFlaw(context, access)).toBeNull();
    await writeFile(file, await storeWith('shop.net'), { mode: 0o600 });
    await keepStore(context, access);
    expect((await readKept(context.state))?.text).toBe(await readFile(file, 'utf8'));
    expect(await storeFlaw(context, access)).toBeNull();
    await writeFile(file, '');
    expect(await storeFlaw(context, access)).toBe('it is empty');
    await writeFile(file, '{"letsencrypt": {');
    expect(await storeFlaw(context, access)).toMatch(/^it is no JSON/);
    // Neither is worth a copy.
    await keepStore(context, access);
    expect((await readKept(context.state))?.text).toContain('shop.net');
    await chmod(file, 0o644);
    expect(await storeFlaw(context, access)).toBe('others may read it, so Traefik does not');
  });
});

/** A key takes its time: one for each name. */
const pairs = new Map<string, KeyPair>();

async function storeWith(...names: string[]): Promise<string> {
  const inBase64 = (pem: string): string => Buffer.from(pem).toString('base64');
  const entries = [];
  for (const name of names) {
    const pair = pairs.get(name) ?? (await makeStandIn([name], Date.now()));
    pairs.set(name, pair);
    entries.push({
      domain: { main: name },
      certificate: inBase64(pair.certificate),
      key: inBase64(pair.key),
    });
  }
  return JSON.stringify({ letsencrypt: { Account: null, Certificates: entries } });
}

/** A Traefik that serves a certificate for each of these names. */
async function answering(names: string[]): Promise<RunningTraefik> {
  server?.close();
  const shown = names.map((name) => ({
    ...{ name, commonName: '', sans: [name], issuerOrg: "Let's Encrypt", issuerCN: 'R11' },
    ...{ notBefore: '1970-01-01T00:00:00Z', notAfter: '2199-01-01T00:00:00Z' },
  }));
  server = createServer((_, answer) => answer.end(JSON.stringify(shown))).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const apis = (): Promise<string[]> => Promise.resolve([`http://127.0.0.1:${port}`]);
  const staticConfiguration = {
    certificatesResolvers: { letsencrypt: { acme: { storage: '/acme/acme.json' } } },
  };
  return { access: { apis, apiSecret: null, staticConfiguration }, container: 'traefik' };
}
