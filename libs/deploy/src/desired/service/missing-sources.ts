import { statSync } from 'node:fs';
import path from 'node:path';

import { compareText, composeFilesOf, locateMember, type Problem } from '@itsup/config';
import {
  compareVersions,
  type ComposeFileReference,
  type ComposeModel,
  type ComposeMount,
} from '@itsup/docker';

import { dockerfileAt } from '../../images/base-images';
import type { StackSpec } from '../../stack/stack-spec';
import { contentPath, type Relocation } from '../files/relocation';
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

/** null: the proxy's own files are generated. */
export function sourcesOnHost(
  { project, stack }: Pick<StackSpec, 'project' | 'stack'>,
  root: string,
  relocation: Relocation | null,
): SourcesOnHost | null {
  if (project === null) return null;
  return {
    ...{ stack, root, files: composeFilesOf(root, project) },
    contentOf: (file) => contentPath(file, relocation),
  };
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
      if (file === undefined || !isAbsent(host.contentOf(file))) return [];
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
    if (isAbsent(inside)) return [absent(`what ${name} is built from,`, context, at, host)];
    if (build?.dockerfile_inline !== undefined) return [];
    const dockerfile = path.resolve(context, build?.dockerfile ?? 'Dockerfile');
    return dockerfileAt(host.contentOf(dockerfile)) !== null
      ? []
      : [absent(`the Dockerfile of ${name},`, dockerfile, at, host)];
  });
}

/**
 * Binds of these services whose source this host does not have and Compose would not make: the engine refuses the
 * container, with the old one gone by then where there can be but one.
 * @param replaced services of which a container is to be made
 * @param versionOf of the Compose that deploys, null where it cannot tell; asked only where one could be missing
 */
export async function missingBinds(
  { services }: Pick<ComposeModel, 'services'>,
  replaced: readonly string[],
  host: SourcesOnHost,
  versionOf: () => Promise<string | null>,
): Promise<Problem[]> {
  const absentBinds = replaced.flatMap((name) =>
    (services[name]?.volumes ?? []).flatMap(({ type, source, bind }) => {
      if (type !== 'bind' || source === undefined || bind?.create_host_path === true) return [];
      return isAbsent(host.contentOf(source)) ? [{ name, source, bind }] : [];
    }),
  );
  if (absentBinds.length === 0) return [];
  const version = await versionOf();
  return absentBinds.flatMap(({ name, source, bind }) =>
    isMade(bind, version)
      ? []
      : [absent(`what ${name} mounts and nobody creates,`, source, ['services', name, 'volumes'], host)],
  );
}

/**
 * Whether Compose has the engine make the source of a bind, by what its `config` prints (pkg/compose/create.go): from
 * 5.0 on it leaves out what is true, before that what is false. Before 2.30 it makes none for a bind in the long form
 * without `bind`. Where that is not known it is taken to be made, and the engine judges.
 */
function isMade(bind: ComposeMount['bind'], version: string | null): boolean {
  if (bind?.create_host_path !== undefined) return bind.create_host_path;
  if (version === null || compareVersions(version, '5.0.0') >= 0) return true;
  return bind === undefined && compareVersions(version, '2.30.0') >= 0;
}

/** Whether it is known not to be there: one that this account may not look for may be. */
function isAbsent(file: string): boolean {
  try {
    statSync(file);
    return false;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR';
  }
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
