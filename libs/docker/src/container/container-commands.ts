import { randomUUID } from 'node:crypto';
import type { CommandRunner } from '../process/command-runner';
import { createRunner } from '../process/command-runner';
import type { CommandOutput, ContainerSpec } from './container';
import type { Docker } from '../docker';
import { DockerError } from '../fault/docker-error';
import { printable } from '../process/printable';
import type { EngineReader } from '../engine/engine-reader';
import { parseContainers, toDetails, type RawContainer } from './inspect-container';
import {
  listContainersArguments,
  listContainersQuery,
  parseContainerList,
  toContainerList,
  type RawListing,
} from './list-containers';

type ContainerCommands = Pick<
  Docker,
  | 'listContainers'
  | 'inspectContainers'
  | 'start'
  | 'stop'
  | 'kill'
  | 'remove'
  | 'exec'
  | 'logs'
  | 'run'
  | 'runDetached'
>;

/** Ids in one command: a command line has its limits. */
const BATCH = 500;
/** `docker run` and `docker exec` end with it when the engine refused. */
const ENGINE_REFUSED = 125;
const DEFAULT_TAIL_LINES = 100;

const ALREADY_GONE = /No such container|removal of container \S+ is already in progress/i;
const NOT_RUNNING = /is not running/i;

export function containerCommands(runner: CommandRunner, reader: EngineReader): ContainerCommands {
  /** Runs a command on ids; lines of standard error that `ignore` knows are no failure. */
  const onEach = async (args: string[], ids: string[], ignore: RegExp): Promise<void> => {
    for (const batch of batches(ids)) {
      const command = { args: [...args, ...batch], timeoutSeconds: null };
      const result = await runner.attempt(command);
      const serious = result.stderr.split('\n').filter((line) => /\S/.test(line) && !ignore.test(line));
      if (result.exitCode !== 0 && serious.length > 0) {
        throw runner.failure(command, { ...result, stderr: serious.join('\n') });
      }
    }
  };

  return {
    listContainers: async (options = {}) => {
      const query = listContainersQuery(options);
      const listed = await reader.get<RawListing>('/containers/json', 'docker ps', query);
      if (listed !== null && listed !== 'missing') return toContainerList(listed.answer, options.labels);
      const { stdout } = await runner.run({ args: listContainersArguments(options), title: 'docker ps' });
      return parseContainerList(stdout, options.labels);
    },

    inspectContainers: async (ids) => {
      const title = 'docker container inspect';
      const paths = ids.map((id) => `/containers/${encodeURIComponent(id)}/json`);
      const read = await reader.getEach<RawContainer>(paths, title);
      if (read !== null) return read.flatMap((one) => (one === 'missing' ? [] : toDetails(one.answer)));
      const found = [];
      for (const batch of batches(ids)) {
        const command = { args: ['container', 'inspect', ...batch], title };
        const result = await runner.attempt(command);
        if (result.exitCode !== 0 && !ALREADY_GONE.test(result.stderr)) throw runner.failure(command, result);
        found.push(...parseContainers(result.stdout));
      }
      return found;
    },

    start: (ids) => onEach(['start'], ids, /(?!)/),
    stop: (ids, { timeoutSeconds } = {}) =>
      onEach(
        ['stop', ...(timeoutSeconds === undefined ? [] : ['-t', String(timeoutSeconds)])],
        ids,
        ALREADY_GONE,
      ),
    kill: (ids, { signal = 'SIGKILL' } = {}) =>
      onEach(['kill', '-s', signal], ids, new RegExp(`${ALREADY_GONE.source}|${NOT_RUNNING.source}`, 'i')),
    remove: (ids, { force = false, volumes = false } = {}) =>
      onEach(['rm', ...(force ? ['--force'] : []), ...(volumes ? ['--volumes'] : [])], ids, ALREADY_GONE),

    exec: async (id, argv, { user, workingDir, privileged = false, env = {}, timeoutSeconds } = {}) => {
      const command = {
        args: [
          'exec',
          ...(user === undefined ? [] : ['--user', user]),
          ...(workingDir === undefined ? [] : ['--workdir', workingDir]),
          ...(privileged ? ['--privileged'] : []),
          ...environmentArguments(env),
          id,
          ...argv,
        ],
        env: ofChild(env),
        title: 'docker exec',
        timeoutSeconds: timeoutSeconds ?? null,
      };
      const result = await runner.attempt(command);
      if (result.exitCode !== 0 && /^Error(?: response from daemon)?: /.test(result.stderr)) {
        throw runner.failure(command, result);
      }
      return outputOf(result);
    },

    logs: async (id, { tail = DEFAULT_TAIL_LINES, timestamps = false, since, until } = {}) => {
      const from = since === undefined ? [] : ['--since', (since / 1000).toFixed(3)];
      const to = until === undefined ? [] : ['--until', (until / 1000).toFixed(3)];
      const args = ['logs', '--tail', String(tail), ...from, ...to, '--timestamps', id];
      const { stdout, stderr } = await runner.run({ args, title: 'docker logs' });
      return printable(mergeLogs(stdout, stderr, timestamps));
    },

    run: async (spec, { input, timeoutSeconds } = {}) => {
      const name = spec.name ?? `itsup-${randomUUID()}`;
      const flags = ['--rm', ...(input === undefined ? [] : ['--interactive'])];
      const moreNetworks = spec.moreNetworks ?? [];
      const env = ofChild(spec.env ?? {});
      if (moreNetworks.length > 0) {
        // An engine before 25 takes one network at the start; the others are joined before it.
        const args = ['create', ...flags, ...containerArguments({ ...spec, name })];
        await runner.run({ args, env, title: 'docker create', image: spec.image });
        try {
          for (const network of moreNetworks)
            await runner.run({
              args: ['network', 'connect', network, name],
              title: 'docker network connect',
            });
        } catch (error) {
          await removeAnyway(runner, name);
          throw error;
        }
      }
      const command = {
        args:
          moreNetworks.length > 0
            ? ['start', '--attach', ...(input === undefined ? [] : ['--interactive']), name]
            : ['run', ...flags, ...containerArguments({ ...spec, name })],
        env,
        title: 'docker run',
        image: spec.image,
        input,
        timeoutSeconds: timeoutSeconds ?? null,
      };
      // Ending the client leaves the container running, and a process that ignores the signal would keep the client.
      const { signal } = runner.settings;
      const onAbort = (): void => void removeAnyway(runner, name);
      signal?.addEventListener('abort', onAbort, { once: true });
      try {
        const result = await runner.attempt(command);
        if (result.exitCode === ENGINE_REFUSED || /^docker: /m.test(result.stderr)) {
          throw runner.failure(command, result);
        }
        return outputOf(result);
      } catch (error) {
        // One whose name was taken is someone else's.
        if (!DockerError.is(error, 'container-name-taken')) await removeAnyway(runner, name);
        throw error;
      } finally {
        signal?.removeEventListener('abort', onAbort);
      }
    },

    runDetached: async (spec) => {
      const command = {
        args: ['run', '--detach', ...containerArguments(spec)],
        env: ofChild(spec.env ?? {}),
        title: 'docker run',
        image: spec.image,
        timeoutSeconds: null,
      };
      const result = await runner.attempt(command);
      const id = result.stdout.trim();
      if (result.exitCode === 0) return id;
      // The engine creates before it starts: what could not be started is there all the same.
      if (/^[0-9a-f]{64}$/.test(id)) await removeAnyway(runner, id);
      throw runner.failure(command, result);
    },
  };
}

