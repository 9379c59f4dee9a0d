import path from 'node:path';

import { readRegularFile, UserError, type Problem } from '@itsup/config';
import { DockerError, type Docker } from '@itsup/docker';

import { readFileOrNull } from '../../state/atomic-file';
import { PROXY_STACK } from '../../requests';
import { parseVariables } from './parse-variables';

/** Whose secrets: a project's, or those of the host and the proxy (`itsup`). */
export type SecretsContext = string;

export const HOST_CONTEXT: SecretsContext = 'itsup';

/** Where a stack's secrets are: a project's under its own name, the proxy's are the host's. */
export function secretsContextOf(stack: string): SecretsContext {
  return stack === PROXY_STACK ? HOST_CONTEXT : stack;
}

/** In memory alone: never printed, never written. */
export interface Secrets {
  variables: Record<string, string>;
  /** The file they came from, relative to the workspace; null: there is none. */
  file: string | null;
}

/** Reads the secrets of a context, each context once. */
export type SecretsReader = (context: SecretsContext) => Promise<Secrets>;

/** In this order; the first that exists is the context's, none is merged with another. `.txt` is itsUP's ending. */
const ENDINGS = ['.enc.env', '.enc.txt', '.env', '.txt'];

/** The files that may hold the secrets of a context, the first that exists counts; relative to the workspace. */
export function secretsFilesOf(context: SecretsContext): string[] {
  return ENDINGS.map((ending) => path.posix.join('secrets', `${context}${ending}`));
}

export function isEncrypted(file: string): boolean {
  return /\.enc\.(env|txt)$/.test(file);
}

/** What SOPS writes into every file of either form that we read. */
export function hasSopsMetadata(text: string): boolean {
  return /^sops_version=/m.test(text) || /"sops"\s*:\s*\{/.test(text);
}

/** A reader for one run: a context that many stacks ask for is decrypted once. */
export function createSecretsReader(root: string, docker: Pick<Docker, 'host'>): SecretsReader {
  const known = new Map<SecretsContext, Promise<Secrets>>();
  return (context) => {
    const secrets = known.get(context) ?? readSecrets(root, context, docker);
    known.set(context, secrets);
    return secrets;
  };
}

/**
 * @throws UserError for a file that cannot be decrypted, is not encrypted though its name says so, or is malformed;
 *   what it says holds no value
 */
async function readSecrets(
  root: string,
  context: SecretsContext,
  docker: Pick<Docker, 'host'>,
): Promise<Secrets> {
  for (const file of secretsFilesOf(context)) {
    const text = await readFileOrNull(path.join(root, file));
    if (text === null) continue;
    if (!isEncrypted(file)) return { variables: parseVariables(text, file), file };
    if (!hasSopsMetadata(text)) throw new UserError(notEncrypted(file, text));
    return { variables: parseVariables(await decrypted(root, file, docker), file), file };
  }
  return { variables: {}, file: null };
}

async function decrypted(root: string, file: string, docker: Pick<Docker, 'host'>): Promise<string> {
  try {
    return await docker.host.decrypt(root, file);
  } catch (error) {
    if (!DockerError.is(error, 'sops-missing') && !DockerError.is(error, 'decryption-failed')) throw error;
    throw new UserError({
      code: error.code,
      severity: 'error',
      message: error.message,
      help: error.help,
    });
  }
}

/** What a check finds without any key: files that are not encrypted though their names say so. */
export function plainTextProblems(root: string, context: SecretsContext): Problem[] {
  const problems: Problem[] = [];
  for (const file of secretsFilesOf(context).filter(isEncrypted)) {
    const { text } = readRegularFile(path.join(root, file));
    if (text === null || hasSopsMetadata(text)) continue;
    problems.push({ ...notEncrypted(file, text), place: { file, line: 1, column: 1 } });
  }
  return problems;
}

/** Its name keeps it out of .gitignore. */
function notEncrypted(file: string, text: string): Problem {
  const problem = { code: 'secrets-not-encrypted', severity: 'error' } as const;
  if (text.trim() === '')
    return {
      ...problem,
      message: `${file} is empty, as SOPS leaves a file that it could not encrypt, and hides every other of its name`,
      help: `remove it, and encrypt into a temporary name first: documentation: Secrets`,
    };
  return {
    ...problem,
    message: `${file} is not encrypted, and git would take it`,
    help: `run sops --encrypt --in-place ${file}; if it was ever committed, change what it held`,
  };
}
