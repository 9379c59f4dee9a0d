import path from 'node:path';
import { parseEnv } from 'node:util';

import { parseVariables } from './parse-variables';
import { projectText } from './project-text';
import { HOST_CONTEXT, secretsContextOf, secretsFilesOf, type SecretsReader } from './secrets';

/** What a stack's Compose processes see beyond the caller's environment, and all of it together. */
export interface StackEnvironment {
  /** For the child process: the secrets and our own variables. */
  added: Record<string, string>;
  /** What Compose interpolates from: the caller's environment, `.env` of the project's folder below it, `added` above. */
  all: Record<string, string>;
  /** Names that the project's own `.env` and secrets define. */
  own: ReadonlySet<string>;
  /** Files that were read or looked for, absolute: a new one has to be noticed too. */
  files: string[];
}

/**
 * Puts a stack's environment together. A project sees its own secrets and nobody else's; the host's are the proxy's.
 * They win over the caller's environment: they are the project's own.
 * @param folder the project's folder, whose `.env` Compose reads by itself; absolute
 */
export async function stackEnvironment(
  options: {
    root: string;
    stack: string;
    folder: string;
    stateDir: string;
    env: Readonly<Record<string, string | undefined>>;
    /** What the child gets of `env`; default: all of it. */
    inherit?: Readonly<Record<string, string>>;
  },
  readSecrets: SecretsReader,
): Promise<StackEnvironment> {
  const { root, stack, folder, stateDir, env, inherit = env } = options;
  const context = secretsContextOf(stack);
  const dotenv = projectText(path.join(folder, '.env'), `${path.relative(root, folder)}/.env`);
  const [host, own] = await Promise.all([readSecrets(HOST_CONTEXT), readSecrets(context)]);
  const email = host.variables['LETSENCRYPT_EMAIL'] ?? env['LETSENCRYPT_EMAIL'];
  const added: Record<string, string> = {
    ...own.variables,
    ITSUP_STATE: stateDir,
    // Artifacts name the resolver through this variable when no address is configured: see libs/artifacts.
    ITSUP_CERT_RESOLVER: email ? 'letsencrypt' : '',
  };
  const secretsFiles = new Set([HOST_CONTEXT, context].flatMap(secretsFilesOf));
  const ofDotenv = dotenvVariables(dotenv);
  return {
    added,
    all: { ...ofDotenv, ...withValues(inherit), ...added },
    own: new Set([...Object.keys(ofDotenv), ...Object.keys(own.variables)]),
    files: [...[...secretsFiles].map((file) => path.join(root, file)), path.join(folder, '.env')],
  };
}

/** What Compose reads by itself: a line that we cannot read is its to judge. */
function dotenvVariables(text: string | null): Record<string, string> {
  if (text === null) return {};
  try {
    return parseVariables(text, '.env');
  } catch {
    return withValues(parseEnv(text));
  }
}

function withValues(variables: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
