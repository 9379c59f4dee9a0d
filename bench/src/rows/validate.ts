import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { output } from '@itsup/e2e/run';
import { growthRow } from '../growth';
import { interleave, spreadOf, sum, timeOf, type Command, type Rounds } from '../measure';
import { timeRow, type Row } from '../table';
import { benchWorkspace, makeCold, type BenchWorkspace } from '../workspace';

const GENERATE = ['run-many', '-t', 'generate'];
const VALIDATE = ['run-many', '-t', 'validate'];
const SAMPLES = 10;

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
 * `validate` with nothing of it cached. Most of it is Docker's own command, a process for each artifact: the row shows
 * how far it is from the least that these processes take on the cores of this machine.
 */
export async function validateRows({ large, small, rounds, judged }: Plan): Promise<Row[]> {
  const ours = await benchWorkspace('itsup', { projects: small });
  const noop = await benchWorkspace('noop', { projects: small });
  const many = await benchWorkspace('itsup', { projects: large });
  try {
    const calls = (await callsOf(ours, uncached(ours))).filter(({ args }) => args.includes('config'));
    const commands = { ours: uncached(ours), noop: uncached(noop), many: uncached(many) };
    const times = await interleave(commands, rounds);
    const cpu = await cpuTime(calls.slice(0, SAMPLES), ours.env);
    const cores = availableParallelism();
    const measure = 'validate, nothing cached';
    return [
      timeRow({
        measure: `${measure}, ${small} projects`,
        against: `a target that does nothing, plus ${calls.length} processes of ${(cpu * 1000).toFixed(0)} ms CPU time on ${cores} cores`,
        ours: times.ours,
        other: sum(times.noop, spreadOf([(calls.length * cpu) / cores])),
        bound: null,
      }),
      growthRow({ measure, large: times.many, small: times.ours, sizes: { large, small }, judged }),
    ];
  } finally {
    await Promise.all([ours, noop, many].map((each) => each.dispose()));
  }
}

function uncached(workspace: BenchWorkspace): Command {
  return workspace.nx(VALIDATE, async () => {
    await makeCold(workspace);
    await timeOf(workspace.nx(GENERATE));
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
  await timeOf({ ...command, env: { ...command.env, PATH: `${bin}:${command.env['PATH'] ?? ''}` } });
  const lines = (await readFile(log, 'utf8')).trim().split('\n');
  return lines.map((line) => {
    const [cwd = '', ...args] = line.trim().split('\t');
    return { cwd, args };
  });
}

/** CPU time of one of the calls, user and system, seconds, as the shell accounts for its children. */
async function cpuTime(calls: Call[], env: Record<string, string>): Promise<number> {
  const quote = (word: string): string => `'${word}'`;
  const lines = calls.map(
    ({ cwd, args }) => `cd ${quote(cwd)} && docker ${args.map(quote).join(' ')} || exit`,
  );
  const printed = await output('sh', ['-c', [...lines, 'times'].join('\n')], { env });
  const ofChildren = printed.split('\n').at(-1) ?? '';
  const total = [...ofChildren.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (seconds, [, minutes, rest]) => seconds + Number(minutes) * 60 + Number(rest),
    0,
  );
  return total / calls.length;
}
