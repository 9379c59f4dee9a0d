import { join } from 'node:path';
import { newestRecord } from '@itsup/e2e/newest-record';
import { succeeded, userEnvironment } from '@itsup/e2e/run';
import { createWorkspace, type TestWorkspace } from '@itsup/e2e/workspace';
import { stringify } from 'yaml';
import { interleave, spreadOf, type Command, type Rounds } from '../measure';
import { timeRow, type Row } from '../table';

const SERVICES = ['a', 'b', 'c', 'd'];
const STACKS = 10;
const BOUNDS = { services: 1.4, compose: 1.5, stacks: 2 };

/** How often everything is measured. */
export interface Plan {
  rounds: Rounds;
  judged: boolean;
}

/** Several services of one stack, and several stacks, changed at once, beside one of them. */
export async function sideBySideRows({ rounds, judged }: Plan): Promise<Row[]> {
  const workspace = await createWorkspace({ settings: { dns: { enabled: false } } });
  try {
    const bound = (value: number): number | null => (judged ? value : null);
    const services = await fourServices(workspace, rounds);
    const stacks = await tenStacks(workspace, rounds);
    const four = 'four changed services of one stack, with health checks, deaf to SIGTERM';
    return [
      timeRow({
        measure: four,
        against: 'one of them changed',
        ours: services.four,
        other: services.one,
        bound: bound(BOUNDS.services),
      }),
      timeRow({
        measure: `${four}: the whole command without the longest drain`,
        against: '`docker compose up -d --wait` of the same change, of a finished artifact',
        ours: services.fourWithoutDrain,
        other: services.compose,
        bound: bound(BOUNDS.compose),
      }),
      timeRow({
        measure: `${STACKS} stacks changed, one service each`,
        against: 'one of them changed',
        ours: stacks.ten,
        other: stacks.one,
        bound: bound(BOUNDS.stacks),
      }),
    ];
  } finally {
    await workspace.dispose();
  }
}

async function fourServices(workspace: TestWorkspace, rounds: Rounds) {
  const app = workspace.name('four');
  const change = changer(workspace, app, { services: SERVICES, deaf: true });
  await change(SERVICES);
  succeeded(await workspace.itsup(['deploy'], { timeoutMs: 300_000 }));
  const artifact = join('upstream', app, 'docker-compose.yml');
  const drains: number[] = [];
  const four = deployed(workspace, [app], () => change(SERVICES));
  const times = await interleave(
    {
      four: {
        ...four,
        after: async () => {
          await four.after();
          drains.push(await longestDrain(workspace, app));
        },
      },
      one: deployed(workspace, [app], () => change(SERVICES.slice(0, 1))),
      compose: {
        ...commandOf(workspace, 'docker', ['compose', '-f', artifact, 'up', '-d', '--wait']),
        before: async () => {
          await change(SERVICES);
          succeeded(await workspace.itsup(['generate', app]));
        },
      },
    },
    rounds,
  );
  const counted = drains.slice(-rounds.counted);
  const without = times.four.values.map((seconds, round) => seconds - (counted[round] ?? 0));
  return { ...times, fourWithoutDrain: spreadOf(without, times.four.cpu) };
}

async function tenStacks(workspace: TestWorkspace, rounds: Rounds) {
  const first = workspace.name('stack-0');
  const others = Array.from({ length: STACKS - 1 }, (_, index) => workspace.name(`stack-${index + 1}`));
  const apps: [string, ...string[]] = [first, ...others];
  const changes = apps.map((app) => changer(workspace, app, { services: ['web'], deaf: false }));
  const all = async (): Promise<void> => void (await Promise.all(changes.map((change) => change(['web']))));
  await all();
  succeeded(await workspace.itsup(['deploy'], { timeoutMs: 300_000 }));
  return interleave(
    {
      ten: deployed(workspace, apps, all),
      one: deployed(workspace, apps, async () => changes[0]?.(['web'])),
    },
    rounds,
  );
}

/** The command that a person types, from the changed sources on. A deploy that finds no change is worth nothing. */
function deployed(
  workspace: TestWorkspace,
  apps: [string, ...string[]],
  before: () => Promise<void>,
): Required<Command> {
  const itsup = join(workspace.root, 'node_modules/.bin/itsup');
  let known = '';
  return {
    ...commandOf(workspace, itsup, ['deploy', ...apps]),
    before: async () => {
      known = (await newestRecord(workspace.state, apps[0])).id;
      await before();
    },
    after: async () => {
      if ((await newestRecord(workspace.state, apps[0])).id === known)
        throw new Error(`${apps[0]} was changed, and not deployed`);
    },
  };
}

function commandOf({ root, state }: TestWorkspace, file: string, args: string[]): Command {
  return { file, args, cwd: root, env: userEnvironment({ ITSUP_STATE: state }) };
}

/** Drains of one deploy are side by side. */
async function longestDrain({ state }: TestWorkspace, app: string): Promise<number> {
  const { steps } = await newestRecord(state, app);
  return Math.max(0, ...steps.filter(({ step }) => step === 'drain').map(({ ms }) => ms)) / 1000;
}

/** Gives the named services of a project another environment; the others stay as they are. */
function changer(
  workspace: TestWorkspace,
  app: string,
  { services, deaf }: { services: string[]; deaf: boolean },
): (changed: string[]) => Promise<void> {
  const versions = new Map(services.map((service) => [service, 0]));
  const serve = `mkdir -p /www && echo ok > /www/index.html && ${deaf ? "trap '' TERM; " : ''}httpd -f -p 8080 -h /www`;
  // The first process of a container hears no signal that it has no handler for, and what a shell ignores its children
  // ignore too.
  const command = ['sh', '-c', `${serve} & wait`];
  return async (changed) => {
    for (const service of changed) versions.set(service, (versions.get(service) ?? 0) + 1);
    const compose = {
      services: Object.fromEntries(
        services.map((service) => [
          service,
          {
            image: 'busybox:stable',
            command,
            init: !deaf,
            environment: { ROUND: String(versions.get(service)) },
            healthcheck: {
              test: ['CMD', 'wget', '-q', '-O', '/dev/null', 'http://127.0.0.1:8080/'],
              interval: '1s',
            },
          },
        ]),
      ),
    };
    const rows = services.map((service) => ({ service, domain: `${service}.${app}.test`, port: 8080 }));
    await workspace.write(`projects/${app}/docker-compose.yml`, stringify(compose));
    await workspace.write(`projects/${app}/ingress.yml`, stringify({ ingress: rows }));
  };
}
