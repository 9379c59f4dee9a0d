import { runChild } from './child';
import { ownDockerProgram } from './docker-program';

/**
 * Where Compose's own program is. `docker compose` starts it twice, for what it is and for what it is to do, after
 * half of its own time: called directly with the same words it does the same in less than half of the processor time.
 */
export interface ComposePlugin {
  /**
   * The program for a command with this environment; null: `docker compose` is to find it. The first command of a
   * process always goes there, for the question costs as much as it saves.
   */
  find(env: Environment, signal?: AbortSignal): Promise<string | null>;
}

type Environment = Record<string, string | undefined>;

/** What it says of itself, without the engine. Older commands ask it all the same, and it may hang. */
const TIMEOUT_MS = 20_000;

/** What decides which program `docker compose` starts. */
const DECIDES = ['PATH', 'HOME', 'DOCKER_CONFIG'];

/** Tells a plugin that the docker command has started it, and by which name: so its messages are the same. */
export const CALLED_BY = 'DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND';

/** @param env the environment that the docker command itself is asked in */
export function findComposePlugin(binary: string, env: Environment): ComposePlugin {
  let commands = 0;
  let asked: Promise<string | null> | null = null;
  return {
    find: async (own, signal) => {
      commands += 1;
      if (commands === 1 || DECIDES.some((name) => own[name] !== env[name])) return null;
      asked ??= ask(binary, env, signal);
      return asked;
    },
  };
}

interface ClientInfo {
  Plugins?: { Name?: string; Path?: string; Err?: unknown }[] | null;
}

/** What it warns of (a file of settings that cannot be read) would be said once instead of twice. */
async function ask(binary: string, env: Environment, signal?: AbortSignal): Promise<string | null> {
  if (ownDockerProgram(binary, env['PATH']) === null) return null;
  const args = ['info', '--format', '{{json .ClientInfo}}'];
  const result = await runChild({ file: binary, args, env, signal, timeoutMs: TIMEOUT_MS });
  if (result.ending !== 'exited' || result.exitCode !== 0 || result.stderr !== '') return null;
  try {
    const { Plugins: plugins } = JSON.parse(result.stdout) as ClientInfo;
    const found = plugins?.find(({ Name: name, Err: error }) => name === 'compose' && !error);
    return found?.Path?.startsWith('/') ? found.Path : null;
  } catch {
    return null;
  }
}
