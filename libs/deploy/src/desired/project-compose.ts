import path from 'node:path';

import { expandedPath, UserError, variablePathProblems, type NamedPath } from '@itsup/config';
import type { ComposeStack } from '@itsup/docker';

import { secretsFilesOf, type SecretsReader } from './secrets';
import { childEnvironment } from './child-environment';
import { credentialProblems, credentialsOfEnvFile } from './credential-problems';
import { stackEnvironment, type StackEnvironment } from './environment';
import { projectText } from './project-text';
import type { StackSpec } from '../stacks/stack-spec';

/** What Compose may be run with on a stack. Holds secrets. */
export interface ProjectCompose {
  environment: StackEnvironment;
  stack: Pick<ComposeStack, 'env' | 'inherit'>;
}

export interface ProjectComposeOptions {
  root: string;
  stateDir: string;
  env: Readonly<Record<string, string | undefined>>;
  secrets: SecretsReader;
  /** More text that may name variables: the words of a command line. */
  words?: readonly string[];
}

/**
 * The environment of a stack's Compose processes, once it is sure that Compose will read nothing that is not the
 * project's. The proxy, whose files are ours, gets the caller's whole environment.
 * @throws UserError for a path that leads into what is not the project's, for a credential of the deploy that a file names,
 *   and for a file that is none
 */
export async function projectCompose(
  spec: StackSpec,
  { root, stateDir, env, secrets, words = [] }: ProjectComposeOptions,
): Promise<ProjectCompose> {
  const { stack, folder, project } = spec;
  const options = { root, stack, folder, stateDir, env };
  if (project === null) {
    const environment = await stackEnvironment(options, secrets);
    return { environment, stack: { env: environment.added } };
  }
  const display = (file: string): string => path.relative(root, file);
  const textOf = (file: string): string => projectText(file, display(file)) ?? '';
  const sources = spec.sources.map(textOf);
  const files = (env: Readonly<Record<string, string | undefined>>): string[] => [
    ...new Set([
      path.join(folder, '.env'),
      ...spec.envFiles,
      ...(project.compose?.paths ?? []).filter(isEnvFile).flatMap((named) => pathOf(root, named, env)),
    ]),
  ];
  // Those of `secrets/` are taken apart: they may be encrypted, and are read as secrets.
  const isSecret = (file: string): boolean => secretsFilesOf(stack).includes(display(file));
  const envFiles = files(env).filter((file) => !isSecret(file));
  const envTexts = envFiles.map((file) => [display(file), textOf(file)] as const);
  const inherit = childEnvironment(env, [...sources, ...envTexts.map(([, text]) => text), ...words]);
  const environment = await stackEnvironment({ ...options, inherit }, secrets);
  const named = [
    ...(project.compose?.credentials ?? []),
    ...envTexts.flatMap(([file, text]) => credentialsOfEnvFile(file, text)),
  ];
  const problems = [
    ...variablePathProblems(root, project, { HOME: env['HOME'], ...environment.all }),
    ...credentialProblems(stack, named, environment.own, env),
  ];
  if (problems.some(({ severity }) => severity === 'error')) throw new UserError(problems);
  return { environment, stack: { env: environment.added, inherit } };
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
