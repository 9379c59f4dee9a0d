import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { rolloutSteps } from '@itsup/deploy';

import { http } from '../harness/clients';
import { describeWithProxy } from '../harness/describe-with';
import { containersOf, identityOf } from '../harness/engine';
import { eventually } from '../harness/eventually';
import { digestOfFolder } from '../harness/folder-digest';
import { NODE } from '../harness/images';
import { freePorts } from '../harness/ports';
import { output, succeeded, userEnvironment, type Run } from '../harness/run';
import type { TestWorkspace } from '../harness/workspace';
import {
  allProfiles,
  createLoadWorkspace,
  openLedger,
  openLoadRun,
  websocketProfile,
  writeLoadProject,
  type LoadProject,
  type LoadRun,
  type Profile,
} from '../load';

const host = 'load.test';
/** Halves what Nx takes to start; the tests run it some two hundred times. */
const DAEMON = { NX_DAEMON: 'true' };

interface Ended {
  exitCode: number | null;
  killedBy: NodeJS.Signals | null;
  /** From the signal on. */
  seconds: number;
}

describeWithProxy([NODE], 'a rollout under load', () => {
  let workspace: TestWorkspace;
  let app: string;
  let current: LoadProject;
  let running: LoadRun;
  /** Longer than a rollout takes; each makes it wait. */
  let slow: Profile[];
  let generation = 0;

  beforeAll(async () => {
    workspace = await createLoadWorkspace();
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
    const target = { webSecure, host, tcp, udp };
    running = await openLoadRun(allProfiles({ ...target, slowMs: 1_000 }), ledger);
    slow = allProfiles({ ...target, slowMs: 5_000 }).filter(({ name }) => name.startsWith('slow'));
    await sleep(2_000);
    expect(running.failures()).toEqual({});
  });

  afterAll(async () => {
    await running?.end();
    await workspace?.nx(['daemon', '--stop'], { env: DAEMON });
    await workspace?.dispose();
  });

  /** Writes the next version of the project with these changes. */
  async function write(changes: Partial<LoadProject>): Promise<void> {
    generation += 1;
    await rewrite({ version: `v${generation}`, ...changes });
  }

  /** Writes the project with these changes alone. */
  async function rewrite(changes: Partial<LoadProject>): Promise<void> {
    const { broken, restart, ...rest } = current;
    void broken;
    void restart;
    current = { ...rest, ...changes };
    await writeLoadProject(workspace, app, current);
  }

  function apply(): Promise<Run> {
    return workspace.itsup(['apply', app], { timeoutMs: 200_000, env: DAEMON });
  }

  /** Deploys, and checks that nobody noticed but by the version. */
  async function deploy(act: () => Promise<Run> = apply): Promise<void> {
    running.load.expectVersion(null);
    succeeded(await act());
    running.load.expectVersion(current.version);
    await sleep(1_000);
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
    expect(dynamic.filter((name) => !/^[a-z-]+\.yml$/.test(name) || name.startsWith('rollout'))).toEqual([]);
    const left = await readdir(join(workspace.state, 'stacks', app));
    expect(left.filter((name) => /^(journal|lock)|\.tmp$/.test(name))).toEqual([]);
  }

  it('loses nothing when the environment changes, and lets a websocket live until the drain deadline', async () => {
    const held = await openLoadRun([
      websocketProfile({ webSecure: workspace.ports.webSecure, host }),
      ...slow,
    ]);
    await sleep(1_000);
    const began = performance.now();
    await write({ drainSeconds: 8 });
    await deploy();
    const [ended = 0, ...more] = held.load.closings();
    expect(more).toEqual([]);
    expect(ended - began).toBeGreaterThan(8_000);
    expect((await held.end()).failures).toEqual({});
    await rewrite({ drainSeconds: undefined });
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

  it('loses nothing when the number of replicas changes, with the version or alone', async () => {
    await write({ replicas: 3 });
    await deploy();
    await rewrite({ replicas: 1 });
    await deploy();
    await rewrite({ replicas: 2 });
    await deploy();
    await write({ replicas: 1 });
    await deploy();
  });

  it('loses nothing when a version is taken back', async () => {
    const before = { ...current };
    await write({ domains: [host] });
    await deploy();
    const after = { ...current };
    current = before;
    await deploy(() => workspace.itsup(['rollback', app], { timeoutMs: 200_000 }));
    current = after;
    await deploy();
  });

  it('lets the second of two deploys wait for the first', async () => {
    await write({});
    await deploy(async () => {
      const [first, second] = await Promise.all([apply(), apply()]);
      succeeded(first);
      expect(first.all + second.all).toMatch(/waits for the deploy of/);
      return second;
    });
  });

  it.each([
    ['ends at start', { broken: 'exit' }, 'cannot open the database'],
    ['ends at start again and again', { broken: 'exit', restart: 'always' }, 'cannot open the database'],
    ['is never healthy', { broken: 'unhealthy' }, 'unhealthy'],
    ['does not answer on its port', { broken: 'deaf' }, 'does not answer HTTP'],
  ] as const)('keeps the old version when the new one %s', async (_, broken, message) => {
    const serving = { ...current };
    const before = await identityOf(app);
    running.load.expectVersion(serving.version);
    await write(broken);
    const { exitCode, all } = await apply();
    expect(exitCode).toBe(1);
    expect(all).toContain(message);
    await sleep(500);
    expect(running.failures()).toEqual({});
    expect(await identityOf(app)).toEqual(before);
    current = serving;
    await expectClean();
  });

  /** Starts a deploy and signals it as soon as the journal says that it is at the step, or past it. */
  async function signalAt(step: string, signal: 'SIGKILL' | 'SIGINT'): Promise<Ended> {
    const child = spawn(join(workspace.root, 'node_modules/.bin/itsup'), ['apply', app], {
      cwd: workspace.root,
      env: userEnvironment({ ITSUP_STATE: workspace.state, ...DAEMON }),
      stdio: 'ignore',
      detached: true,
    });
    const exit = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
    const journal = join(workspace.state, 'stacks', app, 'journal.json');
    while (child.exitCode === null && child.signalCode === null) {
      const text = await readFile(journal, 'utf8').catch(() => '');
      if (text.includes(`"name": "${step}"`)) break;
      await sleep(2);
    }
    const began = performance.now();
    end(child, signal);
    const [exitCode, killedBy] = await exit;
    return { exitCode, killedBy, seconds: (performance.now() - began) / 1000 };
  }

  /** What a deploy left in the journal for the next one; null: nothing. */
  async function unsettledRollout(): Promise<{ direction: string } | null> {
    const journal = await readFile(join(workspace.state, 'stacks', app, 'journal.json'), 'utf8').catch(
      () => '{"rollout":null}',
    );
    return (JSON.parse(journal) as { rollout: { direction: string } | null }).rollout;
  }

  /** A change of environment and, every time another one, of labels. */
  function writeLabels(): Promise<void> {
    return write({ domains: generation % 2 === 0 ? [host] : [host, `api.${host}`] });
  }

  it.each(rolloutSteps)('survives a deploy that is killed at %s, and the next one ends it', async (step) => {
    await writeLabels();
    running.load.expectVersion(null);
    expect(await signalAt(step, 'SIGKILL')).toMatchObject({ killedBy: 'SIGKILL' });
    await sleep(1_000);
    expect(running.failures()).toEqual({});
    await deploy();
  });

  it.each(['start-new', 'switch', 'drain'] as const)(
    'is back before Nx kills it after Ctrl-C at %s',
    async (step) => {
      const serving = current.version;
      await writeLabels();
      running.load.expectVersion(null);
      const ended = await signalAt(step, 'SIGINT');
      await sleep(500);
      expect(running.failures()).toEqual({});
      expect(ended.exitCode).toBe(130);
      // Nx kills what is there after five seconds, and takes a moment to end itself.
      expect(ended.seconds).toBeLessThan(6);
      // Settled, or back at the old containers with requests at the new ones that the next deploy waits for.
      await eventually(async () => expect((await unsettledRollout())?.direction ?? 'back').toBe('back'));
      running.load.expectVersion(serving);
      await sleep(1_000);
      expect(running.failures()).toEqual({});
      await deploy();
    },
  );

  it('loses nothing while artifacts are generated, restored and planned, a hundred times', async () => {
    running.load.expectVersion(current.version);
    const published = join(workspace.state, 'traefik/dynamic');
    const before = [await digestOfFolder(published), await identityOf('proxy'), await identityOf(app)];
    const artifact = `upstream/${app}/docker-compose.ingress.yml`;
    const routers = 'proxy/traefik/dynamic/routers-tcp.yml';
    for (let round = 0; round < 34; round += 1) {
      await workspace.remove(artifact);
      await workspace.remove(routers);
      for (const args of [
        ['run-many', '-t', 'generate'],
        ['run-many', '-t', 'generate', '--skip-nx-cache'],
        ['run', `${app}:plan`],
      ]) {
        succeeded(await workspace.nx(args, { env: DAEMON }));
      }
      await workspace.read(artifact);
      await workspace.read(routers);
    }
    expect(running.failures()).toEqual({});
    expect([await digestOfFolder(published), await identityOf('proxy'), await identityOf(app)]).toEqual(
      before,
    );
  });

  it('carried out every POST exactly once', async () => {
    const { tallies, failures } = await running.end();
    expect(failures).toEqual({});
    expect(Object.values(tallies).map(({ ok, sent }) => ok > 0 && sent > 0)).not.toContain(false);
  });
});

/** The command and whatever it started, as a terminal signals its foreground processes. */
function end(child: ChildProcess, signal: 'SIGKILL' | 'SIGINT'): void {
  if (child.pid === undefined || child.exitCode !== null) return;
  process.kill(-child.pid, signal);
}
