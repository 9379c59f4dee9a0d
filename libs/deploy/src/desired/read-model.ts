import { compareText } from '@itsup/config';
import { DockerError, type Compose, type ComposeModel } from '@itsup/docker';
import { parse } from 'yaml';

import type { ObservedContainer } from '../plan/model';
import { relocate, type Relocation } from './files/relocation';

export const NO_HASHES: Record<string, string> = {};

/** Read as YAML: in its JSON Compose leaves out `x-itsup`. */
export async function readModel(compose: Compose, relocation: Relocation | null): Promise<ComposeModel> {
  const model: unknown = parse(await compose.configYaml());
  return (relocation === null ? model : relocate(model, relocation)) as ComposeModel;
}

/**
 * By service the hash that Compose gives a container of it. Without one nothing is adopted, which is safe.
 *
 * @param containers.own those of the stack, whoever made them
 * @param containers.unknown those of them that no record names: whose hash counts
 */
export async function hashesOf(
  compose: Compose,
  { own, unknown }: Record<'own' | 'unknown', readonly ObservedContainer[]>,
): Promise<Record<string, string>> {
  const hashes = await orNone(compose.configHashes());
  const others = unknown.filter(({ service, definition }) => hashes[service] !== definition);
  if (others.length === 0) return hashes;
  const services = [...new Set(others.map(({ service }) => service))];
  return { ...hashes, ...(await orNone(compose.createdHashes(services, firstContainers(own)))) };
}

/** Compose takes the first by name where one service uses the container of another one. */
function firstContainers(own: readonly ObservedContainer[]): Record<string, string> {
  const first: Record<string, string> = {};
  for (const { service, id } of [...own].sort((a, b) => compareText(a.name, b.name))) first[service] ??= id;
  return first;
}

async function orNone(hashes: Promise<Record<string, string>>): Promise<Record<string, string>> {
  try {
    return await hashes;
  } catch (error) {
    if (DockerError.is(error, 'interrupted')) throw error;
    return NO_HASHES;
  }
}

export function isModel(value: unknown): value is ComposeModel {
  return typeof value === 'object' && value !== null && !(value instanceof Error) && 'services' in value;
}
