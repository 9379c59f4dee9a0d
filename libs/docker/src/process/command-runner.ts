import { type ChildResult, type ChildSpec, runAttached, runChild, streamChild } from './child';
import { CALLED_BY, type ComposePlugin } from './compose-plugin';
import { classifyFailure, type Failure } from '../fault/classify-failure';
import { DockerError } from '../fault/docker-error';
import type { DockerFault } from '../fault/docker-fault';
import { printable } from './printable';
import { progressLine } from './progress-line';
import { createRedactor, type Redactor } from './redact';

export interface RunnerSettings {
  /** Name or path of the `docker` command. */
  binary: string;
  env: Record<string, string | undefined>;
  signal?: AbortSignal;
  onLine?: (line: string) => void;
  onNetwork?: (name: string) => void;
  /** Called for Compose where it is known; default: `docker compose`. */
  composePlugin?: ComposePlugin;
}

export interface Command {
  args: string[];
  /** On top of the runner's. */
  env?: Record<string, string>;
  /** Instead of the runner's environment, below `env`. */
  inherit?: Readonly<Record<string, string>>;
  cwd?: string;
  input?: string;
  /** null: no limit. Default: `QUERY_TIMEOUT_SECONDS`. */
  timeoutSeconds?: number | null;
  /** Send what it prints to `onLine` as it comes. */
  progress?: boolean;
  purpose?: Failure['purpose'];
  /** The image that the command is about. */
  image?: string;
  /** What to call it in a message; default: the words of `args` up to the first option. */
  title?: string;
  /** Another command than docker, found in the PATH of the environment and in the system folders. */
  program?: string;
}

/** A question to an engine that works is answered within a second; one that hangs must not hang a deploy. */
export const QUERY_TIMEOUT_SECONDS = 60;

/** Runs commands and turns their failures into `DockerError`. The one way to a process of an engine or a host. */
export interface CommandRunner {
  readonly settings: RunnerSettings;
  /** Rejects only when the command is missing, was interrupted or took too long: the exit code is the caller's. */
  attempt(command: Command): Promise<ChildResult & { exitCode: number }>;
  /** Rejects unless the exit code is 0. */
  run(command: Command): Promise<ChildResult & { exitCode: number }>;
  /** The fault of a result with another exit code than 0. */
  failure(command: Command, result: ChildResult): DockerError;
  attached(command: Command): Promise<number>;
  lines(command: Command, signal?: AbortSignal): AsyncGenerator<string>;
}

export function createRunner(settings: RunnerSettings): CommandRunner {
  const runner: CommandRunner = {
    settings,
    attempt: async (command) => {
      const timeoutSeconds =
        command.timeoutSeconds === undefined ? QUERY_TIMEOUT_SECONDS : command.timeoutSeconds;
      const child = {
        ...childOf(settings, command),
        input: command.input,
        timeoutMs: timeoutSeconds === null ? undefined : timeoutSeconds * 1000,
        onLine: command.progress ? sender(() => redactorOf(settings, command), settings) : undefined,
      };
      const direct = await pastDocker(settings, command, child);
      let result = await runChild(direct ?? child);
      // It was there when it was asked for. What has run may have changed something, and is not run again.
      if (direct !== null && hasNotRun(result)) result = await runChild(child);
      return exitOf(settings, command, result, timeoutSeconds ?? 0);
    },
    run: async (command) => {
      const result = await runner.attempt(command);
      if (result.exitCode !== 0) throw runner.failure(command, result);
      return result;
    },
    failure: (command, result) => {
      const fault = classifyFailure({
        command: titleOf(settings, command),
        exitCode: result.exitCode,
        // BuildKit says on standard output what it was at, and on standard error only that it failed.
        output: command.purpose === 'build' ? result.all : result.stderr || result.stdout,
        image: command.image,
        purpose: command.purpose,
      });
      return new DockerError(redactFault(fault, redactorOf(settings, command)));
    },
    attached: async (command) => {
      const result = await runAttached(childOf(settings, command));
      return exitOf(settings, command, result, 0).exitCode;
    },
    lines: async function* (command, signal) {
      let end: ChildResult | undefined;
      const child = { ...childOf(settings, command), signal: anySignal(settings.signal, signal) };
      yield* streamChild(child, (result) => (end = result));
      if (end === undefined || end.ending === 'aborted') return;
      const result = exitOf(settings, command, end, 0);
      if (result.exitCode !== 0) throw runner.failure(command, result);
    },
  };
  return runner;
}

