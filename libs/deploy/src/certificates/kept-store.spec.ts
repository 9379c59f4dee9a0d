import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { openState } from '../state/state';
import { SimulatedWorkspace } from '../testing/simulated-workspace';
import { checkStore, keepStore, readKept, storeFlaw } from './kept-store';
import { makeStandIn } from './stand-in';

const STORE = JSON.stringify({ letsencrypt: { Account: { Email: 'ops@example.com' }, Certificates: [] } });

let simulated: SimulatedWorkspace;
let folder: string;

beforeEach(async () => {
  simulated = await SimulatedWorkspace.create();
  folder = await mkdtemp(path.join(tmpdir(), 'itsup-store-'));
});
afterEach(async () => {
  await simulated.dispose();
  await rm(folder, { recursive: true });
});

describe('checkStore', () => {
  const look = async () => {
    let asked = 0;
    const context = { ...simulated.context(), state: openState(folder) };
    const check = await checkStore(
      context,
      async () => {
        asked += 1;
        return { context, image: 'traefik:v3', user: null, container: null };
      },
      null,
    );
    return { ...check, asked };
  };

  it('asks the engine nothing where there is no acme.json, or it is as it was', async () => {
    expect(await look()).toEqual({ notes: [], reason: null, asked: 0 });
    await mkdir(path.join(folder, 'acme'), { recursive: true });
    await writeFile(path.join(folder, 'acme/acme.json'), STORE, { mode: 0o600 });
    expect(await look()).toEqual({ notes: [], reason: null, asked: 1 });
    expect(await look()).toEqual({ notes: [], reason: null, asked: 0 });
  });

  it('keeps no copy of what holds no certificate', async () => {
    await mkdir(path.join(folder, 'acme'), { recursive: true });
    await writeFile(path.join(folder, 'acme/acme.json'), STORE, { mode: 0o600 });
    await look();
    expect(await readKept(openState(folder))).toBeNull();
  });
});

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

async function storeWith(name: string): Promise<string> {
  const { certificate, key } = await makeStandIn([name], Date.now());
  const inBase64 = (pem: string): string => Buffer.from(pem).toString('base64');
  const entry = { domain: { main: name }, certificate: inBase64(certificate), key: inBase64(key) };
  return JSON.stringify({ letsencrypt: { Account: null, Certificates: [entry] } });
}
