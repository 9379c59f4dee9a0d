import { setTimeout as sleep } from 'node:timers/promises';

import { describeWithProxy } from '../harness/engine/describe-with';
import { containersOf } from '../harness/engine/engine';
import { NODE } from '../harness/engine/images';
import { freePorts } from '../harness/traffic/ports';
import { succeeded } from '../harness/run';
import type { TestWorkspace } from '../harness/workspace/workspace';
import { openLedger } from '../load/ledger';
import { createLoadWorkspace } from '../load/load-workspace';
import { writeLoadProject, type LoadProject } from '../load/load-project';
import { openLoadRun, shortProfiles, type LoadRun } from '../load/load-run';

const HOST = 'load.test';

describeWithProxy([NODE], 'a project whose folder is renamed under load', () => {
  let workspace: TestWorkspace;
  let running: LoadRun;
  let written: LoadProject;
  let folder: string;

  beforeAll(async () => {
    workspace = await createLoadWorkspace();
    folder = workspace.name('first');
    const [tcp = 0, udp = 0] = await freePorts(2);
    const ledger = await openLedger();
    written = { version: 'v0', ledgerPort: ledger.port, hostports: { tcp, udp }, listenAfterMs: 1_000 };
    await writeLoadProject(workspace, folder, written);
    succeeded(await workspace.nx(['run-many', '-t', 'deploy'], { timeoutMs: 280_000 }));
    running = await openLoadRun(
      shortProfiles({ webSecure: workspace.ports.webSecure, host: HOST, tcp, udp }),
      ledger,
    );
    await sleep(2_000);
    expect(running.failures()).toEqual({});
  });
  afterAll(async () => {
    await running?.end();
    await workspace?.dispose();
  });

  /** `git mv` of the folder, with these changes. */
  async function rename(to: string, changes: Partial<LoadProject> = {}): Promise<void> {
    await workspace.remove(`projects/${folder}`);
    folder = workspace.name(to);
    written = { ...written, ...changes };
    await writeLoadProject(workspace, folder, written);
  }
  const itsup = async (args: string[]): Promise<string> =>
    succeeded(await workspace.itsup(args, { timeoutMs: 240_000 })).all;

  async function expectNothingLost(): Promise<void> {
    await sleep(1_000);
    expect(running.failures()).toEqual({});
  }

  it('is a Compose project of another name: both serve, and prune hands on before it stops the old one', async () => {
    const old = folder;
    await rename('second', { version: 'v1' });
    expect(await itsup(['deploy', folder])).toContain('itsup prune');
    await expectNothingLost();
    expect(await itsup(['prune'])).toContain(`${folder} serves the same routes and gets its requests`);
    running.load.expectVersion('v1');
    await expectNothingLost();
    expect(await containersOf(old)).toEqual([]);
  });

  it('keeps its containers where the Compose file has a name: who comes waits while they are recreated', async () => {
    running.load.expectVersion(null);
    const composeName = folder;
    await rename('third', { version: 'v2', composeName, writable: true });
    await itsup(['deploy', folder, '--adopt']);
    await expectNothingLost();
    await itsup(['prune']);
    await expectNothingLost();
    await rename('fourth', { version: 'v3' });
    expect(await itsup(['deploy', folder, '--adopt'])).toMatch(/connections? waited, at most/);
    running.load.expectVersion('v3');
    await expectNothingLost();
    await itsup(['prune']);
    await expectNothingLost();
    expect((await containersOf(composeName)).map(({ status }) => status)).toEqual(['running']);
  });

  it('carried out no POST twice, and none that was answered is missing', async () => {
    expect((await running.end()).failures).toEqual({});
  });
});
