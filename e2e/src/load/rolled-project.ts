import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { containersOf } from '../harness/engine/engine';
import { freePorts } from '../harness/traffic/ports';
import { output, succeeded, type Run } from '../harness/run';
import type { TestWorkspace, WorkspaceOptions } from '../harness/workspace/workspace';
import { openLedger } from './ledger';
import { writeLoadProject, type LoadProject } from './load-project';
import { allProfiles, openLoadRun, type LoadRun } from './load-run';
import { createLoadWorkspace } from './load-workspace';
import type { Profile } from './profile';
import { DAEMON, journalOf, reachedStep, signalAtStep, type Ended } from './signal-at-step';

const HOST = 'load.test';

/** A project that serves under constant load of every kind while it is changed, and what must hold around a change. */
export class RolledProject {
  /** How it is written now. */
  current: LoadProject;
  private generation = 0;

  private constructor(
    readonly workspace: TestWorkspace,
    readonly app: string,
    readonly running: LoadRun,
    written: LoadProject,
    private readonly ports: { tcp: number; udp: number },
  ) {
    this.current = written;
  }

  /** The main domain of the project. */
  readonly host = HOST;

  /** Deploys it and the proxy, and sends it requests until `end`. */
  static async open(
    options: WorkspaceOptions = {},
    project: Partial<LoadProject> = {},
    profilesOf: (target: Parameters<typeof allProfiles>[0]) => Profile[] = allProfiles,
  ): Promise<RolledProject> {
    const workspace = await createLoadWorkspace(options);
    const app = workspace.name('load');
    const [tcp = 0, udp = 0] = await freePorts(2);
    const ledger = await openLedger();
    const written = { version: 'v0', ledgerPort: ledger.port, hostports: { tcp, udp }, ...project };
    await writeLoadProject(workspace, app, written);
    succeeded(await workspace.nx(['run-many', '-t', 'deploy'], { timeoutMs: 280_000 }));
    const { webSecure } = workspace.ports;
    const profiles = profilesOf({ webSecure, host: HOST, tcp, udp, slowMs: 1_000 });
    const running = await openLoadRun(profiles, ledger);
    const rolled = new RolledProject(workspace, app, running, written, { tcp, udp });
    await sleep(2_000);
    expect(running.failures()).toEqual({});
    return rolled;
  }

  /** Ends the load and removes everything. */
  async close(): Promise<void> {
    await this.running.end();
    await this.workspace.nx(['daemon', '--stop'], { env: DAEMON });
    await this.workspace.dispose();
  }

  /** Responses that take longer than a rollout; each makes it wait. */
  slowProfiles(): Profile[] {
    const { webSecure } = this.workspace.ports;
    return allProfiles({ webSecure, host: HOST, ...this.ports, slowMs: 5_000 }).filter(({ name }) =>
      name.startsWith('slow'),
    );
  }

  /** Writes the next version of the project with these changes. */
  async write(changes: Partial<LoadProject>): Promise<void> {
    this.generation += 1;
    await this.rewrite({ version: `v${this.generation}`, ...changes });
  }

  /** Writes the project with these changes alone. */
  async rewrite(changes: Partial<LoadProject>): Promise<void> {
    const { broken, restart, ...rest } = this.current;
    void broken;
    void restart;
    this.current = { ...rest, ...changes };
    await writeLoadProject(this.workspace, this.app, this.current);
  }

  /** A change of environment and, every time another one, of labels. */
  writeLabels(): Promise<void> {
    return this.write({ domains: this.generation % 2 === 0 ? [HOST] : [HOST, `api.${HOST}`] });
  }

  readonly apply = (): Promise<Run> =>
    this.workspace.itsup(['apply', this.app], { timeoutMs: 200_000, env: DAEMON });

  /** Deploys, and checks that nobody noticed but by the version. */
  async deploy(act: () => Promise<Run> = this.apply): Promise<Run> {
    this.running.load.expectVersion(null);
    const run = succeeded(await act());
    this.running.load.expectVersion(this.current.version);
    await sleep(1_000);
    expect(this.running.failures()).toEqual({});
    await this.expectClean();
    return run;
  }

  /** Exactly the wanted containers, no pin, no journal, no lock. */
  async expectClean(): Promise<void> {
    const { app, workspace, current } = this;
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

  /** Starts a deploy and signals it as soon as it is at the step, or past it. */
  signalAt(step: string, signal: 'SIGKILL' | 'SIGINT'): Promise<Ended> {
    return signalAtStep(this.workspace, this.app, step, signal);
  }

  /** Waits until a deploy is at the step, or past it. */
  reached(step: string, isOver: () => boolean): Promise<void> {
    return reachedStep(this.workspace, this.app, step, isOver);
  }

  /** What a deploy left in the journal for the next one; null: nothing. */
  async unsettledRollout(): Promise<{ direction: string } | null> {
    const journal = (await journalOf(this.workspace, this.app)) || '{"rollout":null}';
    return (JSON.parse(journal) as { rollout: { direction: string } | null }).rollout;
  }
}
