import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { output } from '@itsup/e2e/run';
import { growthRow } from '../growth';
import { interleave, sampleOf, sum, type Command, type Rounds } from '../measure';
import { timeRow, type Row } from '../table';
import { benchWorkspace, makeCold, type BenchWorkspace } from '../workspace';

const GENERATE = ['run-many', '-t', 'generate'];
const VALIDATE = ['run-many', '-t', 'validate'];
const BOUND = 1.15;
/** Of what grows, which takes a minute. */
const ONCE = { warmUp: 0, counted: 1 };

/** Sizes of the two trees, and how often they are validated. */
export interface Plan {
  large: number;
  small: number;
  rounds: Rounds;
  judged: boolean;
}

/** A call of the docker command: where, and its arguments. */
interface Call {
  cwd: string;
  args: string[];
}

/**
 * `validate` with nothing of it cached. Most of it is Compose's own program, a process for each artifact: the row shows
 * how far it is from these processes alone, on all cores of this machine.
 */
export async function validateRows({ large, small, rounds, judged }: Plan): Promise<Row[]> {
  const ours = await benchWorkspace('itsup', { projects: small });
  const noop = await benchWorkspace('noop', { projects: small });
  const many = await benchWorkspace('itsup', { projects: large });
  try {
    const calls = (await callsOf(ours, uncached(ours))).filter(({ args }) => args.includes('config'));
    const compose = await composeAlone(ours, calls);
    const times = await interleave({ ours: uncached(ours), noop: uncached(noop), compose }, rounds);
    const grown = await interleave({ many: uncached(many), few: uncached(ours) }, ONCE);
    const measure = 'validate, nothing cached';
    return [
      timeRow({
        measure: `${measure}, ${small} projects`,
        against: `\`xargs -P${availableParallelism()}\` of the ${calls.length} processes of Compose, called directly, plus a target that does nothing`,
        ours: times.ours,
        other: sum(times.noop, times.compose),
        bound: judged ? BOUND : null,
      }),
      growthRow({ measure, large: grown.many, small: grown.few, sizes: { large, small }, judged }),
    ];
  } finally {
    await Promise.all([ours, noop, many].map((each) => each.dispose()));
  }
}

function uncached(workspace: BenchWorkspace): Command {
  return workspace.nx(VALIDATE, async () => {
    await makeCold(workspace);
    await sampleOf(workspace.nx(GENERATE));
  });
}

/** What a command calls docker for, written down by a script that stands in for it. */
async function callsOf({ root }: BenchWorkspace, command: Command): Promise<Call[]> {
  const bin = join(dirname(root), 'bin');
  const log = join(bin, 'calls');
  const docker = await output('sh', ['-c', 'command -v docker']);
  await mkdir(bin);
  await writeFile(
    join(bin, 'docker'),
    `#!/bin/sh\nprintf '%s\\t' "$PWD" "$@" >>'${log}'; echo >>'${log}'\nexec '${docker}' "$@"\n`,
  );
  await chmod(join(bin, 'docker'), 0o755);
  await sampleOf({ ...command, env: { ...command.env, PATH: `${bin}:${command.env['PATH'] ?? ''}` } });
  const lines = (await readFile(log, 'utf8')).trim().split('\n');
  return lines.map((line) => {
    const [cwd = '', ...args] = line.trim().split('\t');
    return { cwd, args };
  });
}

/** The same calls, of Compose's own program where it is a plugin, as many at a time as there are cores. */
async function composeAlone({ root, env }: BenchWorkspace, calls: Call[]): Promise<Command> {
  const info = await output('docker', ['info', '--format', '{{json .ClientInfo}}'], { env });
  const { Plugins: plugins } = JSON.parse(info) as { Plugins?: { Name: string; Path: string }[] };
  const program = plugins?.find(({ Name }) => Name === 'compose')?.Path ?? 'docker';
  const quote = (word: string): string => `'${word}'`;
  const lines = calls.map(
    ({ cwd, args }) => `cd ${quote(cwd)} && exec ${quote(program)} ${args.map(quote).join(' ')}`,
  );
  const file = join(dirname(root), 'bin', 'compose-calls');
  await writeFile(file, lines.join('\n'));
  return {
    file: 'xargs',
    args: ['-P', String(availableParallelism()), '-d', '\\n', '-n', '1', '-a', file, 'sh', '-c'],
    cwd: root,
    env: { ...env, DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND: 'docker' },
  };
}
