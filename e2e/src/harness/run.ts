import { stripVTControlCharacters } from 'node:util';

/** What a finished process left behind. */
export interface Run {
  exitCode: number | undefined;
  stdout: string;
  stderr: string;
  /** Both, interleaved as they came. */
  all: string;
}

export interface RunOptions {
  cwd?: string;
  /** The whole environment of the process; default: `userEnvironment()`. */
  env?: Record<string, string>;
  /** Milliseconds after which the process is killed. Default: 120,000. */
  timeoutMs?: number;
}

const KEPT = ['PATH', 'HOME', 'USER', 'LANG', 'TMPDIR', 'DOCKER_HOST', 'DOCKER_CONFIG', 'DOCKER_CONTEXT'];

/**
 * The environment of a person at a shell, for Nx as the `itsup` command starts it. An allow-list, because these tests
 * run inside an Nx task and inside Jest, whose own variables (`NX_TASK_TARGET_PROJECT`, `NODE_OPTIONS`, …) would change
 * what the tested commands do.
 */
export function userEnvironment(overrides: Record<string, string> = {}): Record<string, string> {
  const kept = KEPT.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(kept), NX_DAEMON: 'false', NX_ISOLATE_PLUGINS: 'false', ...overrides };
}

/** Runs a process to its end. A non-zero exit is a result like any other; it never throws for one. */
export async function run(file: string, args: string[], options: RunOptions = {}): Promise<Run> {
  const { execa } = await import('execa');
  const { exitCode, stdout, stderr, all } = await execa(file, args, {
    cwd: options.cwd,
    env: options.env ?? userEnvironment(),
    extendEnv: false,
    timeout: options.timeoutMs ?? 120_000,
    stdin: 'ignore',
    all: true,
    reject: false,
  });
  // Nx colours what its workers print, whatever it is told.
  const plain = stripVTControlCharacters;
  return { exitCode, stdout: plain(stdout), stderr: plain(stderr), all: plain(all) };
}

/** The run itself when it ended with 0; throws with its output otherwise. */
export function succeeded(finished: Run): Run {
  if (finished.exitCode !== 0) throw new Error(`ended with ${finished.exitCode}:\n${finished.all}`);
  return finished;
}

/** Runs a process and returns its standard output, trimmed. Throws with the output when it fails. */
export async function output(file: string, args: string[], options: RunOptions = {}): Promise<string> {
  const { stdout } = succeeded(await run(file, args, options));
  return stdout.trim();
}
