import { spawn } from 'node:child_process';
import { treeMemory } from './tree-memory';

/** A command as it is measured: from outside, as a whole process with all that it starts. */
export interface Command {
  file: string;
  args: string[];
  cwd: string;
  env: Record<string, string>;
  /** Brings the state about that each run starts from; its time is not measured. */
  before?: () => Promise<void>;
  /** What there is to see after a run. */
  after?: () => Promise<void>;
}

/** Fails loudly: the time of a command that failed is worth nothing. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
}

/** What one run took. */
export interface Sample {
  /** Wall clock, seconds. */
  seconds: number;
  /** Processor time of it and of all that it started and waited for, seconds. */
  cpuSeconds: number;
}

/**
 * Runs the command once.
 *
 * @throws CommandFailed with the end of its output when it exits with anything but 0
 */
export async function sampleOf(command: Command): Promise<Sample> {
  await command.before?.();
  const { seconds, cpuSeconds } = await run(command);
  await command.after?.();
  return { seconds, cpuSeconds };
}

/**
 * Runs the command once, looking at its memory twenty times a second.
 *
 * @returns bytes: the largest sum over its processes of the memory that each accounts for by itself (PSS)
 * @throws CommandFailed
 */
export async function peakMemoryOf(command: Command): Promise<number> {
  await command.before?.();
  return (await run(command, 50)).peakBytes;
}

/** Has the shell say on the fourth stream what its children took. */
const WITH_TIMES = '"$@"; code=$?; times >&3; exit $code';

async function run(command: Command, sampleEveryMs?: number): Promise<Sample & { peakBytes: number }> {
  const started = process.hrtime.bigint();
  const child = spawn('/bin/sh', ['-c', WITH_TIMES, 'sh', command.file, ...command.args], {
    cwd: command.cwd,
    env: command.env,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  let output = '';
  let times = '';
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-4000);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  child.stdio[3]?.on('data', (chunk: Buffer) => (times += chunk.toString()));
  let peakBytes = 0;
  const sample = (): void => {
    peakBytes = Math.max(peakBytes, treeMemory(child.pid ?? 0));
  };
  const sampler = sampleEveryMs === undefined ? undefined : setInterval(sample, sampleEveryMs);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  }).finally(() => clearInterval(sampler));
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  if (code !== 0) {
    throw new CommandFailed(`${command.file} ${command.args.join(' ')} exited with ${code}:\n${output}`);
  }
  return { seconds, cpuSeconds: childrenSeconds(times), peakBytes };
}

/** `0m1.20s 0m0.31s`, user and system, in the second line of what `times` prints. */
function childrenSeconds(times: string): number {
  return [...(times.split('\n')[1] ?? '').matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (total, [, minutes, seconds]) => total + Number(minutes) * 60 + Number(seconds),
    0,
  );
}

/** Median and spread of several runs. */
export interface Spread {
  median: number;
  min: number;
  max: number;
  /** In the order of the runs. */
  values: readonly number[];
  /** Processor time of the same runs; empty where nobody looked. */
  cpu: readonly number[];
}

/** How often everything is measured. */
export interface Rounds {
  /** Rounds that count. */
  counted: number;
  /** Rounds before them, which fill the caches of the machine. */
  warmUp: number;
}

/** For what takes long and is far from its bound: about a third of the rounds. */
export function fewerOf({ counted, warmUp }: Rounds): Rounds {
  return { warmUp, counted: Math.max(1, Math.round(counted / 3)) };
}

/**
 * Measures commands in turn, one of each a round, so that a change of the machine's speed meets all alike.
 *
 * @returns seconds, by the commands' keys
 * @throws CommandFailed
 */
export async function interleave<Key extends string>(
  commands: Record<Key, Command>,
  { counted, warmUp }: Rounds,
): Promise<Record<Key, Spread>> {
  const keys = Object.keys(commands) as Key[];
  const samples = new Map<Key, Sample[]>(keys.map((key) => [key, []]));
  for (let round = 0; round < warmUp + counted; round++) {
    for (const key of keys) {
      const sample = await sampleOf(commands[key]);
      if (round >= warmUp) samples.get(key)?.push(sample);
    }
  }
  const spread = (key: Key): Spread => {
    const own = samples.get(key) ?? [];
    return spreadOf(
      own.map(({ seconds }) => seconds),
      own.map(({ cpuSeconds }) => cpuSeconds),
    );
  };
  return Object.fromEntries(keys.map((key) => [key, spread(key)])) as Record<Key, Spread>;
}

/** Median, minimum and maximum of at least one value. */
export function spreadOf(values: readonly number[], cpu: readonly number[] = []): Spread {
  return { median: medianOf(values), min: Math.min(...values), max: Math.max(...values), values, cpu };
}

/** Parts that are measured round by round and stand for a whole; a part of one value is the same in each. */
export function sum(...parts: Spread[]): Spread {
  const added = (lists: readonly (readonly number[])[]): number[] =>
    zip(lists).map((values) => values.reduce((total, value) => total + value, 0));
  const measured = parts.filter(({ cpu }) => cpu.length > 0);
  return spreadOf(added(parts.map(({ values }) => values)), added(measured.map(({ cpu }) => cpu)));
}

/** The same for each of `count` pieces. */
export function each({ values, cpu }: Spread, count: number): Spread {
  const share = (value: number): number => value / count;
  return spreadOf(values.map(share), cpu.map(share));
}

/**
 * Median of the ratios pair by pair: a minute in which the machine was busy meets both of a pair. Where the numbers of
 * runs differ, the ratio of the medians.
 *
 * @returns null: one side was not measured
 */
export function ratioOf(ours: readonly number[], other: readonly number[]): number | null {
  if (ours.length === 0 || other.length === 0) return null;
  if (ours.length !== other.length && other.length > 1) return medianOf(ours) / medianOf(other);
  return medianOf(zip([ours, other]).map(([one = NaN, two = NaN]) => one / two));
}

/** Values of the same round together; a list of one has it in each. */
function zip(lists: readonly (readonly number[])[]): number[][] {
  const rounds = Math.max(0, ...lists.map(({ length }) => length));
  return Array.from({ length: rounds }, (_, round) =>
    lists.map((values) => (values.length === 1 ? values[0] : values[round]) ?? NaN),
  );
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? NaN;
  const lower = sorted.length % 2 === 0 ? (sorted[middle - 1] ?? NaN) : upper;
  return (upper + lower) / 2;
}
