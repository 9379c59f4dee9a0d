import { stampContext } from './build-context';
import type { Digester } from './digest';
import { stackEnvironment, type StackEnvironment } from './environment';
import { areUnchanged } from './file-stamp';
import type { DeployedFile } from '../state/deployed';
import type { StackSpec } from '../stacks/stack-spec';

/** Variables that change what Compose makes of the same files. */
const COMPOSE_VARIABLES = [
  'COMPOSE_PROFILES',
  'COMPOSE_ENV_FILES',
  'COMPOSE_DISABLE_ENV_FILE',
  'DOCKER_DEFAULT_PLATFORM',
];

/** Digest of the inputs that are no file's content. Compose's version is none: the digests compared are ours. */
export function declaredInputs(
  spec: StackSpec,
  published: Readonly<Record<string, string>>,
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
  ]);
}

/** Digest of the values that the stack's files can see: the named variables and every secret. */
export function environmentInput(names: string[], environment: StackEnvironment, digester: Digester): string {
  const all = [...COMPOSE_VARIABLES, ...names, ...environment.secretNames, ...Object.keys(environment.added)];
  return digester.of(Object.fromEntries(all.map((name) => [name, environment.all[name]])));
}

/**
 * Whether the stack's inputs are what its last deploy was made from. Reads the stamps of files, their contents only
 * where a stamp differs, and starts no process.
 */
export async function inputsUnchanged(
  spec: StackSpec,
  deployed: DeployedFile,
  options: {
    root: string;
    stateDir: string;
    env: Readonly<Record<string, string | undefined>>;
    digester: Digester;
    now: number;
    published: Readonly<Record<string, string>>;
  },
): Promise<boolean> {
  const { inputs } = deployed;
  const { digester, now, published } = options;
  if (inputs.declared !== declaredInputs(spec, published, digester)) return false;
  const environment = await stackEnvironment({ ...options, stack: spec.stack, folder: spec.folder });
  if (inputs.environment !== environmentInput(inputs.variables, environment, digester)) return false;
  if (!(await areUnchanged(inputs.files, digester, now))) return false;
  for (const known of Object.values(inputs.contexts)) {
    const stamp = await stampContext({ context: known.context, dockerfile: known.dockerfile }, now, known);
    if (stamp?.digest !== known.digest) return false;
  }
  return true;
}
