import { ALL_ASPECTS } from '../plan/model';
import { stampContext } from './files/build-context';
import type { Digester } from './digest';
import { areUnchanged } from './files/file-stamp';
import type { ImageLock } from '../images/image-lock';
import type { DeployedFile } from '../state/deployed';
import type { StackSpec } from '../stack/stack-spec';

/** Variables that change what Compose makes of the same files. */
const COMPOSE_VARIABLES = [
  'COMPOSE_COMPATIBILITY',
  'COMPOSE_PROFILES',
  'COMPOSE_ENV_FILES',
  'COMPOSE_DISABLE_ENV_FILE',
  'DOCKER_DEFAULT_PLATFORM',
];

/** Digest of the inputs that are no file's content. Compose's version is none: the digests compared are ours. */
export function declaredInputs(
  spec: StackSpec,
  { published, lock }: Pick<InputsOptions, 'published' | 'lock'>,
  digester: Digester,
): string {
  const own = spec.project === null ? published : {};
  return digester.of([
    spec.projectName,
    spec.kind,
    spec.folder,
    spec.sources,
    spec.envFiles,
    spec.edges,
    own,
    // Nothing where there is no lock, so that the record of an earlier version goes on to count.
    ...(lock.size > 0 ? [[...lock]] : []),
  ]);
}

/**
 * Digest of the values that the stack's files can see of the caller's environment. Secrets and `.env` are left out:
 * they are files, whose stamps are compared, so that nothing is decrypted to see that nothing changed.
 */
export function environmentInput(
  names: string[],
  { env, stateDir, digester }: Pick<InputsOptions, 'env' | 'stateDir' | 'digester'>,
): string {
  const all = [...COMPOSE_VARIABLES, 'LETSENCRYPT_EMAIL', ...names];
  return digester.of([stateDir, Object.fromEntries(all.map((name) => [name, env[name]]))]);
}

export interface InputsOptions {
  stateDir: string;
  env: Readonly<Record<string, string | undefined>>;
  digester: Digester;
  now: number;
  published: Readonly<Record<string, string>>;
  lock: ImageLock;
}

/**
 * Whether the stack's inputs are what its last deploy was made from, and no registry is to be asked. Reads the stamps
 * of files, their contents only where a stamp differs, and starts no process.
 */
export async function inputsUnchanged(
  spec: StackSpec,
  deployed: DeployedFile,
  options: InputsOptions,
): Promise<boolean> {
  const { inputs } = deployed;
  const { digester, now } = options;
  if (inputs.pullsAt === undefined || (inputs.pullsAt !== null && inputs.pullsAt <= now)) return false;
  // An earlier version compared less: the record is to hold all of it before something changes.
  if (Object.values(deployed.services).some(({ aspectsVersion }) => aspectsVersion !== ALL_ASPECTS))
    return false;
  if (inputs.declared !== declaredInputs(spec, options, digester)) return false;
  if (inputs.environment !== environmentInput(inputs.variables, options)) return false;
  if (!(await areUnchanged(inputs.files, digester, now))) return false;
  for (const known of Object.values(inputs.contexts)) {
    const stamp = await stampContext({ context: known.context, dockerfile: known.dockerfile }, now, known);
    if (stamp?.digest !== known.digest) return false;
  }
  return true;
}
