import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { describeWithOwnEngine } from '../harness/engine/describe-with';
import { identityOf } from '../harness/engine/engine';
import { NODE } from '../harness/engine/images';
import { ENGINE_DISK, fillDisk } from '../harness/engine/own-engine';
import { output } from '../harness/run';
import { RolledProject } from '../load';

describeWithOwnEngine([NODE], 'a disk that is full', () => {
  /** A disk of its own for checkout and state folder. */
  let disk: string;
  let project: RolledProject;

  beforeAll(async () => {
    disk = await mkdtemp(join(tmpdir(), 'itsup-e2e-disk-'));
    await output('mount', ['-t', 'tmpfs', '-o', 'size=256m', 'none', disk]);
    project = await RolledProject.open({ parent: disk });
  });
  afterAll(async () => {
    await project?.close();
    // A daemon of Nx may be about to end there.
    await output('umount', ['--lazy', disk]);
    await rm(disk, { recursive: true });
  });

  it.each([
    ["the engine's", () => ENGINE_DISK],
    ["the workspace's", () => disk],
  ])('%s, leaves the old version serving and says what is full', async (_, folder) => {
    const serving = { ...project.current };
    const before = await identityOf(project.app);
    project.running.load.expectVersion(serving.version);
    await project.writeLabels();
    const makeRoom = await fillDisk(folder());
    const { exitCode, all } = await project.apply();
    expect(exitCode).toBe(1);
    // The workspace is where Nx itself writes, which names the error by its code.
    expect(all).toMatch(/no space left on device|ENOSPC/i);
    await sleep(500);
    expect(project.running.failures()).toEqual({});
    expect(await identityOf(project.app)).toEqual(before);
    await makeRoom();
    await project.deploy();
  });
});
