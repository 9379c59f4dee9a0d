import type { Command, CommandRunner } from '../process/command-runner';
import { boundService } from './bound-service';
import type { Compose, ComposeStack } from './compose';
import {
  buildArguments,
  configArguments,
  createArguments,
  downArguments,
  flag,
  names,
  number,
  pullArguments,
  stackArguments,
  upArguments,
} from './compose-arguments';
import type { ComposeModel } from './compose-model';
import { DockerError } from '../fault/docker-error';

/** Reading and checking a file takes Compose a tenth of a second; a remote include may take its time. */
const CONFIG_TIMEOUT_SECONDS = 120;

export function createCompose(runner: CommandRunner, stack: ComposeStack): Compose {
  const command = (args: string[], options: Partial<Command> = {}): Command => ({
    args: [...stackArguments(stack), ...args],
    env: stack.env,
    ...(stack.inherit && { inherit: stack.inherit }),
    cwd: stack.cwd,
    title: `docker compose ${args[0] ?? ''} (${stack.project})`,
    timeoutSeconds: null,
    ...options,
  });
  const config = (args: string[]): Command =>
    command(args, { purpose: 'compose-config', timeoutSeconds: CONFIG_TIMEOUT_SECONDS });

  const readModel: Compose['configJson'] = async (options) => {
    const { stdout } = await runner.run(config([...configArguments(options), '--format', 'json']));
    return JSON.parse(stdout) as ComposeModel;
  };

  /** Runs what changes the engine, with its progress. */
  const act = async (args: string[], options: Partial<Command> = {}): Promise<void> => {
    const acting = command(args, { progress: true, ...options });
    const result = await runner.attempt(acting);
    if (result.exitCode === 0) return;
    throw await withImage(runner.failure(acting, result), result.all, readModel);
  };

  return {
    stack,
    configQuiet: async (options) => {
      await runner.run(config([...configArguments(options), '--quiet']));
    },
    configJson: readModel,
    configYaml: async (options) => (await runner.run(config(configArguments(options)))).stdout,
    configHashes: async () => parseHashes((await runner.run(config(['config', '--hash', '*']))).stdout),
    createdHashes: async (services, containers) => {
      const text = boundModel(await readModel(), services, containers);
      const args = [...stackArguments({ ...stack, files: ['-'] }), ...RESOLVED_HASHES];
      return text === null
        ? {}
        : parseHashes((await runner.run({ ...config(RESOLVED_HASHES), args, input: text })).stdout);
    },
    pull: (services, options) => act(pullArguments(services, options), { purpose: 'pull' }),
    build: (services, options) => act(buildArguments(services, options), { purpose: 'build' }),
    up: (options) => act(upArguments(options)),
    create: (options) => act(createArguments(options)),
    restart: (services, { timeoutSeconds } = {}) =>
      act(['restart', ...number('--timeout', timeoutSeconds), ...names(services)]),
    stop: (services, { timeoutSeconds } = {}) =>
      act(['stop', ...number('--timeout', timeoutSeconds), ...names(services)]),
    rm: (services, { stop } = {}) => act(['rm', '--force', ...flag('--stop', stop), ...names(services)]),
    down: (options) => act(downArguments(options)),
    logs: async ({ services, tail } = {}) =>
      (await runner.run(command(['logs', '--no-color', ...number('--tail', tail), ...names(services)]))).all,
    passthrough: (args) =>
      runner.attached(command(args, { args: [...stackArguments(stack).filter(notAnsi), ...args] })),
  };
}

/** A terminal may have its colours. */
function notAnsi(word: string): boolean {
  return word !== '--ansi' && word !== 'never';
}

/** Of a model that Compose has resolved before: what it would add now is no part of what it hashes when it creates. */
const RESOLVED_HASHES = ['config', '--no-normalize', '--no-consistency', '--hash', '*'];

/**
 * These services as Compose has them when it makes their containers; null: of none is that known. JSON, for Compose
 * leaves an empty `command` out of its YAML.
 */
function boundModel(
  model: ComposeModel,
  names: readonly string[],
  containers: Readonly<Record<string, string>>,
): string | null {
  const services = names.flatMap((name) => {
    const service = model.services[name];
    const bound = service === undefined ? null : boundService(service, containers);
    return bound === null ? [] : [[name, bound] as const];
  });
  return services.length === 0 ? null : JSON.stringify({ ...model, services: Object.fromEntries(services) });
}

/** `service hash` a line. */
export function parseHashes(stdout: string): Record<string, string> {
  const pairs = stdout
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((words) => words.length === 2);
  return Object.fromEntries(pairs) as Record<string, string>;
}

/**
 * Registries often answer without the image's name (`denied`), and Compose 2 names services alone: the image comes from
 * the model. With several failed services Compose gives the first error to all of them, so all are named.
 */
async function withImage(
  error: DockerError,
  output: string,
  readModel: Compose['configJson'],
): Promise<DockerError> {
  const { fault } = error;
  if (fault.code !== 'pull-failed' || fault.image !== null) return error;
  const failed = [...output.matchAll(/^ ?(\S+) Error\b/gm)].map((match) => match[1] ?? '');
  const model = await readModel().catch(() => null);
  const images = new Set(
    failed.map((service) => model?.services[service]?.image).filter((image) => image !== undefined),
  );
  if (images.size === 0) return error;
  const image = [...images].sort().join(' or ');
  const refused = /\b(?:denied|name unknown|unauthorized|manifest unknown)\b/.test(fault.reason);
  return new DockerError({ code: refused ? 'image-not-found' : 'pull-failed', image, reason: fault.reason });
}
