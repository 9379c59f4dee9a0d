import * as fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { VirtualClock } from '@itsup/docker/testing/virtual-clock';
import { simulatedSystem } from '../testing/simulated-system';
import { acquireLock, type Lock } from './lock';

jest.mock('node:fs/promises', () => ({ ...jest.requireActual<typeof fs>('node:fs/promises') }));

/** The module as the code under test has it. */
const mocked = jest.requireMock<typeof fs>('node:fs/promises');
const clock = new VirtualClock();
let folder: string;
let file: string;

beforeEach(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'itsup-lock-race-'));
  file = path.join(folder, 'lock');
});

afterEach(async () => {
  jest.restoreAllMocks();
  await fs.rm(folder, { recursive: true, force: true });
});

function take(pid: number, alive: number[], waitMs = 0): Promise<Lock> {
  const system = simulatedSystem(clock, pid, new Set(alive));
  return acquireLock({ file, what: 'stack shop', command: 'deploy', waitMs, system });
}

/** The process never comes back from its next removal of the given file. */
async function dieAtRemoval(act: () => Promise<unknown>, isIt: (file: string) => boolean): Promise<void> {
  const { rm } = jest.requireActual<typeof fs>('node:fs/promises');
  let died = (): void => undefined;
  const dead = new Promise<void>((resolve) => (died = resolve));
  jest.spyOn(mocked, 'rm').mockImplementation((target, options) => {
    if (!isIt(String(target))) return rm(target, options);
    died();
    return new Promise(() => undefined);
  });
  void act();
  await dead;
  jest.restoreAllMocks();
}

describe('a lock', () => {
  it('of a third process is let alone by one that found it released a moment ago', async () => {
    const first = await take(1, [1, 2, 3]);
    const { readFile } = jest.requireActual<typeof fs>('node:fs/promises');
    const fresh = JSON.stringify({ pid: 3, start: 'start of 3', bootId: 'boot' });
    let looks = 0;
    const look = async (target: string): Promise<string> => {
      if (target !== file) return readFile(target, 'utf8');
      looks += 1;
      if (looks === 1) await fs.rm(file);
      const text = await readFile(target, 'utf8').catch((error: Error) => error);
      if (looks === 2) await fs.writeFile(file, fresh);
      if (typeof text === 'string') return text;
      throw text;
    };
    jest.spyOn(mocked, 'readFile').mockImplementation(look as typeof fs.readFile);
    const second = await take(2, [1, 2, 3]).catch(() => null);
    jest.restoreAllMocks();
    const there = await readFile(file, 'utf8');
    expect([second !== null, there === fresh]).toEqual(looks < 2 ? [true, false] : [false, true]);
    await first.release();
    expect(await readFile(file, 'utf8')).toBe(there);
  });

  it('of a dead process is taken by one at a time, also when who broke it died over that', async () => {
    await take(1, [1]);
    await dieAtRemoval(
      () => take(2, [2]),
      (target) => target === file,
    );
    await dieAtRemoval(
      () => take(3, [3]),
      (target) => target.endsWith('.break'),
    );
    const alive = [11, 12, 13, 14, 15, 16];
    let inside = 0;
    let most = 0;
    const enter = async (pid: number): Promise<void> => {
      const lock = await take(pid, alive, 600_000);
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setTimeout(resolve, 2));
      inside -= 1;
      await lock.release();
    };
    await Promise.all(alive.map(enter));
    expect(most).toBe(1);
    expect(await fs.readdir(folder)).toEqual([]);
  });
});
