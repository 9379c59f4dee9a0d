import { setTimeout as sleep } from 'node:timers/promises';
import {
  allProfiles,
  createLoadWorkspace,
  failuresOf,
  openLedger,
  openLoadRun,
  writeLoadProject,
} from '@itsup/e2e/load';
import { output, succeeded } from '@itsup/e2e/run';
import type { TestWorkspace } from '@itsup/e2e/workspace';
import { parse, stringify } from 'yaml';
import { spreadOf, type Spread } from '../measure';
import { parseEvents, phasesOf, type ContainerEvent } from '../rollout/phases';
import { composeUp, dockerRollout, itsup, type Tool } from '../rollout/tools';
import { timeRow, type Row } from '../table';

const HOST = 'load.test';
const SETTLE_MS = 2_000;
/** Durations: ours beyond what the containers take, against all that docker-rollout takes. */
const BOUND = 0.5;

/** How often a service is rolled by each tool, and whether the bounds hold. */
export interface Plan {
  /** Of each kind of change: the environment alone, and a label too. */
  rolloutsOfEach: number;
  /** Path of the original docker-rollout script; null: it is not measured. */
  script: string | null;
  judged: boolean;
}

/** What one tool's rollouts under load came to. */
interface Result {
  requests: number;
  failures: number;
  /** Seconds of the whole command. */
  command: Spread;
  /** Seconds of the rollout that neither the start of the new container nor the end of the old one took. */
  beyond: Spread;
}

/** Changes of one service under constant load, by each tool in turn, with and without a health check. */
export async function rolloutRows({ rolloutsOfEach, script, judged }: Plan): Promise<Row[]> {
  const workspace = await createLoadWorkspace({ settings: { dns: { enabled: false } } });
  try {
    const app = workspace.name('load');
    const ours = itsup(workspace);
    const others = [composeUp(workspace), ...(script === null ? [] : [dockerRollout(workspace, script)])];
    const rows: Row[] = [];
    for (const healthcheck of [true, false]) {
      const project = loadProject(workspace, app, healthcheck);
      const mine = await rollUnderLoad(project, ours, rolloutsOfEach);
      for (const other of others) {
        const theirs = await rollUnderLoad(project, other, rolloutsOfEach);
        rows.push(...comparison(mine, theirs, { other: other.name, healthcheck, rolloutsOfEach, judged }));
      }
    }
    return rows;
  } finally {
    await workspace.dispose();
  }
}

interface LoadedProject {
  workspace: TestWorkspace;
  app: string;
  /** Writes another version, which reports its POSTs to the ledger on this port; with `labels` also another domain. */
  change(labels: boolean, ledgerPort: number): Promise<void>;
}

function loadProject(workspace: TestWorkspace, app: string, healthcheck: boolean): LoadedProject {
  let version = 0;
  let domains = [HOST];
  return {
    workspace,
    app,
    change: async (labels, ledgerPort) => {
      version += 1;
      if (labels) domains = domains.length > 1 ? [HOST] : [HOST, `www.${HOST}`];
      await writeLoadProject(workspace, app, { version: `v${version}`, domains, ledgerPort });
      if (!healthcheck) await removeHealthcheck(workspace, `projects/${app}/docker-compose.yml`);
    },
  };
}

async function removeHealthcheck(workspace: TestWorkspace, file: string): Promise<void> {
  const compose = parse(await workspace.read(file)) as { services: { web: Record<string, unknown> } };
  delete compose.services.web['healthcheck'];
  await workspace.write(file, stringify(compose));
}

async function rollUnderLoad(project: LoadedProject, tool: Tool, times: number): Promise<Result> {
  const { workspace, app } = project;
  const ledger = await openLedger();
  await project.change(false, ledger.port);
  succeeded(await workspace.nx(['run-many', '-t', 'deploy'], { timeoutMs: 200_000 }));
  await sleep(SETTLE_MS);
  // A websocket ends with its container, whoever replaces that.
  const profiles = allProfiles({ webSecure: workspace.ports.webSecure, host: HOST });
  const load = await openLoadRun(
    profiles.filter(({ kind }) => kind === 'http'),
    ledger,
  );
  await sleep(SETTLE_MS);
  const early = load.failures();
  const command: number[] = [];
  const beyond: number[] = [];
  for (const labels of Array.from({ length: times }, () => [false, true]).flat()) {
    await project.change(labels, ledger.port);
    await tool.prepare(app);
    const since = Date.now();
    const began = performance.now();
    await tool.deploy(app);
    const took = (performance.now() - began) / 1000;
    await sleep(SETTLE_MS);
    const { start, stop } = phasesOf(await eventsSince(app, since));
    command.push(took);
    beyond.push((await tool.rollout(app, took)) - start - stop);
  }
  const { tallies, failures } = await load.end();
  if (Object.keys(early).length > 0) throw new Error(`requests fail already: ${JSON.stringify(early)}`);
  const { missing = 0, twice = 0 } = failures['ledger'] ?? {};
  return {
    requests: Object.values(tallies).reduce((sum, { sent }) => sum + sent, 0),
    failures: failuresOf(tallies) + missing + twice,
    command: spreadOf(command),
    beyond: spreadOf(beyond),
  };
}

/** What the engine told of the service's containers since then. */
async function eventsSince(app: string, since: number): Promise<ContainerEvent[]> {
  const seconds = (ms: number): string => (ms / 1000).toFixed(3);
  const filters = ['type=container', `label=com.docker.compose.project=${app}`];
  return parseEvents(
    await output('docker', [
      ...['events', '--since', seconds(since), '--until', seconds(Date.now()), '--format', '{{json .}}'],
      ...filters.flatMap((filter) => ['--filter', filter]),
    ]),
  );
}

function comparison(
  ours: Result,
  theirs: Result,
  how: { other: string; healthcheck: boolean; rolloutsOfEach: number; judged: boolean },
): Row[] {
  const { other: against, judged } = how;
  const kind = how.healthcheck ? 'with a health check' : 'without a health check';
  const what = `${how.rolloutsOfEach * 2} changes of a service ${kind}, under load`;
  const isRollout = !against.includes('up -d');
  return [
    {
      measure: `${what}: failed requests`,
      against,
      ours: `${ours.failures} of ${ours.requests}`,
      other: `${theirs.failures} of ${theirs.requests}`,
      ratio: ours.failures === 0 ? 0 : ours.failures / theirs.failures,
      bound: judged ? 0 : null,
    },
    ...(isRollout
      ? [
          timeRow({
            measure: `${what}: the rollout beyond container start, drain and stop`,
            against: `${against}, the whole of it`,
            ours: ours.beyond,
            other: theirs.command,
            bound: judged ? BOUND : null,
          }),
          // Without a bound: with a health check the script is four calls of Compose, and ours has the proxy
          // acknowledge three times.
          timeRow({
            measure: `${what}: the rollout beyond container start, drain and stop`,
            against: `${against}, beyond container start and stop too`,
            ours: ours.beyond,
            other: theirs.beyond,
            bound: null,
          }),
        ]
      : []),
    timeRow({
      measure: `${what}: the whole command, from the sources on`,
      against: `${against}, of a finished artifact`,
      ours: ours.command,
      other: theirs.command,
      bound: null,
    }),
  ];
}
