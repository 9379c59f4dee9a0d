import { spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';

/** A command as it is measured: from outside, as a whole process with all that it starts. */
export interface Command {
  file: string;
  args: string[];
  cwd: string;
  env: Record<string, string>;
  /** Brings the state about that each run starts from; its time is not measured. */
  before?: () => Promise<void>;
}

/** One run. */
export interface Sample {
  /** Wall clock, seconds. */
  seconds: number;
  /** Largest sum over the process tree of the memory that each process alone accounts for (PSS), in bytes. */
  peakBytes: number;
}

/** Median and spread of several runs, seconds. */
export interface Spread {
  median: number;
  min: number;
  max: number;
}

/** Fails loudly: a benchmark of a command that failed is worth nothing. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
}

/**
 * Runs the command once.
 *
 * @throws CommandFailed with the end of its output when it exits with anything but 0
 */
export async function runOnce(command: Command, options: { memory?: boolean } = {}): Promise<Sample> {
  await command.before?.();
  const started = process.hrtime.bigint();
  const child = spawn(command.file, command.args, { cwd: command.cwd, env: command.env });
  let output = '';
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-4000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  let peakBytes = 0;
  const sampler = options.memory
    ? setInterval(() => {
        peakBytes = Math.max(peakBytes, treeBytes(child.pid ?? 0));
      }, 50)
    : undefined;
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

/** Two commands measured in turn, so that a change of the machine's speed meets both alike. */
export interface Comparison {
  ours: Spread;
  other: Spread;
  /** Ours divided by the other. */
  ratio: number;
}

/**
 * Measures both sides alternately: one uncounted warm-up of each, then `runs` pairs.
 *
 * @param other several commands: their times are added (a baseline made of parts)
 */
export async function compare(ours: Command, other: Command[], runs: number): Promise<Comparison> {
  const samples: { ours: number; other: number }[] = [];
  for (let run = 0; run <= runs; run++) {
    const mine = await runOnce(ours);
    let theirs = 0;
    for (const part of other) theirs += (await runOnce(part)).seconds;
    if (run > 0) samples.push({ ours: mine.seconds, other: theirs });
  }
  const mine = spreadOf(samples.map((sample) => sample.ours));
  const theirs = spreadOf(samples.map((sample) => sample.other));
  return { ours: mine, other: theirs, ratio: mine.median / theirs.median };
}

/** Median, minimum and maximum of at least one value. */
export function spreadOf(values: number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? NaN;
  const lower = sorted.length % 2 === 0 ? (sorted[middle - 1] ?? NaN) : upper;
  return { median: (upper + lower) / 2, min: sorted[0] ?? NaN, max: sorted.at(-1) ?? NaN };
}

/** PSS of a process and its descendants; 0 for what has ended meanwhile. */
function treeBytes(root: number): number {
  const children = new Map<number, number[]>();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = readProc(`/proc/${entry}/stat`);
    // The command's name may hold spaces and parentheses; the fields begin behind its last one.
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
  }
  let bytes = 0;
  const queue = [root];
  for (let pid = queue.pop(); pid !== undefined; pid = queue.pop()) {
    const pss = /^Pss:\s+(\d+) kB/m.exec(readProc(`/proc/${pid}/smaps_rollup`))?.[1];
    bytes += Number(pss ?? 0) * 1024;
    queue.push(...(children.get(pid) ?? []));
  }
  return bytes;
}

function readProc(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
