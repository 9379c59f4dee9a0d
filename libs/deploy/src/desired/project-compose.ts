import path from 'node:path';

import { expandedPath, followSources, UserError, type Isolation, type NamedPath } from '@itsup/config';
import type { Compose, ComposeStack, Docker } from '@itsup/docker';

import { secretsFilesOf, type SecretsReader } from './environment/secrets';
import { childEnvironment, withoutCredentials } from './environment/child-environment';
import { dotenvFiles } from './environment/dotenv-files';
import { credentialProblems, credentialsOfEnvFile } from './environment/credential-problems';
import { stackEnvironment, type StackEnvironment } from './environment/environment';
import { projectText } from './environment/project-text';
import type { StackSpec } from '../stack/stack-spec';

/** What Compose may be run with on a stack. Holds secrets. */
export interface ProjectCompose {
  environment: StackEnvironment;
  stack: Pick<ComposeStack, 'env' | 'inherit' | 'envFiles'>;
  /**
   * Compose files and files of variables that only the values of variables lead to, beside those of the spec; absolute.
   */
  followed: { sources: string[]; envFiles: string[] };
}

export interface ProjectComposeOptions {
  root: string;
  stateDir: string;
  env: Readonly<Record<string, string | undefined>>;
  secrets: SecretsReader;
  /** More text that may name variables: the words of a command line. */
  words?: readonly string[];
  isolation: Isolation;
}

/**
 * The environment of a stack's Compose processes, once it is sure that Compose will read nothing that is not the
 * project's. The proxy, whose files are ours, gets the caller's whole environment.
 * @throws UserError for a path that leads into what is not the project's, for a credential of the deploy that a file
 * names, and for a path that is no regular file
 */
export async function projectCompose(
  spec: StackSpec,
  { root, stateDir, env, secrets, words = [], isolation }: ProjectComposeOptions,
): Promise<ProjectCompose> {
  const { stack, project } = spec;
  if (project === null) {
    const options = { root, stack, dotenvs: [path.join(spec.folder, '.env')], stateDir, env };
    const environment = await stackEnvironment(options, secrets);
    return {
      environment,
      stack: { env: environment.added },
      followed: { sources: [], envFiles: [] },
    };
  }
  const { files: dotenvs, told } = dotenvFiles(spec, project, env);
  const options = { root, stack, dotenvs, stateDir, env };
  const display = (file: string): string => path.relative(root, file);
  const textOf = (file: string): string => projectText(file, display(file)) ?? '';
  // What leads to a file is named by one that was read before, so that the child gets it too.
  const { all } = await stackEnvironment({ ...options, inherit: withoutCredentials(env) }, secrets);
  const variables = { HOME: env['HOME'], ...all };
  const read = followSources(root, project, variables, isolation);
  const { problems: ofPaths, files, paths, credentials, partial } = read;
  const sources = unique([...spec.sources, ...files.map((file) => path.resolve(root, file))]);
  const envFiles = unique([
    ...dotenvs,
    ...spec.envFiles,
    ...paths.filter(isEnvFile).flatMap((named) => pathOf(root, named, variables)),
  ]);
  // Those of `secrets/` are taken apart: they may be encrypted, and are read as secrets.
  const isSecret = (file: string): boolean => secretsFilesOf(stack).includes(display(file));
  const envTexts = envFiles
    .filter((file) => !isSecret(file))
    .map((file) => [display(file), textOf(file)] as const);
  const texts = [...sources.map(textOf), ...envTexts.map(([, text]) => text), ...words];
  const inherit = childEnvironment(env, partial ? null : texts);
  const environment = await stackEnvironment({ ...options, inherit }, secrets);
  const named = [...credentials, ...envTexts.flatMap(([file, text]) => credentialsOfEnvFile(file, text))];
  const problems = [...ofPaths, ...credentialProblems(stack, named, environment.own, env)];
  if (problems.some(({ severity }) => severity === 'error')) throw new UserError(problems);
  const known = new Set([...spec.sources, ...spec.envFiles, ...dotenvs]);
  return {
    environment,
    stack: { env: environment.added, inherit, ...(told.length > 0 && { envFiles: told }) },
    followed: {
      sources: sources.filter((file) => !known.has(file)),
      envFiles: envFiles.filter((file) => !known.has(file)),
    },
  };
}

/** The Compose files of an earlier deploy in place of the stack's own. */
export interface RestoredFiles {
  /** In Compose's order, absolute. */
  files: string[];
  /** Where their relative paths resolve. */
  directory: string;
}

/**
 * Compose on a stack: the one way in which all that asks it runs it. A project's is run where its user would run
 * `docker compose`, on the same files, with what is added to them as the last one.
 */
export function composeOf(
  docker: Pick<Docker, 'compose'>,
  spec: Pick<StackSpec, 'projectName' | 'files' | 'folder' | 'directory' | 'project'>,
  stack: Pick<ComposeStack, 'env' | 'inherit' | 'envFiles'>,
  { files, directory }: RestoredFiles = spec,
): Compose {
  return docker.compose({
    project: spec.projectName,
    files,
    directory,
    cwd: spec.project?.paths === 'upstream' ? directory : spec.folder,
    ...stack,
  });
}

function unique(files: readonly string[]): string[] {
  return [...new Set(files)];
}

function isEnvFile({ use, attribute }: NamedPath): boolean {
  return use === 'read' && ['env_file', 'label_file', '.env'].includes(attribute);
}

/** Absolute; none when the folder that it resolves in is not known. */
function pathOf(
  root: string,
  { path: text, base }: NamedPath,
  env: Readonly<Record<string, string | undefined>>,
): string[] {
  const expanded = expandedPath(text, env);
  if (path.isAbsolute(expanded)) return [expanded];
  return base === null ? [] : [path.resolve(root, base, expanded)];
}
