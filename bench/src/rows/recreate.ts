import { setTimeout as sleep } from 'node:timers/promises';
import { http } from '@itsup/e2e/clients';
import {
  createLoadWorkspace,
  failuresOf,
  openLedger,
  openLoadRun,
  shortProfiles,
  writeLoadProject,
  type LoadProject,
} from '@itsup/e2e/load';
import { freePorts } from '@itsup/e2e/ports';
import { output, succeeded } from '@itsup/e2e/run';
import type { TestWorkspace } from '@itsup/e2e/workspace';
import { spreadOf, type Spread } from '../measure';
import { parseEvents, type ContainerEvent } from '../rollout/phases';
import { composeUp, itsup, type Tool } from '../rollout/tools';
import { timeRow, type Row } from '../table';

const HOST = 'load.test';
const SWITCHED_HOST = 'switched.test';
const SETTLE_MS = 2_000;
/** Requests. */
const PER_SECOND = 200;
/** What the application takes until it listens. */
const LISTENS_AFTER_MS = 2_500;
/** From the start of the new container to the switch: with the engine's default interval against one of a second. */
const SWITCH_BOUND = 1.15;

export interface Plan {
  recreates: number;
  rollouts: number;
  judged: boolean;
}

/** A service that cannot run twice, recreated under load; and how long traffic waits for a service that is ready. */
export async function recreateRows({ recreates, rollouts, judged }: Plan): Promise<Row[]> {
  const workspace = await createLoadWorkspace({ settings: { dns: { enabled: false } } });
  try {
    const ours = await recreateUnderLoad(workspace, itsup(workspace), recreates);
    const theirs = await recreateUnderLoad(workspace, composeUp(workspace), recreates);
    const what = `${recreates} recreates of a service with a writable volume, HTTP and TCP, ${PER_SECOND} requests/s`;
    const against = '`docker compose up -d`';
    // Held: what a request waits beyond a tenth more than the gap; the bound is three tenths of a second.
    const beyond = ours.longest - 1.1 * ours.gap;
    return [
      {
        measure: `${what}: failed requests`,
        against,
        ours: `${ours.failures} of ${ours.requests}`,
        other: `${theirs.failures} of ${theirs.requests}`,
        ratio: ours.failures === 0 ? 0 : ours.failures / theirs.failures,
        bound: judged ? 0 : null,
      },
      {
        measure: `${what}: longest wait of a request`,
        against: 'the longest gap, from the stop of the old container to the port of the new one',
        ours: `${ours.longest.toFixed(2)} s`,
        other: `${ours.gap.toFixed(2)} s`,
        ratio: ours.longest / ours.gap,
        bound: judged ? ours.longest / ours.gap - Math.max(0, beyond - 0.3) / ours.gap : null,
      },
      timeRow({
        ...(await switches(workspace, rollouts)),
        measure: `from the start of the new container to the switch, the application up after ${LISTENS_AFTER_MS / 1000} s, health check every 30 s`,
        against: 'the same, every second',
        bound: judged ? SWITCH_BOUND : null,
      }),
    ];
  } finally {
    await workspace.dispose();
  }
}

interface Result {
  requests: number;
  failures: number;
  /** Seconds. */
  longest: number;
  gap: number;
}

