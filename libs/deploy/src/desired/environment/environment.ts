import path from 'node:path';

import { parseDotenv } from '@itsup/config';

import { projectText } from './project-text';
import { HOST_CONTEXT, secretsContextOf, secretsFilesOf, type SecretsReader } from './secrets';

/** What a stack's Compose processes see beyond the caller's environment, and all of it together. */
export interface StackEnvironment {
  /** For the child process: the secrets and our own variables. */
  added: Record<string, string>;
  /** What Compose interpolates from: the caller's environment, the `.env` files below it, `added` above. */
  all: Record<string, string>;
  /** Names that the project's own `.env` and secrets define. */
  own: ReadonlySet<string>;
  /** Files that were read or looked for, absolute: a new one has to be noticed too. */
  files: string[];
}

/**
 * Puts a stack's environment together. A project sees its own secrets and nobody else's; the host's are the proxy's.
 * They win over the caller's environment: they are the project's own.
 */
export async function stackEnvironment(
  options: {
    root: string;
    stack: string;
    /** Files of variables that Compose reads by itself, later ones on top; absolute. */
    dotenvs: readonly string[];
    stateDir: string;
    env: Readonly<Record<string, string | undefined>>;
    /** What the child gets of `env`; default: all of it. */
    inherit?: Readonly<Record<string, string>>;
  },
  readSecrets: SecretsReader,
): Promise<StackEnvironment> {
  const { root, stack, dotenvs, stateDir, env, inherit = env } = options;
  const context = secretsContextOf(stack);
  const [host, own] = await Promise.all([readSecrets(HOST_CONTEXT), readSecrets(context)]);
  const email = host.variables['LETSENCRYPT_EMAIL'] ?? env['LETSENCRYPT_EMAIL'];
  const added: Record<string, string> = {
    ...own.variables,
    ITSUP_STATE: stateDir,
    // Artifacts name the resolver through this variable when no address is configured: see libs/artifacts.
    ITSUP_CERT_RESOLVER: email ? 'letsencrypt' : '',
  };
  const secretsFiles = new Set([HOST_CONTEXT, context].flatMap(secretsFilesOf));
  const outer = { ...withValues(inherit), ...added };
  const ofDotenv: Record<string, string> = {};
  for (const file of dotenvs) {
    const text = projectText(file, path.relative(root, file)) ?? '';
    Object.assign(ofDotenv, parseDotenv(text, (name) => outer[name] ?? ofDotenv[name]).variables);
  }
  return {
    added,
    all: { ...ofDotenv, ...outer },
    own: new Set([...Object.keys(ofDotenv), ...Object.keys(own.variables)]),
    files: [...[...secretsFiles].map((file) => path.join(root, file)), ...dotenvs],
  };
}

function withValues(variables: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
