import { existsSync, statSync } from 'node:fs';
import { join, posix, resolve } from 'node:path';
import { expandedPath, isVariable, type Variables } from '../compose/files/expanded-path';
import { isOwnSecret, ownerOf } from '../files/file-owner';
import type { Isolation, NamedPath, NamedVariable, Project } from '../model';
import type { Place, Problem } from '../problem/problem';
import { readCompose } from '../compose/read-compose';
import { isKernelFile, kindOf, MAX_TEXT_BYTES } from '../files/regular-file';
import { YamlFiles } from '../yaml/yaml-files';

/** Compose reads it by itself. */
const DOTENV = '.env';

/**
 * What is wrong with where the paths of a project lead: into `secrets/` (its own file apart), into git's folders, into
 * another project's variables, or to a pipe where Compose would wait for ever. Links are followed. Looked at anew each
 * time, because no content of the project's sources tells where a link leads today.
 */
export function pathProblems(
  files: YamlFiles,
  root: string,
  project: Project,
  isolation: Isolation,
): Problem[] {
  const { name, folder, compose } = project;
  if (compose === null) return [];
  const dotenvs = [...new Set([folder, compose.directory ?? folder])].map((base) => ({
    use: 'read' as const,
    attribute: DOTENV,
    path: DOTENV,
    base,
    place: { file: `${base}/${DOTENV}`, line: 1, column: 1 },
  }));
  return [...dotenvs, ...(compose.paths ?? []).filter(isKnownPath)].flatMap((path) =>
    judge({ files, root, project: name, isolation }, path, path.path),
  );
}

/** A project's sources as Compose follows them with the values of variables. */
export interface FollowedSources {
  /** What is wrong with the paths that only the values tell. */
  problems: Problem[];
  /** Compose files, from the workspace root. */
  files: readonly string[];
  paths: readonly NamedPath[];
  credentials: readonly NamedVariable[];
  /** Part of them cannot be read: on another machine, outside of the workspace, or broken. */
  partial: boolean;
}

/**
 * Follows what only the values of variables tell: paths, and what is behind an `extends` or `include` of that kind. To
 * be asked before Compose reads them.
 *
 * @param variables what Compose interpolates from, with HOME for `~`
 */
export function followSources(
  root: string,
  project: Project,
  variables: Variables,
  isolation: Isolation,
): FollowedSources {
  const { name, compose } = project;
  const known = compose?.paths ?? [];
  if (compose === null || !known.some(({ path }) => isVariable(path)))
    return {
      problems: [],
      files: project.files,
      paths: known,
      credentials: compose?.credentials ?? [],
      partial: compose?.partial === true,
    };
  const files = new YamlFiles(root);
  const base = compose.directory ?? project.folder;
  const read = readCompose(files, compose.files, base, { owner: name, variables });
  const foreign = read.problems.filter(({ code }) => code === 'foreign-file');
  const { paths = [], credentials = [], partial = false } = read.facts;
  const judged = paths.filter(({ path, use }) => use !== 'source' || isVariable(path));
  const problems = [
    ...foreign,
    ...judged.flatMap((path) =>
      judge({ files, root, project: name, isolation }, path, expandedPath(path.path, variables)),
    ),
  ].map((problem) => ({ ...problem, project: name }));
  return { problems, files: read.files, paths, credentials, partial };
}

/** What is wrong with paths that Compose came to: absolute ones. */
export function judgePaths(
  root: string,
  project: string,
  paths: readonly NamedPath[],
  isolation: Isolation,
): Problem[] {
  const files = new YamlFiles(root);
  return paths
    .flatMap((named) => judge({ files, root, project, isolation }, named, named.path))
    .map((problem) => ({ ...problem, project }));
}

/** Whoever follows `extends` and `include` judges what they name. */
function isKnownPath({ path, use }: NamedPath): boolean {
  return use !== 'source' && !isVariable(path);
}

interface Judged {
  files: YamlFiles;
  root: string;
  project: string;
  isolation: Isolation;
}

