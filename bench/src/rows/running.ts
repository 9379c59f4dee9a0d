import { readdir, readFile, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { identityOf, removeProjects, removeProxy } from '@itsup/e2e/engine';
import { freePorts } from '@itsup/e2e/ports';
import { fewerOf, interleave, sampleOf, spreadOf, sum, type Command, type Rounds } from '../measure';
import { timeRow, type Row } from '../table';
import { projectName, type TreeOptions } from '@itsup/e2e/generated-tree';
import { benchWorkspace, type BenchWorkspace } from '../workspace';

const PLAN = ['run-many', '-t', 'plan'];
const DEPLOY = ['run-many', '-t', 'deploy'];
/** A container without a health check has to run for so long; Compose does not look. */
const WATCHED_SECONDS = 2;

/** How many stacks run, and how often everything is measured. */
export interface Plan {
  projects: number;
  rounds: Rounds;
  judged: boolean;
}

/** Plans and deploys with stacks that run on the engine at hand, the proxy among them. They are removed at the end. */
export async function runningRows({ projects, rounds, judged }: Plan): Promise<Row[]> {
  const tree = await engineTree(projects);
  const ours = await benchWorkspace('itsup', tree);
  const noop = await benchWorkspace('noop', tree);
  try {
    await sampleOf(ours.nx(DEPLOY));
    const before = await runningContainers(ours);
    const plan = await interleave(
      { ours: ours.nx(PLAN), noop: noop.nx(PLAN), listing: listing(ours) },
      rounds,
    );
    const deploy = await interleave(
      { ours: ours.nx(DEPLOY), noop: noop.nx(DEPLOY), listing: listing(ours), compose: composeUp(ours) },
      rounds,
    );
    // Otherwise one side would have had something to do.
    const after = await runningContainers(ours);
    if (before.join() !== after.join())
      throw new Error('containers were replaced although nothing had changed');

    const changed = await interleave(
      {
        ours: ours.nx(DEPLOY, () => changeEnvironment(ours)),
        nothing: ours.nx(DEPLOY),
        compose: composeUpOne(ours),
      },
      fewerOf(rounds),
    );
    const bound = (value: number): number | null => (judged ? value : null);
    const what = `${projects} stacks running, nothing changed`;
    return [
      timeRow({
        measure: `plan of all, ${what}`,
        against: 'a plan target that does nothing, plus one listing of the engine',
        ours: plan.ours,
        other: sum(plan.noop, plan.listing),
        bound: bound(1.2),
      }),
      timeRow({
        measure: `deploy of all, ${what}`,
        against: 'a deploy target that does nothing, plus one listing of the engine',
        ours: deploy.ours,
        other: sum(deploy.noop, deploy.listing),
        bound: bound(1.2),
      }),
      timeRow({
        measure: `deploy of all, ${what}`,
        against: '`docker compose up -d` for each in turn',
        ours: deploy.ours,
        other: deploy.compose,
        bound: bound(0.6),
      }),
      timeRow({
        measure: `deploy of all, one of ${projects} changed`,
        against:
          'the deploy with nothing changed, plus `docker compose up -d` of that one, plus the two seconds that its container is watched for',
        ours: changed.ours,
        other: sum(changed.nothing, changed.compose, spreadOf([WATCHED_SECONDS])),
        bound: bound(1.2),
      }),
    ];
  } finally {
    await removeProjects(tree.prefix);
    await removeProxy();
    await Promise.all([ours.dispose(), noop.dispose()]);
  }
}

async function engineTree(projects: number): Promise<TreeOptions & { prefix: string }> {
  const [web = 0, webSecure = 0] = await freePorts(2);
  const prefix = `bench-${randomBytes(3).toString('hex')}`;
  return { projects, prefix, small: true, dns: false, entryPoints: { web, webSecure } };
}

/** The one listing that a deploy needs. */
function listing({ root, env }: BenchWorkspace): Command {
  const filter = 'label=com.docker.compose.project';
  return {
    file: 'docker',
    args: ['ps', '--all', '--no-trunc', '--filter', filter, '--format', '{{json .}}'],
    cwd: root,
    env,
  };
}

/**
 * What a person without itsup runs over all artifacts but the proxy's: Compose 2.26 gives a container of a service with
 * an `env_file` another hash than `config --hash` says, so each side would take the other's Traefik for a changed one.
 */
function composeUp({ root, env }: BenchWorkspace): Command {
  const loop = 'for file in upstream/*/; do docker compose -f "$file/docker-compose.yml" up -d || exit; done';
  return { file: 'sh', args: ['-c', loop], cwd: root, env };
}

function composeUpOne(workspace: BenchWorkspace): Command {
  const { root, env, tree } = workspace;
  const file = join('upstream', projectName(0, tree.prefix), 'docker-compose.yml');
  return {
    file: 'docker',
    args: ['compose', '-f', file, 'up', '-d'],
    cwd: root,
    env,
    before: () => changeEnvironment(workspace),
  };
}

/** Changes a variable of the project's `db`, which has a volume: both sides replace its container. */
async function changeEnvironment({ root, tree }: BenchWorkspace): Promise<void> {
  const file = join(root, 'projects', projectName(0, tree.prefix), 'docker-compose.yml');
  const text = await readFile(file, 'utf8');
  const [web, db] = text.split(/(?=^ {2}db:)/m);
  await writeFile(file, `${web}${db?.replace(/TZ: .*/, `TZ: UTC-${Date.now() % 1e6}`)}`);
}

async function runningContainers({ root }: BenchWorkspace): Promise<string[]> {
  const folders = await readdir(join(root, 'upstream'), { withFileTypes: true });
  const stacks = ['proxy', ...folders.filter((entry) => entry.isDirectory()).map(({ name }) => name)];
  const containers = await Promise.all(stacks.map(identityOf));
  return containers.flat().sort();
}
