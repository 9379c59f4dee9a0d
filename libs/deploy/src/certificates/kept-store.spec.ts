import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { openState } from '../state/state';
import { SimulatedWorkspace } from '../testing/simulated-workspace';
import { checkStore, readKept } from './kept-store';

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