function judge(judged: Judged, named: NamedPath, path: string): Problem[] {
  const { files, root } = judged;
  const target = targetOf(files, named, path);
  // Compose looks for it by itself, and does without.
  if (named.attribute === DOTENV && target !== null && !existsSync(join(root, target))) return [];
  const real = target === null ? null : files.realPath(target);
  const what = named.attribute === path ? `\`${path}\`` : `\`${named.attribute}\` names \`${path}\``;
  const subject = real === target ? `${what},` : `${what}, which leads to \`${real ?? path}\`,`;
  const fault = real === null ? null : faultOf(judged, named, real);
  if (fault !== null) return [{ ...fault, message: `${subject} ${fault.message}`, place: named.place }];
  const file = posix.isAbsolute(path) ? path : named.base === null ? null : resolve(root, named.base, path);
  return named.use === 'read' && file !== null ? notReadable(file, path, named) : [];
}

/** From the workspace root; null: out of the workspace or of our sight. */
function targetOf(files: YamlFiles, { base }: NamedPath, path: string): string | null {
  if (posix.isAbsolute(path)) return files.inWorkspace(path);
  if (base === null) return null;
  return posix.join(base, path).replace(/\/$/, '');
}

type Fault = Pick<Problem, 'code' | 'severity' | 'message' | 'help'>;

/** What is wrong with a path of the workspace that this project names for this use. */
function faultOf({ files, project, isolation }: Judged, { use }: NamedPath, real: string): Fault | null {
  if (isOwnSecret(real, project)) return null;
  const owner = ownerOf(real);
  const error = (code: string, message: string, help: string): Fault => ({
    code,
    severity: 'error',
    message,
    help,
  });
  // Folders of all projects hold their `.env` files.
  const isWhole = ['projects', 'upstream'].includes(real) && (use === 'mount' || use === 'build');
  if (real === '.' || isWhole)
    return error(
      'foreign-secret',
      `which holds the secrets of all projects${isWhole ? ', their .env files' : ''}`,
      'Name the folders that it needs; a build can have several (`additional_contexts`).',
    );
  switch (owner.kind) {
    case 'shared':
      return null;
    case 'private':
      return error(
        'foreign-secret',
        'where no project may reach',
        `A project’s own secrets are variables of secrets/${project}.env, which may be its env_file; a shared file belongs into a folder of its own.`,
      );
    case 'host':
      return error('foreign-file', 'which is the host’s', 'Keep what the project needs in its own folder.');
    case 'project': {
      if (owner.name === project || !files.isProject(owner.name)) return null;
      const isEnv = posix.basename(real).startsWith(DOTENV);
      if (use === 'read' || use === 'source' || isEnv)
        return error(
          'foreign-file',
          `which is the project \`${owner.name}\`’s`,
          'What several projects read belongs into a folder outside of `projects/`.',
        );
      return {
        code: 'foreign-folder',
        severity: isolation === 'strict' ? 'error' : 'warning',
        message: `which is the project \`${owner.name}\`’s`,
        help: 'Keep what two projects share in a folder outside of `projects/`.',
      };
    }
  }
}

/** Compose opens these files itself, and waits for whoever writes into a pipe. */
function notReadable(
  file: string,
  path: string,
  { attribute, place }: { attribute: string; place: Place },
): Problem[] {
  const found = whatIsThere(file);
  if (found === null || (attribute === DOTENV && found === 'a folder')) return [];
  const what = attribute === path ? `\`${path}\`` : `\`${attribute}\` names \`${path}\`, which`;
  return [
    {
      code: 'not-a-file',
      severity: 'error',
      message: `${what} is ${found}: reading it might never end`,
      help: 'Name a file.',
      place,
    },
  ];
}

/** What a path leads to when that is nothing to be read whole; null: a file of a person's size, or nothing at all. */
function whatIsThere(file: string): string | null {
  try {
    const stats = statSync(file, { throwIfNoEntry: false });
    if (stats === undefined) return null;
    if (!stats.isFile()) return kindOf(stats);
    if (isKernelFile(file)) return 'a file of the kernel';
    return stats.size > MAX_TEXT_BYTES ? `larger than ${MAX_TEXT_BYTES / 1024 / 1024} MiB` : null;
  } catch {
    // Who may not look may not read either: Compose says so.
    return null;
  }
}
