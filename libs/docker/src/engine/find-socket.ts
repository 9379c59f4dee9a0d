import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ownDockerProgram } from '../process/docker-program';

type Environment = Record<string, string | undefined>;

const USUAL = 'unix:///var/run/docker.sock';

/** Each changes what the docker command asks, or how. */
const SAYS_OTHERWISE = ['DOCKER_API_VERSION', 'DOCKER_TLS', 'DOCKER_TLS_VERIFY', 'DOCKER_CUSTOM_HEADERS'];

interface Settings {
  currentContext?: string;
  HttpHeaders?: Record<string, string> | null;
}

/**
 * The socket that the docker command would ask, as far as that is plain: its own, or one that DOCKER_HOST names.
 *
 * @returns null: the command alone knows (a context, another host, headers of its own, a script in its place)
 */
export function findSocket(binary: string, env: Environment): string | null {
  if (SAYS_OTHERWISE.some((name) => env[name])) return null;
  if (!isDefault(env['DOCKER_CONTEXT'])) return null;
  const settings = readSettings(env);
  if (settings === null || Object.keys(settings.HttpHeaders ?? {}).length > 0) return null;
  if (!env['DOCKER_HOST'] && !isDefault(settings.currentContext)) return null;
  const path = /^unix:\/\/(\/.+)$/.exec(env['DOCKER_HOST'] || USUAL)?.[1];
  return path !== undefined && ownDockerProgram(binary, env['PATH']) !== null ? path : null;
}

function isDefault(context: string | undefined): boolean {
  return !context || context === 'default';
}

/** The docker command's own; null: they cannot be read. */
function readSettings(env: Environment): Settings | null {
  const folder = env['DOCKER_CONFIG'] || join(env['HOME'] || homedir(), '.docker');
  try {
    return JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')) as Settings;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? {} : null;
  }
}
