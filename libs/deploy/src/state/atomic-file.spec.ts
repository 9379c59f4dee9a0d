import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { VirtualClock } from '@itsup/docker/testing/virtual-clock';
import { simulatedSystem } from '../testing/simulated-system';
import { readJsonOrNull, removeUnfinished, writeFileAtomic } from './atomic-file';
import { claimWorkspace, readIdentity } from './identity';
import { openJournal } from './journal';
import { openState } from './state';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'itsup-atomic-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** What `writeFileAtomic` has on disk in the moment before it renames. */
const unfinished = (name: string): string => `.${name}.${randomUUID()}.tmp`;

describe('removeUnfinished', () => {
  it('removes what a killed writer left, and nothing else', async () => {
    await mkdir(path.join(folder, 'records'));
    const kept = ['.rollout-shop-web.yml.tmp', 'lock.0b1e.tmp', 'notes.tmp', 'records'];
    await writeFileAtomic(path.join(folder, 'records/one.json'), '{}');
    for (const name of kept.slice(0, 3)) await writeFile(path.join(folder, name), '');
    await writeFile(path.join(folder, unfinished('journal.json')), '{"ver');
    await writeFile(path.join(folder, 'records', unfinished('two.json')), '');
    await removeUnfinished(folder);
    expect((await readdir(folder)).sort()).toEqual(kept);
    expect(await readdir(path.join(folder, 'records'))).toEqual(['one.json']);
    await expect(removeUnfinished(path.join(folder, 'nowhere'))).resolves.toBeUndefined();
  });

  it('is done when the journal of a stack is opened', async () => {
    const state = openState(folder);
    const stack = state.stackDir('shop');
    await mkdir(stack, { recursive: true });
    await writeFile(path.join(stack, unfinished('journal.json')), '{"ver');
    const system = simulatedSystem(new VirtualClock(), 1, new Set([1]));
    const journal = await openJournal({ state, stack: 'shop', id: 'one', command: 'deploy', system });
    await journal.close();
    expect(await readdir(stack)).toEqual([]);
  });
});

describe('readJsonOrNull', () => {
  const file = (): string => path.join(folder, 'published.json');

  it('refuses what a later version wrote, unless nothing is decided on it', async () => {
    await writeFile(file(), '{"version": 2, "owners": {}}');
    await expect(readJsonOrNull(file(), 1)).rejects.toThrow(
      /published\.json was written by a later version of itsup in format 2, and this one reads 1 alone/,
    );
    expect(await readJsonOrNull(file(), 1, { newer: 'leave-out' })).toBeNull();
  });

  it('takes what an earlier version wrote, and what is no JSON, for nothing', async () => {
    for (const text of ['{"version": 0}', '[]', '{"ver', 'null']) {
      await writeFile(file(), text);
      expect(await readJsonOrNull(file(), 1)).toBeNull();
    }
    await rm(file());
    expect(await readJsonOrNull(file(), 1)).toBeNull();
  });
});

describe('readIdentity', () => {
  it('does not begin anew over one that is damaged', async () => {
    const state = openState(folder);
    expect(await readIdentity(state)).toBeNull();
    await writeFile(state.workspaceFile, '');
    await expect(readIdentity(state)).rejects.toThrow(/workspace\.json is damaged/);
    await expect(claimWorkspace(state, '/srv/itsup', true)).rejects.toThrow(/is damaged/);
  });
});
