import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseEnv } from 'node:util';

/** The secrets of one context (`itsup` or a project), as variables. */
export interface Secrets {
  variables: Record<string, string>;
  /** Every file that was looked for, absolute: a new one has to be noticed too. */
  files: string[];
}

/** Reads the secrets of one context; replaced where they are kept in another way than in plain files. */
export type SecretReader = (root: string, context: string) => Promise<Secrets>;

/** `secrets/<context>.env`, or `.txt` as itsUP has it; the first that exists counts. */
export const readPlainSecrets: SecretReader = async (root, context) => {
  const files = ['env', 'txt'].map((extension) => path.join(root, 'secrets', `${context}.${extension}`));
  for (const file of files) {
    const text = await readIfThere(file);
    if (text !== null) return { variables: withValues(parseEnv(text)), files };
  }
  return { variables: {}, files };
};

/** What a stack's Compose processes see beyond the caller's environment, and all of it together. */
export interface StackEnvironment {
  /** For the child process: the secrets and our own variables. */
  added: Record<string, string>;
  /** What Compose interpolates from: the caller's environment, `.env` of the project's folder below it, `added` above. */
  all: Record<string, string>;
  /** Names from the secrets; their values all count as inputs. */
  secretNames: string[];
  /** Files that were read or looked for, absolute. */
  files: string[];
}

/**
 * Puts a stack's environment together. Secrets of one project never reach another; those of `itsup` reach every stack.
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
  },
  readSecrets: SecretReader = readPlainSecrets,
): Promise<StackEnvironment> {
  const { root, stack, folder, stateDir, env } = options;
  const [shared, own, dotenv] = await Promise.all([
    readSecrets(root, 'itsup'),
    readSecrets(root, stack),
    readIfThere(path.join(folder, '.env')),
  ]);
  const secrets = { ...shared.variables, ...own.variables };
  const added: Record<string, string> = { ...secrets, ITSUP_STATE: stateDir };
  const email = secrets['LETSENCRYPT_EMAIL'] ?? env['LETSENCRYPT_EMAIL'];
  // Artifacts name the resolver through this variable when no address is configured: see libs/artifacts.
  added['ITSUP_CERT_RESOLVER'] = email ? 'letsencrypt' : '';
  return {
    added,
    all: { ...(dotenv === null ? {} : withValues(parseEnv(dotenv))), ...withValues(env), ...added },
    secretNames: Object.keys(secrets).sort(),
    files: [...shared.files, ...own.files, path.join(folder, '.env')],
  };
}

function withValues(variables: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

function isAbsent(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR';
}