async function recreateUnderLoad(workspace: TestWorkspace, tool: Tool, times: number): Promise<Result> {
  const app = workspace.name('recreated');
  const ledger = await openLedger();
  const [tcp = 0, udp = 0] = await freePorts(2);
  const project: Omit<LoadProject, 'version'> = {
    ledgerPort: ledger.port,
    hostports: { tcp, udp },
    writable: true,
    listenAfterMs: LISTENS_AFTER_MS,
  };
  await writeLoadProject(workspace, app, { ...project, version: 'v0' });
  succeeded(await workspace.nx(['run-many', '-t', 'deploy'], { timeoutMs: 200_000 }));
  await sleep(SETTLE_MS);
  const load = await openLoadRun(
    shortProfiles({ webSecure: workspace.ports.webSecure, host: HOST, tcp, udp }, PER_SECOND),
    ledger,
  );
  await sleep(SETTLE_MS);
  const gaps: number[] = [];
  for (let version = 1; version <= times; version += 1) {
    await writeLoadProject(workspace, app, { ...project, version: `v${version}` });
    await tool.prepare(app);
    const since = Date.now();
    await tool.deploy(app);
    await sleep(SETTLE_MS);
    gaps.push(gapOf(await eventsSince(app, since)));
  }
  const { tallies, failures } = await load.end();
  const { missing = 0, twice = 0 } = failures['ledger'] ?? {};
  return {
    requests: Object.values(tallies).reduce((sum, { sent }) => sum + sent, 0),
    failures: failuresOf(tallies) + missing + twice,
    longest: Math.max(...Object.values(tallies).map(({ latency }) => latency.max)) / 1000,
    gap: Math.max(...gaps),
  };
}

/** Seconds, of rollouts of a service that can run twice, with the two intervals in turn. */
async function switches(workspace: TestWorkspace, times: number): Promise<{ ours: Spread; other: Spread }> {
  const app = workspace.name('switched');
  const ledger = await openLedger();
  const took: Record<'30s' | '1s', number[]> = { '30s': [], '1s': [] };
  const rounds = Array.from({ length: times }, (_, index) => index + 1);
  // The first deploy starts it and leads nobody over.
  const turns = rounds.flatMap((round) => [[round, '30s'] as const, [round, '1s'] as const]);
  for (const [round, interval] of [[0, '1s'] as const, ...turns]) {
    const version = `${interval}-${round}`;
    const project = {
      version,
      interval,
      domains: [SWITCHED_HOST],
      sniName: `line.${SWITCHED_HOST}`,
      ledgerPort: ledger.port,
      listenAfterMs: LISTENS_AFTER_MS,
    };
    await writeLoadProject(workspace, app, project);
    const since = Date.now();
    const over = new AbortController();
    const deploying = workspace.itsup(['apply', app], { timeoutMs: 200_000 }).finally(() => over.abort());
    const at = await firstAnswerOf(workspace.ports.webSecure, version, over.signal);
    succeeded(await deploying);
    if (at === null) throw new Error(`${version} is deployed, and never answered`);
    const started = (await eventsSince(app, since)).find(({ action }) => action === 'start');
    if (round > 0 && started) took[interval].push(at / 1000 - started.at / 1e9);
  }
  await ledger.close();
  return { ours: spreadOf(took['30s']), other: spreadOf(took['1s']) };
}

/** Milliseconds since the epoch when this version answered for the first time; null: not until its deploy was over. */
async function firstAnswerOf(port: number, version: string, over: AbortSignal): Promise<number | null> {
  while (!over.aborted) {
    const answer = await http({ address: '127.0.0.1', port, tls: true, host: SWITCHED_HOST }).catch(
      () => null,
    );
    if (answer?.body.trim() === version) return Date.now();
    await sleep(20);
  }
  return null;
}

/** Seconds in which nobody serves. */
function gapOf(events: readonly ContainerEvent[]): number {
  const stopped = events.find(({ action }) => action === 'kill');
  const started = events.find(({ action }) => action === 'start');
  return stopped === undefined || started === undefined
    ? 0
    : (started.at - stopped.at) / 1e9 + LISTENS_AFTER_MS / 1000;
}

/** What the engine told of the service's containers since then. */
async function eventsSince(app: string, since: number): Promise<ContainerEvent[]> {
  const seconds = (ms: number): string => (ms / 1000).toFixed(3);
  return parseEvents(
    await output('docker', [
      ...['events', '--since', seconds(since), '--until', seconds(Date.now()), '--format', '{{json .}}'],
      ...['--filter', 'type=container', '--filter', `label=com.docker.compose.project=${app}`],
    ]),
  );
}
