import { isCredential, isDeploysOwn, type NamedVariable, type Problem } from '@itsup/config';

/**
 * Credentials of the deploy that a project's files name and that the project does not have itself: they are not passed
 * on, and a value that silently becomes empty would be worse than an error.
 *
 * @param own names that the project's `.env` and its secrets define
 * @param env the deploy's environment; null where no deploy is meant: then only what is never a project's counts
 */
export function credentialProblems(
  project: string,
  named: readonly NamedVariable[],
  own: ReadonlySet<string>,
  env: Readonly<Record<string, string | undefined>> | null,
): Problem[] {
  return named
    .filter(({ name }) => !own.has(name) && (isDeploysOwn(name) || env?.[name] !== undefined))
    .map(({ name, place }) => ({
      code: 'deploys-credential',
      severity: 'error',
      project,
      message: `\`${name}\` is a credential of whoever deploys, and no project gets it`,
      help: `give the project one of its own: put it in secrets/${project}.env, under a name of its own`,
      place,
    }));
}

/** The same of a file of variables: a name alone takes the value from the environment, and `$NAME` uses it. */
export function credentialsOfEnvFile(file: string, text: string): NamedVariable[] {
  return text.split('\n').flatMap((line, index) => {
    const used = [...line.matchAll(/\$\{?([A-Za-z_]\w*)/g)].map((match) => match[1] ?? '');
    const alone = /^\s*([A-Za-z_]\w*)\s*$/.exec(line)?.[1];
    const place = { file, line: index + 1, column: 1 };
    return [...used, ...(alone === undefined ? [] : [alone])]
      .filter(isCredential)
      .map((name) => ({ name, place }));
  });
}
