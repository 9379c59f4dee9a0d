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
}

/** Fails loudly: the time of a command that failed is worth nothing. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
}

/**
 * Runs the command once.
 *
 * @returns wall clock, seconds
 * @throws CommandFailed with the end of its output when it exits with anything but 0
 */
export async function timeOf(command: Command): Promise<number> {
  await command.before?.();
  return (await run(command)).seconds;
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

async function run(
  command: Command,
  sampleEveryMs?: number,
): Promise<{ seconds: number; peakBytes: number }> {
  const started = process.hrtime.bigint();
  const child = spawn(command.file, command.args, { cwd: command.cwd, env: command.env });
  let output = '';
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-4000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
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
  return { seconds, peakBytes };
}

/** Median and spread of several runs. */
export interface Spread {
  median: number;
  min: number;
  max: number;
}

/** How often everything is measured. */
export interface Rounds {
  /** Rounds that count. */
  counted: number;
  /** Rounds before them, which fill the caches of the machine. */
  warmUp: number;
}

/** For what is short and near its bound. */
export function moreOf(rounds: Rounds): Rounds {
  return { ...rounds, counted: 2 * rounds.counted - 1 };
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
  measure: (command: Command) => Promise<number> = timeOf,
): Promise<Record<Key, Spread>> {
  const keys = Object.keys(commands) as Key[];
  const samples = new Map<Key, number[]>(keys.map((key) => [key, []]));
  for (let round = 0; round < warmUp + counted; round++) {
    for (const key of keys) {
      const seconds = await measure(commands[key]);
      if (round >= warmUp) samples.get(key)?.push(seconds);
    }
  }
  return Object.fromEntries(keys.map((key) => [key, spreadOf(samples.get(key) ?? [])])) as Record<
    Key,
    Spread
  >;
}

/** Median, minimum and maximum of at least one value. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? NaN;
  const lower = sorted.length % 2 === 0 ? (sorted[middle - 1] ?? NaN) : upper;
  return { median: (upper + lower) / 2, min: sorted[0] ?? NaN, max: sorted.at(-1) ?? NaN };
}

/** Parts that are measured one by one and stand for one whole. */
export function sum(...parts: Spread[]): Spread {
  const add = (key: keyof Spread): number => parts.reduce((total, part) => total + part[key], 0);
  return { median: add('median'), min: add('min'), max: add('max') };
}

/** The same for each of `count` pieces. */
export function each({ median, min, max }: Spread, count: number): Spread {
  return { median: median / count, min: min / count, max: max / count };
}