/** What the client itself goes by: such a value is no secret, and would change the command. */
const OF_THE_CLIENT =
  /^(?:PATH|HOME|LD_.*|DOCKER_.*|COMPOSE_.*|BUILDKIT_.*|SSH_.*|XDG_.*|GO[A-Z]*|.*_PROXY)$/i;

/** A name without a value is taken from the client's environment. */
function environmentArguments(env: Readonly<Record<string, string>>): string[] {
  return Object.entries(env).flatMap(([name, value]) => [
    '--env',
    OF_THE_CLIENT.test(name) ? `${name}=${value}` : name,
  ]);
}

function ofChild(env: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !OF_THE_CLIENT.test(name)));
}

function containerArguments(spec: ContainerSpec): string[] {
  const option = (flag: string, value: string | undefined): string[] =>
    value === undefined ? [] : [flag, value];
  return [
    '--pull',
    spec.pull ?? 'never',
    ...option('--name', spec.name),
    ...Object.entries(spec.labels ?? {}).flatMap(([key, value]) => ['--label', `${key}=${value}`]),
    ...option('--network', spec.network),
    ...environmentArguments(spec.env ?? {}),
    ...(spec.volumesFrom ?? []).flatMap((container) => ['--volumes-from', container]),
    ...(spec.binds ?? []).flatMap((bind) => ['--volume', bind]),
    ...option('--workdir', spec.workingDir),
    ...option('--user', spec.user),
    ...(spec.capDrop ?? []).flatMap((name) => ['--cap-drop', name]),
    ...(spec.capAdd ?? []).flatMap((name) => ['--cap-add', name]),
    ...(spec.securityOpt ?? []).flatMap((text) => ['--security-opt', text]),
    ...(spec.readOnly ? ['--read-only'] : []),
    ...(spec.tmpfs ?? []).flatMap((folder) => ['--tmpfs', folder]),
    ...option('--pids-limit', spec.pidsLimit === undefined ? undefined : String(spec.pidsLimit)),
    ...(spec.privileged ? ['--privileged'] : []),
    ...option('--pid', spec.pid),
    ...option('--restart', spec.restart),
    ...option('--entrypoint', spec.entrypoint),
    spec.image,
    ...(spec.command ?? []),
  ];
}

/** Also after an interrupt, which has ended the runner's signal. */
async function removeAnyway(runner: CommandRunner, container: string): Promise<void> {
  const { signal: _, ...settings } = runner.settings;
  await createRunner(settings)
    .attempt({ args: ['rm', '--force', '--volumes', container], title: 'docker rm' })
    .catch(() => undefined);
}

function outputOf({ exitCode, stdout, stderr }: CommandOutput): CommandOutput {
  return { exitCode, stdout, stderr };
}

function* batches(ids: string[]): Generator<string[]> {
  for (let start = 0; start < ids.length; start += BATCH) yield ids.slice(start, start + BATCH);
}

/**
 * The two streams come through two pipes, which lose their order; the engine's time stamps, all of one width, have it.
 */
export function mergeLogs(stdout: string, stderr: string, timestamps: boolean): string {
  const lines = [stdout, stderr].flatMap((text) => text.split('\n').filter((line) => line !== ''));
  const stamp = (line: string): string => line.slice(0, line.indexOf(' '));
  lines.sort((a, b) => (stamp(a) < stamp(b) ? -1 : stamp(a) > stamp(b) ? 1 : 0));
  return lines.map((line) => `${timestamps ? line : line.slice(line.indexOf(' ') + 1)}\n`).join('');
}
