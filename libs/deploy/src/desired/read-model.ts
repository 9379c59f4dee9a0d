import { DockerError, type Compose, type ComposeModel } from '@itsup/docker';
import { parse } from 'yaml';

import { relocate, type Relocation } from './files/relocation';

export const NO_HASHES: Record<string, string> = {};

/** Read as YAML: in its JSON Compose leaves out `x-itsup`. */
export async function readModel(compose: Compose, relocation: Relocation | null): Promise<ComposeModel> {
  const model: unknown = parse(await compose.configYaml());
  return (relocation === null ? model : relocate(model, relocation)) as ComposeModel;
}

/** Without hashes nothing is adopted, which is safe. */
export async function hashesOf(compose: Compose): Promise<Record<string, string>> {
  try {
    return await compose.configHashes();
  } catch (error) {
    if (DockerError.is(error, 'interrupted')) throw error;
    return NO_HASHES;
  }
}

export function isModel(value: unknown): value is ComposeModel {
  return typeof value === 'object' && value !== null && !(value instanceof Error) && 'services' in value;
}
