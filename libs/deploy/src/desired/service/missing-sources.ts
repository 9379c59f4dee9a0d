import { existsSync } from 'node:fs';
import path from 'node:path';

import { compareText, locateMember, type Problem } from '@itsup/config';
import type { ComposeFileReference, ComposeModel } from '@itsup/docker';

import { dockerfileAt } from '../../images/base-images';
import { replicasOf } from './definition';

/** Where the model's paths and the operator's lines are looked up. */
export interface SourcesOnHost {
  stack: string;
  /** The workspace. */
  root: string;
  /** Compose files of the operator, from there. */
  files: readonly string[];
  /** Where the content of a path of the model is. */
  contentOf(file: string): string;
}

const PARTS = ['configs', 'secrets'] as const;

/**
 * Files of configs and secrets that containers are to have and that this host does not have: the engine says it where
 * the container is made, with the old one gone by then where there can be but one.
 */
export function missingFiles(model: ComposeModel, host: SourcesOnHost): Problem[] {
  const services = Object.values(model.services).filter((service) => replicasOf(service) > 0);
  return PARTS.flatMap((part) => {
    const used = services.flatMap((service) => (service[part] ?? []).map(nameOf));
    return [...new Set(used)].sort(compareText).flatMap((name): Problem[] => {
      const file = model[part]?.[name]?.file;
      if (file === undefined || existsSync(host.contentOf(file))) return [];
      return [absent(`the file of the ${part.slice(0, -1)} ${name},`, file, [part, name, 'file'], host)];
    });
  });
}

/**
 * Folders and Dockerfiles that these services are built from and that this host does not have: a plan would promise
 * what its deploy cannot do, and what Docker says of it has no line.
 * @param built services whose image is to be built
 */
export function missingContexts(
  { services }: Pick<ComposeModel, 'services'>,
  built: readonly string[],
  host: SourcesOnHost,
): Problem[] {
  return built.flatMap((name): Problem[] => {
    const build = services[name]?.build;
    const context = build?.context;
    if (context === undefined || !path.isAbsolute(context)) return [];
    const at = ['services', name, 'build'];
    const inside = host.contentOf(context);
    if (!existsSync(inside)) return [absent(`what ${name} is built from,`, context, at, host)];
    if (build?.dockerfile_inline !== undefined) return [];
    const dockerfile = path.resolve(context, build?.dockerfile ?? 'Dockerfile');
    return dockerfileAt(host.contentOf(dockerfile)) !== null
      ? []
      : [absent(`the Dockerfile of ${name},`, dockerfile, at, host)];
  });
}

function nameOf({ source }: ComposeFileReference): string {
  return source;
}

function absent(
  what: string,
  file: string,
  member: string[],
  { stack, root, files }: SourcesOnHost,
): Problem {
  const shown = path.relative(root, file);
  const place = locateMember(root, files, member);
  return {
    code: 'source-missing',
    severity: 'error',
    project: stack,
    message: `${what} ${shown.startsWith('..') ? file : shown}, is not there`,
    help: 'create it, or correct its path',
    ...(place && { place }),
  };
}
