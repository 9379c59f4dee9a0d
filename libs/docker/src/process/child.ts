import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

export interface ChildSpec {
  file: string;
  args: string[];
  /** The child's whole environment. */
  env: Record<string, string | undefined>;
  cwd?: string;
  /** Standard input; absent: closed. */
  input?: string;
  /** Aborting sends SIGTERM, and SIGKILL after `KILL_AFTER_MS`. */
  signal?: AbortSignal;
  timeoutMs?: number;
  /** Both streams, line by line, as they come. */
  onLine?: (line: string) => void;
}

/** How a child ended. `missing`: there is no such command; `failed`: it could not be started, or printed too much. */
export interface ChildResult {
  ending: 'exited' | 'killed' | 'aborted' | 'timed-out' | 'missing' | 'failed';
  exitCode: number | null;
  signal: string | null;
  stdout: string;
  stderr: string;
  /** Both streams in the order of arrival. */
  all: string;
}

/** Longest time between asking a child to end and killing it: an interrupt is to be over within three seconds. */
export const KILL_AFTER_MS = 2000;
/** Characters. */
const MAX_OUTPUT_LENGTH = 256 * 1024 * 1024;

/** Process groups to take along when this process exits. */
const running = new Set<number>();
let exitHookInstalled = false;

/** Runs a child to its end. Never rejects: every ending is a value. */
export async function runChild(spec: ChildSpec): Promise<ChildResult> {
  if (spec.signal?.aborted) return { ...NOTHING, ending: 'aborted' };
  if (spec.cwd !== undefined && !existsSync(spec.cwd)) {
    return { ...NOTHING, ending: 'failed', stderr: `the folder ${spec.cwd} does not exist` };
  }
  const started = start(spec, [spec.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe']);
  if (!('child' in started)) return started;
  const { child, end } = started;
  const guard = guardGroup(child, spec);
  const output = collect(child, ['stdout', 'stderr'], guard.end);
  // A child that ends without reading it has its reasons.
  child.stdin?.on('error', () => undefined).end(spec.input);
  if (spec.onLine) {
    forwardLines(child.stdout, spec.onLine);
    forwardLines(child.stderr, spec.onLine);
  }
  const ended = await end;
  guard.release();
  return resultOf(ended, guard.reason(), output);
}

/** Runs a child with this process's terminal; resolves with its exit code (128 + n when signal n ended it). */
export async function runAttached(
  spec: Omit<ChildSpec, 'input' | 'timeoutMs' | 'onLine'>,
): Promise<ChildResult> {
  if (spec.signal?.aborted) return { ...NOTHING, ending: 'aborted' };
  // In this process's group, unlike the others: Ctrl-C at the terminal is meant for the child.
  const started = start(spec, 'inherit', { detached: false });
  if (!('child' in started)) return started;
  const { child, end } = started;
  let killTimer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    child.kill('SIGTERM');
    killTimer ??= setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS);
  };
  const release = passSignalsOn(stop, end);
  spec.signal?.addEventListener('abort', stop, { once: true });
  const ended = await end;
  clearTimeout(killTimer);
  release();
  spec.signal?.removeEventListener('abort', stop);
  return resultOf(ended, spec.signal?.aborted ? 'aborted' : null);
}

/**
 * What is to end this process ends the child first, which would hold the terminal without anybody to wait for it. An
 * interrupt has reached it already, and it decides what that means.
 */
