import { mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import type { System } from '../context';
import { VirtualClock } from '@itsup/docker/testing/virtual-clock';
import { simulatedSystem } from '../testing/simulated-system';
import { acquireLock, lockedBy, type Lock } from './lock';

let folder: string;
const clock = new VirtualClock();

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'itsup-lock-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

function take(system: System, waitMs = 0, onWait?: (holder: string) => void): Promise<Lock> {
  const file = path.join(folder, 'lock');
  return acquireLock({
    file,
    what: 'stack shop',
    command: 'deploy',
    waitMs,
    system,
    ...(onWait && { onWait }),
  });
}

const both = new Set([1, 2]);

describe('acquireLock', () => {
  it('lets one in and says who it is to the next', async () => {
    const lock = await take(simulatedSystem(clock, 1, both));
    await expect(take(simulatedSystem(clock, 2, both))).rejects.toThrow(
      /stack shop is locked by deploy of operator@host \(pid 1\)/,
    );
    await lock.release();
    await (await take(simulatedSystem(clock, 2, both))).release();
    expect(await readdir(folder)).toEqual([]);
  });

  it('removes what a process left that was killed while it took the lock, and not what one is about to link', async () => {
    const dead = await take(simulatedSystem(clock, 1, both));
    await rename(path.join(folder, 'lock'), path.join(folder, 'lock.0b1e.tmp'));
    await dead.release();
    const living = await take(simulatedSystem(clock, 2, both));
    await rename(path.join(folder, 'lock'), path.join(folder, 'lock.4711.tmp'));
    await living.release();
    await (await take(simulatedSystem(clock, 2, new Set([2])))).release();
    expect(await readdir(folder)).toEqual(['lock.4711.tmp']);
  });

  it('waits for the holder when it is told to', async () => {
    const first = await take(simulatedSystem(clock, 1, both));
    const told: string[] = [];
    const second = take(simulatedSystem(clock, 2, both), 60_000, (holder) => {
      told.push(holder);
      void first.release();
    });
    await (await second).release();
    expect(told).toHaveLength(1);
  });

  it.each<[string, System]>([
    ['whose process is gone', simulatedSystem(clock, 2, new Set([2]))],
    ['of before a reboot', { ...simulatedSystem(clock, 2, both), bootId: 'another boot' }],
    [
      'whose pid is another process by now',
      {
        ...simulatedSystem(clock, 2, both),
        processStart: (pid) => Promise.resolve(`another start of ${pid}`),
      },
    ],
  ])('takes it from a holder %s', async (_what, system) => {
    await take(simulatedSystem(clock, 1, both));
    await (await take(system)).release();
    expect(await readdir(folder)).toEqual([]);
  });

  it('takes it from a holder that left no sense', async () => {
    await writeFile(path.join(folder, 'lock'), 'garbage');
    await (await take(simulatedSystem(clock, 1, both))).release();
  });

  it('lets exactly one of many in when a holder died', async () => {
    await take(simulatedSystem(clock, 1, both));
    const alive = new Set([11, 12, 13, 14, 15]);
    let inside = 0;
    let most = 0;
    const enter = async (pid: number): Promise<void> => {
      const lock = await take(simulatedSystem(clock, pid, alive), 600_000);
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setTimeout(resolve, 2));
      inside -= 1;
      await lock.release();
    };
    await Promise.all([...alive].map(enter));
    expect(most).toBe(1);
  });

  it('names the holder to those who only look', async () => {
    const file = path.join(folder, 'lock');
    expect(await lockedBy(file, simulatedSystem(clock, 1, both))).toBeNull();
    const lock = await take(simulatedSystem(clock, 1, both));
    expect(await lockedBy(file, simulatedSystem(clock, 2, both))).toContain('pid 1');
    expect(await lockedBy(file, simulatedSystem(clock, 2, new Set([2])))).toBeNull();
    await lock.release();
  });
});
