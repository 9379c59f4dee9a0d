import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { rolloutSteps } from '@itsup/deploy';

import { http } from '../harness/clients';
import { describeWithProxy } from '../harness/describe-with';
import { containersOf } from '../harness/engine';
import { eventually } from '../harness/eventually';
import { NODE } from '../harness/images';
import { freePorts } from '../harness/ports';
import { output, succeeded, userEnvironment } from '../harness/run';
import { createWorkspace, type TestWorkspace } from '../harness/workspace';
import {
  allProfiles,
  openLedger,
  openLoadRun,
  writeLoadProject,
  type LoadProject,
  type LoadRun,
} from '../load';

const host = 'load.test';

describeWithProxy([NODE], 'a rollout under load', () => {
  let workspace: TestWorkspace;
  let app: string;
  let current: LoadProject;
  let running: LoadRun;
  let generation = 0;

  beforeAll(async () => {
    workspace = await createWorkspace();
    app = workspace.name('load');
    const [tcp = 0, udp = 0] = await freePorts(2);
    const ledger = await openLedger();
    current = { version: 'v0', ledgerPort: ledger.port, hostports: { tcp, udp } };
    await writeLoadProject(workspace, app, current);
    succeeded(await workspace.nx(['run-many', '-t', 'deploy'], { timeoutMs: 280_000 }));
    const { webSecure } = workspace.ports;
    await eventually(async () =>
      expect(await http({ address: '127.0.0.1', port: webSecure, tls: true, host })).toMatchObject({
        status: 200,
      }),
    );
    running = await openLoadRun(allProfiles({ webSecure, host, tcp, udp }), ledger);
    await sleep(3_000);
    expect(running.failures()).toEqual({});
  });

  afterAll(async () => {
    await running?.end();
    await workspace?.dispose();
  });

  /** Writes the next version of the project with these changes. */
  async function write(changes: Partial<LoadProject>): Promise<string> {
    generation += 1;
    const { broken, ...rest } = current;
    void broken;
    current = { ...rest, version: `v${generation}`, ...changes };
    await writeLoadProject(workspace, app, current);
    return current.version;
  }

  /** Deploys, and checks that nobody noticed but by the version. */
  async function deploy(): Promise<void> {
    running.load.expectVersion(null);
    const result = await workspace.itsup(['apply', app], { timeoutMs: 200_000 });
    succeeded(result);
    running.load.expectVersion(current.version);
    await sleep(2_000);
    expect(running.failures()).toEqual({});
    await expectClean();
  }

  /** Exactly the wanted containers, no pin, no journal, no lock. */
  async function expectClean(): Promise<void> {
    const containers = await containersOf(app);
    expect(containers.map(({ status, health }) => `${status} ${health}`)).toEqual(
      Array<string>(current.replicas ?? 1).fill('running healthy'),
    );
    for (const { id } of containers) {
      const environment = await output('docker', ['inspect', '--format', '{{json .Config.Env}}', id]);
      expect(JSON.parse(environment)).toContain(`VERSION=${current.version}`);
    }
    const dynamic = await readdir(join(workspace.state, 'traefik/dynamic'));
    expect(dynamic.filter((name) => name.includes('rollout'))).toEqual([]);
    const left = await readdir(join(workspace.state, 'stacks', app));
    expect(left.filter((name) => /^(journal|lock)/.test(name))).toEqual([]);
  }

  it('loses nothing when the environment changes', async () => {
    await write({});
    await deploy();
  });

  it('loses nothing when the image changes', async () => {
    const image = `${workspace.prefix}backend:two`;
    const made = await output('docker', ['create', NODE, 'true']);
    await output('docker', ['commit', '--change', 'LABEL changed=yes', made, image]);
    await output('docker', ['rm', made]);
    await write({ image });
    await deploy();
  });

  it('loses nothing when labels change: another domain', async () => {
    await write({ domains: [host, `www.${host}`] });
    await deploy();
    const { webSecure: port } = workspace.ports;
    expect(await http({ address: '127.0.0.1', port, tls: true, host: `www.${host}` })).toMatchObject({
      status: 200,
    });
  });

  it('loses nothing when labels change: other ports, of TCP and UDP as well', async () => {
    await write({ port: 9080 });
    await deploy();
  });

  it('loses nothing when the number of replicas changes', async () => {
    await write({ replicas: 3 });
    await deploy();
    await write({ replicas: 1 });
    await deploy();
  });

  it.each([
    ['ends at start', 'exit', 'cannot open the database'],
    ['is never healthy', 'unhealthy', 'unhealthy'],
    ['does not answer on its port', 'deaf', 'port'],
  ] as const)('keeps the old version when the new one %s', async (_, broken, message) => {
    const serving = { ...current };
    running.load.expectVersion(serving.version);
    await write({ broken });
    const { exitCode, all } = await workspace.itsup(['apply', app], { timeoutMs: 200_000 });
    expect(exitCode).not.toBe(0);
    expect(all).toContain(message);
    await sleep(1_000);
    expect(running.failures()).toEqual({});
    current = serving;
    await expectClean();
  });

  /** Starts a deploy and signals it as soon as the journal says that it is at the step, or past it. */
  async function signalAt(step: string, signal: 'SIGKILL' | 'SIGINT'): Promise<number | null> {
    const child = spawn(join(workspace.root, 'node_modules/.bin/itsup'), ['apply', app], {
      cwd: workspace.root,
      env: userEnvironment({ ITSUP_STATE: workspace.state }),
      stdio: 'ignore',
      detached: true,
    });
    const exit = once(child, 'exit') as Promise<[number | null]>;
    const journal = join(workspace.state, 'stacks', app, 'journal.json');
    while (child.exitCode === null && child.signalCode === null) {
      const text = await readFile(journal, 'utf8').catch(() => '');
      if (text.includes(`"name": "${step}"`)) break;
      await sleep(2);
    }
    end(child, signal);
    return (await exit)[0];
  }

  it.each(rolloutSteps)('survives a deploy that is killed at %s, and the next one ends it', async (step) => {
    await write({ domains: generation % 2 === 0 ? [host] : [host, `api.${host}`] });
    running.load.expectVersion(null);
    await signalAt(step, 'SIGKILL');
    await sleep(2_000);
    expect(running.failures()).toEqual({});
    await deploy();
  });

  it.each(['start-new', 'wait-healthy', 'drain'] as const)(
    'is back within three seconds of Ctrl-C at %s',
    async (step) => {
      await write({ domains: generation % 2 === 0 ? [host] : [host, `api.${host}`] });
      running.load.expectVersion(null);
      const began = Date.now();
      const exitCode = await signalAt(step, 'SIGINT');
      expect(exitCode).not.toBe(0);
      expect(Date.now() - began).toBeLessThan(120_000);
      await sleep(1_000);
      expect(running.failures()).toEqual({});
      await deploy();
    },
  );

  it('carried out every POST exactly once', async () => {
    const { tallies, failures } = await running.end();
    expect(failures).toEqual({});
    expect(Object.values(tallies).map(({ ok, sent }) => ok > 0 && sent > 0)).not.toContain(false);
  });
});

/** The command and whatever it started: a SIGKILL leaves no one to pass it on. */
function end(child: ChildProcess, signal: 'SIGKILL' | 'SIGINT'): void {
  if (child.pid === undefined || child.exitCode !== null) return;
  process.kill(signal === 'SIGKILL' ? -child.pid : child.pid, signal);
}