function childOf(settings: RunnerSettings, command: Command) {
  const env = { ...(command.inherit ?? settings.env), ...command.env };
  return {
    file: command.program ?? settings.binary,
    args: command.args,
    // iptables and ss stand in folders that only root's PATH names.
    env: command.program
      ? { ...env, PATH: [env['PATH'], '/usr/sbin:/sbin:/usr/bin:/bin'].filter(Boolean).join(':') }
      : env,
    cwd: command.cwd,
    signal: settings.signal,
  };
}

function hasNotRun({ ending, all }: ChildResult): boolean {
  return ending === 'missing' || (ending === 'failed' && all === '');
}

/** Compose's own program called as the docker command would call it; null: the command is to do it. */
async function pastDocker(
  { composePlugin, binary, signal }: RunnerSettings,
  { args: [first], program }: Command,
  child: ChildSpec,
): Promise<ChildSpec | null> {
  if (first !== 'compose' || program !== undefined) return null;
  const file = (await composePlugin?.find(child.env, signal)) ?? null;
  return file === null ? null : { ...child, file, env: { ...child.env, [CALLED_BY]: binary } };
}

/** Every ending but an exit code becomes its error. */
function exitOf(
  settings: RunnerSettings,
  command: Command,
  result: ChildResult,
  timeoutSeconds: number,
): ChildResult & { exitCode: number } {
  const title = titleOf(settings, command);
  switch (result.ending) {
    case 'exited':
      return { ...result, exitCode: result.exitCode ?? 0 };
    case 'missing':
      throw new DockerError({ code: 'docker-missing', binary: command.program ?? settings.binary });
    case 'timed-out':
      throw new DockerError({ code: 'timeout', command: title, seconds: timeoutSeconds });
    case 'aborted':
    case 'killed':
      throw new DockerError({ code: 'interrupted', command: title, signal: result.signal });
    case 'failed':
      throw new DockerError({
        code: 'command-failed',
        command: title,
        exitCode: null,
        stderr: result.stderr,
      });
  }
}

function titleOf(settings: RunnerSettings, command: Command): string {
  if (command.title) return command.title;
  const firstOption = command.args.findIndex((word) => word.startsWith('-'));
  const words = (firstOption < 0 ? command.args : command.args.slice(0, firstOption)).slice(0, 3);
  return [command.program ?? settings.binary.split('/').at(-1), ...words].join(' ');
}

function redactorOf(settings: RunnerSettings, command: Command): Redactor {
  return createRedactor({ ...settings.env, ...command.env });
}

/**
 * Free text is redacted; names that the engine shows to anyone (images, networks, containers) are not. What steers a
 * terminal goes first: in the middle of a secret it would hide it from the redactor.
 */
function redactFault(fault: DockerFault, redact: Redactor): DockerFault {
  if ('reason' in fault) return { ...fault, reason: redact(printable(fault.reason)) };
  if (fault.code === 'command-failed') return { ...fault, stderr: redact(printable(fault.stderr)) };
  return fault;
}

/** Compose 5 reports the beginning and the end of a thing twice, one right after the other. */
function sender(
  redactor: () => Redactor,
  { onLine, onNetwork }: Pick<RunnerSettings, 'onLine' | 'onNetwork'>,
): ((raw: string) => void) | undefined {
  if (!onLine && !onNetwork) return undefined;
  const redact = redactor();
  let last: string | null = null;
  return (raw) => {
    const line = progressLine(raw);
    if (line === null || line === last) return;
    last = line;
    const network = /^Network (\S+) Created$/.exec(line)?.[1];
    if (network !== undefined) onNetwork?.(network);
    onLine?.(redact(line));
  };
}

function anySignal(...signals: (AbortSignal | undefined)[]): AbortSignal | undefined {
  const given = signals.filter((signal) => signal !== undefined);
  return given.length > 1 ? AbortSignal.any(given) : given[0];
}
