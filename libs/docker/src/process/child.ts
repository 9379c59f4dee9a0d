import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { ResultPromise } from 'execa';

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

/** How a child ended. `missing`: there is no such command; `failed-to-start`: any other error of the start. */
export interface ChildResult {
  ending: 'exited' | 'killed' | 'aborted' | 'timed-out' | 'missing' | 'failed-to-start';
  exitCode: number | null;
  signal: string | null;
  stdout: string;
  stderr: string;
  /** Both streams in the order of arrival. */
  all: string;
}

/** Longest time between asking a child to end and killing it: an interrupt is to be over within three seconds. */
export const KILL_AFTER_MS = 2000;
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

/** Process groups to take along when this process exits. */
const running = new Set<number>();
let exitHookInstalled = false;

/** Loads what it takes to start children. */
export async function prepareChildren(): Promise<void> {
  await import('execa');
}

/** Runs a child to its end. Never rejects: every ending is a value. */
export async function runChild(spec: ChildSpec): Promise<ChildResult> {
  if (spec.signal?.aborted) return { ...NOTHING, ending: 'aborted' };
  if (spec.cwd !== undefined && !existsSync(spec.cwd)) {
    return { ...NOTHING, ending: 'failed-to-start', stderr: `the folder ${spec.cwd} does not exist` };
  }
  const { execa } = await import('execa');
  const child = execa(spec.file, spec.args, {
    ...options(spec),
    all: true,
    maxBuffer: MAX_OUTPUT_BYTES,
    ...(spec.input === undefined ? { stdin: 'ignore' as const } : { input: spec.input }),
  });
  const guard = guardGroup(child, spec);
  if (spec.onLine) {
    forwardLines(child.stdout, spec.onLine);
    forwardLines(child.stderr, spec.onLine);
  }
  const result = await child;
  guard.release();
  return {
    ending: guard.reason() ?? endingOf(result),
    exitCode: result.exitCode ?? null,
    signal: result.signal ?? null,
    stdout: result.stdout,
    stderr: result.stderr || (result.exitCode === undefined ? (result.originalMessage ?? '') : ''),
    all: result.all,
  };
}

/** Runs a child with this process's terminal; resolves with its exit code (128 + n when signal n ended it). */
export async function runAttached(
  spec: Omit<ChildSpec, 'input' | 'timeoutMs' | 'onLine'>,
): Promise<ChildResult> {
  const { execa } = await import('execa');
  // In this process's group, unlike the others: Ctrl-C at the terminal is meant for the child.
  const child = execa(spec.file, spec.args, {
    ...options(spec),
    detached: false,
    cleanup: true,
    stdio: 'inherit',
    cancelSignal: spec.signal,
    forceKillAfterDelay: KILL_AFTER_MS,
  });
  const result = await child;
  return {
    ...NOTHING,
    ending: result.isCanceled ? 'aborted' : endingOf(result),
    exitCode: result.exitCode ?? null,
    signal: result.signal ?? null,
    stderr: result.exitCode === undefined ? (result.originalMessage ?? '') : '',
  };
}

/** The lines of a child's standard output while it runs. Leaving the loop, or `signal`, ends the child. */
export async function* streamChild(
  spec: ChildSpec,
  onEnd: (result: ChildResult) => void,
): AsyncGenerator<string> {
  if (spec.signal?.aborted) return;
  const { execa } = await import('execa');
  const child = execa(spec.file, spec.args, { ...options(spec), stdin: 'ignore', buffer: { stdout: false } });
  const guard = guardGroup(child, spec);
  try {
    for await (const line of createInterface({ input: child.stdout, crlfDelay: Infinity })) yield line;
    const result = await child;
    onEnd({
      ...NOTHING,
      ending: guard.reason() ?? endingOf(result),
      exitCode: result.exitCode ?? null,
      signal: result.signal ?? null,
      stderr: result.stderr || (result.exitCode === undefined ? (result.originalMessage ?? '') : ''),
    });
  } finally {
    guard.end();
    await child;
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

function options(spec: Pick<ChildSpec, 'cwd' | 'env'>) {
  return {
    cwd: spec.cwd,
    env: spec.env,
    extendEnv: false,
    reject: false,
    stripFinalNewline: false,
    // A group of its own: Ctrl-C reaches us alone, who decide what to undo first, and a kill reaches the CLI's plugins.
    detached: true,
    cleanup: false,
  } as const;
}

function endingOf(result: { exitCode?: number; signal?: string; code?: string }): ChildResult['ending'] {
  if (result.code === 'ENOENT') return 'missing';
  if (result.signal !== undefined) return 'killed';
  return result.exitCode === undefined ? 'failed-to-start' : 'exited';
}

function forwardLines(stream: Readable, onLine: (line: string) => void): void {
  createInterface({ input: stream, crlfDelay: Infinity }).on('line', onLine);
}

/** Ends the child's group on abort, on time-out and when this process exits. */
function guardGroup(child: ResultPromise, spec: Pick<ChildSpec, 'signal' | 'timeoutMs'>) {
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
