import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import type { DeployRecord } from '../requests';
import { writeFileAtomic } from './atomic-file';
import { KEPT_RECORDS, newRecordId, pruneRecords, readRecords, restorePath, writeRecord } from './records';
import { openState, type State } from './state';

let state: State;

beforeEach(async () => {
  state = openState(await mkdtemp(path.join(os.tmpdir(), 'itsup-records-')));
});

afterEach(() => rm(state.dir, { recursive: true, force: true }));

function record(minute: number): DeployRecord {
  const now = Date.parse('2026-01-01T00:00:00Z') + minute * 60_000;
  return {
    id: newRecordId(now),
    stack: 'shop',
    command: 'deploy',
    outcome: 'deployed',
    startedAt: new Date(now).toISOString(),
    durationMs: 1,
    by: 'ann',
    commit: null,
    services: [],
    steps: [],
    problems: [],
    restorable: true,
  };
}

async function write(count: number): Promise<string[]> {
  const records = Array.from({ length: count }, (_, minute) => record(minute));
  for (const one of records) {
    await writeRecord(state, one);
    await writeFileAtomic(restorePath(state, 'shop', one.id), '{}');
  }
  return records.map(({ id }) => id);
}

describe('readRecords', () => {
  it('gives the newest first, as many as are asked for', async () => {
    const ids = await write(3);
    expect((await readRecords(state, 'shop')).map(({ id }) => id)).toEqual([...ids].reverse());
    expect((await readRecords(state, 'shop', 1)).map(({ id }) => id)).toEqual([ids[2]]);
  });

  it('has none of a stack that was never deployed, and leaves out what it cannot read', async () => {
    expect(await readRecords(state, 'shop')).toEqual([]);
    const [id] = await write(1);
    await writeFile(path.join(state.stackDir('shop'), 'records', 'zz.json'), 'garbage');
    await writeFile(path.join(state.stackDir('shop'), 'records', 'zy.json'), '{"version":99}');
    expect((await readRecords(state, 'shop')).map((one) => one.id)).toEqual([id]);
  });
});

describe('pruneRecords', () => {
  it('takes the oldest away beyond the bound, with what restores them', async () => {
    const ids = await write(KEPT_RECORDS + 2);
    expect(await pruneRecords(state, 'shop')).toEqual(ids.slice(0, 2));
    const kept = ids.slice(2).map((id) => `${id}.json`);
    for (const folder of ['records', 'restore'])
      expect((await readdir(path.join(state.stackDir('shop'), folder))).sort()).toEqual(kept);
    expect(await pruneRecords(state, 'shop')).toEqual([]);
  });

  it('has nothing to do for a stack without records', async () => {
    expect(await pruneRecords(state, 'shop')).toEqual([]);
  });
});
