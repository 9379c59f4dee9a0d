import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { removeProjects } from '../harness/engine/engine';
import { output, run, type Run } from '../harness/run';
import type { TestWorkspace } from '../harness/workspace/workspace';
import { textOf, type Files, type Row } from './row';
import { followEvents } from './start-order';
import { NOTHING, takeSnapshot, type Identities, type Snapshot } from './snapshot';

/** What one deploy of a row came to. */
export interface Step {
  isSuccess: boolean;
  snapshot: Snapshot;
  /** For a person who looks why. */
  output: string;
}

/** A row once by Compose and once by us: one step for the first deploy and one for each change. */
export interface Pair {
  row: Row;
  compose: Step[];
  ours: Step[];
}

/** Rows on the engine at the same time. */
const TOGETHER = 16;
/** Compose processes at the same time. */
const PARALLEL = 4;
/** By then what runs briefly has ended. */
const SETTLED_MS = 1_500;
const HEALTHY_MS = 15_000;

interface Place {
  row: Row;
  name: string;
  /** The Compose project that the row's files make of it. */
  project: string;
  folder: string;
}

type Deploy = (places: Place[]) => Promise<Map<Place, Run>>;

/**
 * Runs rows, some at a time: first by `docker compose up --detach` in their folders, then by a deploy of the workspace.
 */
export async function referenceRun(rows: readonly Row[], workspace: TestWorkspace): Promise<Pair[]> {
  const pairs: Pair[] = [];
  for (let at = 0; at < rows.length; at += TOGETHER) {
    const places = rows.slice(at, at + TOGETHER).map((row, index): Place => {
      const name = workspace.name(`r${at + index}`);
      const project = (row.project ?? NAME).replaceAll(NAME, name);
      return { row, name, project, folder: join(workspace.root, 'projects', name) };
    });
    const byCompose = await go(places, (some) => upAll(some));
    await inParallel(places, ({ folder }) =>
      run('docker', ['compose', 'down', '--volumes', '--remove-orphans', '--timeout', '0'], { cwd: folder }),
    );
    await remove(places, workspace);
    const byUs = await go(places, (some) => deployAll(some, workspace));
    await remove(places, workspace);
    for (const place of places)
      pairs.push({ row: place.row, compose: byCompose.get(place) ?? [], ours: byUs.get(place) ?? [] });
  }
  return pairs;
}

/** Stands in a row's files for the name of the project's folder. */
export const NAME = '__NAME__';

async function go(places: Place[], deploy: Deploy): Promise<Map<Place, Step[]>> {
  const steps = new Map(places.map((place): [Place, Step[]] => [place, []]));
  const identities = new Map<Place, Identities>();
  const longest = Math.max(...places.map(({ row }) => row.changes.length)) + 1;
  for (let step = 0; step < longest; step += 1) {
    const meant = places.filter(({ row }) => step <= row.changes.length);
    for (const place of meant)
      await write(place, step === 0 ? place.row.first : (place.row.changes[step - 1] ?? {}));
    const followed = followEvents();
    const runs = await deploy(meant);
    await settled();
    await followed.stop();
    await inParallel(meant, async (place) => {
      const { project, folder } = place;
      const taken = await takeSnapshot(project, folder, identities.get(place) ?? NOTHING, followed.events);
      identities.set(place, taken.identities);
      const { exitCode, all = '' } = runs.get(place) ?? {};
      steps.get(place)?.push({ isSuccess: exitCode === 0, snapshot: taken.snapshot, output: all });
    });
  }
  return steps;
}

async function upAll(places: Place[]): Promise<Map<Place, Run>> {
  const runs = new Map<Place, Run>();
  await inParallel(places, async (place) => {
    runs.set(place, await run('docker', ['compose', 'up', '--detach'], { cwd: place.folder }));
  });
  return runs;
}

/** All at once; where one fails, halves of them again, to know which. Those that are meant to fail go by themselves. */
async function deployAll(places: Place[], workspace: TestWorkspace): Promise<Map<Place, Run>> {
  const runs = new Map<Place, Run>();
  const deploy = async (some: Place[]): Promise<void> => {
    if (some.length === 0) return;
    const names = some.map(({ name }) => name);
    const finished = await workspace.itsup(['apply', ...names], { timeoutMs: 600_000 });
    if (finished.exitCode === 0 || some.length === 1) {
      for (const place of some) runs.set(place, finished);
      return;
    }
    const half = Math.ceil(some.length / 2);
    await deploy(some.slice(0, half));
    await deploy(some.slice(half));
  };
  const isAlone = ({ row }: Place): boolean => row.fails === true || row.failsHere === true;
  await deploy(places.filter((place) => !isAlone(place)));
  for (const place of places.filter(isAlone)) await deploy([place]);
  return runs;
}

async function write({ name, folder }: Place, files: Files): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path);
    if (content === null) {
      await rm(file);
      continue;
    }
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, textOf(content).replaceAll(NAME, name));
  }
}

/** Nothing is about to end, and no health check is undecided. */
async function settled(): Promise<void> {
  await sleep(SETTLED_MS);
  const until = Date.now() + HEALTHY_MS;
  while (Date.now() < until) {
    const starting = await output('docker', ['ps', '--quiet', '--filter', 'health=starting']);
    if (starting === '') return;
    await sleep(300);
  }
}

async function remove(places: Place[], workspace: TestWorkspace): Promise<void> {
  await removeProjects(workspace.prefix);
  for (const { folder, name } of places) {
    await rm(folder, { recursive: true, force: true });
    await rm(join(workspace.root, 'upstream', name), { recursive: true, force: true });
    await rm(join(workspace.state, 'stacks', name), { recursive: true, force: true });
  }
}

async function inParallel<T>(items: readonly T[], act: (item: T) => Promise<unknown>): Promise<void> {
  const rest = [...items];
  const worker = async (): Promise<void> => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await act(item);
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
}
