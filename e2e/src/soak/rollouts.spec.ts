import { setTimeout as sleep } from 'node:timers/promises';

import { describeWithProxy } from '../harness/engine/describe-with';
import { containersOf } from '../harness/engine/engine';
import { NODE } from '../harness/engine/images';
import { freePorts } from '../harness/traffic/ports';
import { succeeded } from '../harness/run';
import type { TestWorkspace } from '../harness/workspace/workspace';
import {
  allProfiles,
  createLoadWorkspace,
  openLedger,
  openLoadRun,
  writeLoadProject,
  type Ledger,
  type LoadRun,
} from '../load';

const host = 'load.test';
/** Zero failures of this many leave 1 % as the bound of a rollout that fails, with 95 % certainty. */
const ROLLOUTS = Number(process.env['ITSUP_SOAK_ROLLOUTS'] ?? 300);
const DAEMON = { NX_DAEMON: 'true' };

describeWithProxy([NODE], `${ROLLOUTS} rollouts under load`, () => {
  let workspace: TestWorkspace;
  let app: string;
  let ledger: Ledger;
  let running: LoadRun;
  let ports: { tcp: number; udp: number };

  beforeAll(async () => {
    workspace = await createLoadWorkspace();
    app = workspace.name('load');
    const [tcp = 0, udp = 0] = await freePorts(2);
    ports = { tcp, udp };
    ledger = await openLedger();
    await write(0);
    succeeded(await workspace.nx(['run-many', '-t', 'deploy'], { timeoutMs: 280_000 }));
    const { webSecure } = workspace.ports;
    running = await openLoadRun(allProfiles({ webSecure, host, tcp, udp }), ledger);
    await sleep(2_000);
    expect(running.failures()).toEqual({});
  });

  afterAll(async () => {
    await running?.end();
    await workspace?.nx(['daemon', '--stop'], { env: DAEMON });
    await workspace?.dispose();
  });

  /** Every third version has other labels too. */
  async function write(version: number): Promise<void> {
    const domains = version % 3 === 0 ? [host] : [host, `www.${host}`];
    await writeLoadProject(workspace, app, {
      version: `v${version}`,
      domains,
      hostports: ports,
      ledgerPort: ledger.port,
    });
  }

  it(
    'lose nothing',
    async () => {
      for (let version = 1; version <= ROLLOUTS; version += 1) {
        await write(version);
        running.load.expectVersion(null);
        succeeded(await workspace.itsup(['apply', app], { env: DAEMON }));
        running.load.expectVersion(`v${version}`);
        expect({ version, failures: running.failures() }).toEqual({ version, failures: {} });
        expect(await containersOf(app)).toHaveLength(1);
        if (version % 10 === 0) process.stdout.write(`${version} rollouts: ${requests(running)} requests\n`);
      }
      const { tallies, failures } = await running.end();
      expect(failures).toEqual({});
      process.stdout.write(`${JSON.stringify(tallies)}\n`);
    },
    ROLLOUTS * 60_000,
  );
});

function requests(running: LoadRun): number {
  return Object.values(running.load.tallies()).reduce((sum, { sent }) => sum + sent, 0);
}
