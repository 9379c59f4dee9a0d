import path from 'node:path';

import { judgePaths, type Isolation, type NamedPath, type Problem } from '@itsup/config';
import type { ComposeModel } from '@itsup/docker';

import type { StackSpec } from '../../stack/stack-spec';
import type { Relocation } from './relocation';

export interface ModelPathOptions {
  root: string;
  /** The model's paths are another checkout's: they were judged as they are written. */
  relocation: Relocation | null;
  isolation: Isolation;
}

/**
 * What is wrong with where the paths of Compose's own model lead, whatever way they came into it: the last word after
 * the one on the files as they are written. Not asked of the proxy, whose mounts are ours.
 */
export function modelPathProblems(
  { stack, project }: StackSpec,
  model: ComposeModel,
  { root, relocation, isolation }: ModelPathOptions,
): Problem[] {
  if (project === null || relocation !== null) return [];
  const [file] = project.compose?.files ?? [];
  const place = { file: file ?? project.folder, line: 1, column: 1 };
  const named = pathsOf(model).map(({ use, attribute, path: text }): NamedPath => ({
    use,
    attribute,
    path: text,
    base: null,
    place,
  }));
  return judgePaths(root, stack, named, isolation);
}

function pathsOf({ services, secrets, configs, volumes }: ComposeModel): Omit<NamedPath, 'base' | 'place'>[] {
  const found: Omit<NamedPath, 'base' | 'place'>[] = [];
  const add = (use: NamedPath['use'], attribute: string, text: unknown): void => {
    if (typeof text === 'string' && path.isAbsolute(text)) found.push({ use, attribute, path: text });
  };
  for (const { volumes: mounts, build } of Object.values(services)) {
    for (const mount of mounts ?? []) if (mount.type === 'bind') add('mount', 'volumes', mount.source);
    if (build === undefined) continue;
    add('build', 'build', build.context);
    if (build.context !== undefined && path.isAbsolute(build.context))
      add('read', 'dockerfile', path.resolve(build.context, build.dockerfile ?? 'Dockerfile'));
    const { additional_contexts: contexts } = build as { additional_contexts?: unknown };
    if (typeof contexts === 'object' && contexts !== null)
      for (const context of Object.values(contexts)) add('build', 'additional_contexts', context);
  }
  for (const object of [...Object.values(secrets ?? {}), ...Object.values(configs ?? {})])
    add('mount', 'file', object.file);
  for (const volume of Object.values(volumes ?? {})) {
    const options: unknown = (volume as { driver_opts?: unknown } | null)?.driver_opts;
    if (typeof options !== 'object' || options === null) continue;
    if ('device' in options) add('mount', 'device', options.device);
    // Folders that are laid over each other: `lowerdir=/a:/b,upperdir=/c`.
    if ('o' in options && typeof options.o === 'string')
      for (const part of options.o.split(/[,:=]/)) add('mount', 'o', part);
  }
  return found;
}