function passSignalsOn(stop: () => void, end: Promise<unknown>): () => void {
  const after = (signal: NodeJS.Signals): void => {
    if (signal !== 'SIGINT') stop();
    // Whoever else listens knows what to do.
    if (process.listenerCount(signal) > 1) return;
    void end.then(() => process.kill(process.pid, signal));
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  signals.forEach((signal) => process.on(signal, after));
  process.once('exit', stop);
  return () => {
    signals.forEach((signal) => process.off(signal, after));
    process.off('exit', stop);
  };
}

/** The lines of a child's standard output while it runs. Leaving the loop, or `signal`, ends the child. */
export async function* streamChild(
  spec: ChildSpec,
  onEnd: (result: ChildResult) => void,
): AsyncGenerator<string> {
  if (spec.signal?.aborted) return;
  const started = start(spec, ['ignore', 'pipe', 'pipe']);
  if (!('child' in started)) return onEnd(started);
  const { child, end } = started;
  const guard = guardGroup(child, spec);
  const output = collect(child, ['stderr'], guard.end);
  try {
    if (child.stdout) {
      for await (const line of createInterface({ input: child.stdout, crlfDelay: Infinity })) yield line;
    }
    onEnd(resultOf(await end, guard.reason(), output));
  } finally {
    guard.end();
    await end;
    guard.release();
  }
}

const NOTHING: ChildResult = {
  ending: 'exited',
  exitCode: null,
  signal: null,
  stdout: '',
  stderr: '',
  all: '',
};

interface Ended {
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  /** Why it never ran. */
  error: NodeJS.ErrnoException | null;
}

interface Started {
  child: ChildProcess;
  /** When it has ended and all that it printed is here. */
  end: Promise<Ended>;
}

/** A child that runs, or how it failed to: some errors are thrown, the others told by the child. */
function start(
  { file, args, env, cwd }: ChildSpec,
  stdio: StdioOptions,
  // A group of its own: Ctrl-C reaches us alone, who decide what to undo first, and a kill reaches the CLI's plugins.
  { detached = true }: { detached?: boolean } = {},
): Started | ChildResult {
  try {
    const child = spawn(file, args, { cwd, env, stdio, detached });
    const end = new Promise<Ended>((resolve) => {
      let error: NodeJS.ErrnoException | null = null;
      child.on('error', (reason) => {
        if (child.pid !== undefined) return;
        error = reason;
        resolve({ exitCode: null, signal: null, error });
      });
      child.once('close', (exitCode, signal) => resolve({ exitCode, signal, error }));
    });
    return { child, end };
  } catch (error) {
    return { ...NOTHING, ending: 'failed', stderr: error instanceof Error ? error.message : String(error) };
  }
}

interface Output {
  stdout: string;
  stderr: string;
  /** Both in the order of arrival. */
  all: string;
  /** It printed more than anybody reads, and was ended for it. */
  tooMuch: boolean;
}

function collect(child: ChildProcess, streams: ('stdout' | 'stderr')[], end: () => void): Output {
  const output: Output = { stdout: '', stderr: '', all: '', tooMuch: false };
  for (const name of streams) {
    const decoder = new StringDecoder('utf8');
    const add = (text: string): void => {
      if (output.tooMuch) return;
      output[name] += text;
      output.all += text;
      if (output.all.length <= MAX_OUTPUT_LENGTH) return;
      output.tooMuch = true;
      end();
    };
    child[name]?.on('data', (chunk: Buffer) => add(decoder.write(chunk)));
    child[name]?.on('end', () => add(decoder.end()));
  }
  return output;
}

function resultOf(
  { exitCode, signal, error }: Ended,
  reason: 'aborted' | 'timed-out' | null,
  { stdout, stderr, all, tooMuch }: Output = { stdout: '', stderr: '', all: '', tooMuch: false },
): ChildResult {
  const printed = { exitCode, signal, stdout, stderr, all };
  if (reason !== null) return { ...printed, ending: reason };
  if (tooMuch) {
    const limit = `it printed more than ${MAX_OUTPUT_LENGTH / 1024 / 1024} million characters`;
    return { ...printed, ending: 'failed', stderr: limit };
  }
  if (error?.code === 'ENOENT') return { ...printed, ending: 'missing' };
  if (error !== null) return { ...printed, ending: 'failed', stderr: stderr || error.message };
  return { ...printed, ending: signal === null ? 'exited' : 'killed' };
}

function forwardLines(stream: Readable | null, onLine: (line: string) => void): void {
  if (stream) createInterface({ input: stream, crlfDelay: Infinity }).on('line', onLine);
}

/** Ends the child's group on abort, on time-out and when this process exits. */
function guardGroup(child: ChildProcess, spec: Pick<ChildSpec, 'signal' | 'timeoutMs'>) {
  const { pid } = child;
  let reason: 'aborted' | 'timed-out' | null = null;
  let killTimer: NodeJS.Timeout | undefined;

  const end = (): void => {
    if (pid === undefined || killTimer !== undefined || !running.has(pid)) return;
    signalGroup(pid, 'SIGTERM');
    killTimer = setTimeout(() => signalGroup(pid, 'SIGKILL'), KILL_AFTER_MS);
  };
  const endBecause = (why: 'aborted' | 'timed-out') => () => {
    reason ??= why;
    end();
  };
  const onAbort = endBecause('aborted');
  const timer =
    spec.timeoutMs === undefined ? undefined : setTimeout(endBecause('timed-out'), spec.timeoutMs);

  if (pid !== undefined) {
    running.add(pid);
    installExitHook();
    const { exitCode, signalCode } = child;
    if (exitCode !== null || signalCode !== null) running.delete(pid);
    child.once('exit', () => running.delete(pid));
  }
  spec.signal?.addEventListener('abort', onAbort, { once: true });
  if (spec.signal?.aborted) onAbort();

  return {
    end,
    reason: () => reason,
    release: () => {
      clearTimeout(timer);
      clearTimeout(killTimer);
      spec.signal?.removeEventListener('abort', onAbort);
      if (pid !== undefined) running.delete(pid);
    },
  };
}

function installExitHook(): void {
  if (exitHookInstalled) return;
  exitHookInstalled = true;
  process.once('exit', () => running.forEach((pid) => signalGroup(pid, 'SIGTERM')));
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended between the check and the signal.
  }
}
