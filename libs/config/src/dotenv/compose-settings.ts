import { posix } from 'node:path';
import { below } from '../compose/files/compose-layer';
import { parseDotenv } from './dotenv';
import { PROJECT_NAME } from '../schema/grammar';
import { interpolate } from '../yaml/interpolate';
import type { Place, Problem } from '../problem/problem';
import type { SourceFiles } from '../files/source-files';

/** What a project's `.env` tells Compose itself, beside the values of variables. */
export interface ComposeSettings {
  /** COMPOSE_FILE: the files that are read instead of those found by name, from the workspace root; null: not set. */
  files: { file: string; place: Place }[] | null;
  /** COMPOSE_PROJECT_NAME; null: not set, or empty. */
  projectName: { name: string; place: Place } | null;
  /** COMPOSE_PROFILES: those that are active on every deploy. */
  profiles: string[];
  /** The file's variables; secrets are among them. */
  variables: Readonly<Record<string, string>>;
  problems: Problem[];
}

const REMOTE = /^(?:[a-z][a-z0-9+.-]*:\/\/|git@|oci:|-$)/;

/**
 * Reads the `.env` of a project's folder, as `docker compose` does there. Of its values those alone are shown that say
 * which files, which name and which profiles.
 *
 * @param folder from the workspace root
 */
export function readComposeSettings(files: SourceFiles, folder: string): ComposeSettings {
  const file = `${folder}/.env`;
  const text = files.read(file).text ?? '';
  const { variables, fault } = parseDotenv(text);
  const problems: Problem[] = [];
  const at = (name: string): Place => ({ file, line: lineOf(text, name), column: 1 });
  if (fault !== null)
    problems.push({
      code: 'dotenv-malformed',
      severity: 'error',
      message: `Compose cannot read this line: ${fault.message}`,
      help: 'write NAME=value; a value with spaces at its ends, quotes or several lines in double quotes',
      place: { file, line: fault.line, column: 1 },
    });
  const { COMPOSE_PROJECT_NAME: name = '', COMPOSE_PROFILES: profiles = '', COMPOSE_FILE: list } = variables;
  if (name !== '' && !PROJECT_NAME.test(name))
    problems.push({
      code: 'invalid-name',
      severity: 'error',
      message: `\`${name}\` cannot be the name of a Compose project`,
      help: 'Compose wants lower-case letters, digits, - and _, a letter or digit first.',
      place: at('COMPOSE_PROJECT_NAME'),
    });
  if ('COMPOSE_ENV_FILES' in variables)
    problems.push({
      code: 'no-effect',
      severity: 'warning',
      message: 'COMPOSE_ENV_FILES has no effect here: Compose takes it from the environment alone',
      help: 'Put what those files say into this one.',
      place: at('COMPOSE_ENV_FILES'),
    });
  return {
    files:
      list === undefined
        ? null
        : list.split(variables['COMPOSE_PATH_SEPARATOR'] || posix.delimiter).flatMap((path) => {
            const place = at('COMPOSE_FILE');
            const found = REMOTE.test(path) ? null : (files.inWorkspace(path) ?? below(folder, path));
            if (found === null) problems.push(notOurs(path, place));
            return found === null ? [] : [{ file: found, place }];
          }),
    projectName: PROJECT_NAME.test(name) ? { name, place: at('COMPOSE_PROJECT_NAME') } : null,
    profiles: profiles.split(',').filter(Boolean),
    variables,
    problems,
  };
}

function notOurs(path: string, place: Place): Problem {
  return {
    code: 'outside-workspace',
    severity: 'error',
    message:
      path === ''
        ? 'COMPOSE_FILE names no file'
        : `COMPOSE_FILE names \`${path}\`, which is no file of the workspace`,
    help: 'Name files of the workspace, by paths relative to the project’s folder.',
    place,
  };
}

function lineOf(text: string, name: string): number {
  const before = new RegExp(`^[^]*^\\s*(?:export\\s+)?(?=${name}\\b)`, 'm').exec(text)?.[0] ?? '';
  return before.split('\n').length;
}

/** What Compose makes of a text as a project's name. */
export function normalizedName(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^-_a-z0-9]+/g, '')
    .replace(/^[-_]+/, '');
}

/**
 * The name of a Compose project as Compose comes to it: COMPOSE_PROJECT_NAME, else the file's own `name:`, else the
 * folder's.
 *
 * @param written `name:` of the files
 * @param directory the folder that relative paths resolve in
 * @returns null where a variable without a value decides
 */
export function effectiveName(
  { projectName, variables }: Pick<ComposeSettings, 'projectName' | 'variables'>,
  written: string | null,
  directory: string,
): string | null {
  if (projectName !== null) return projectName.name;
  if (written === null) return normalizedName(posix.basename(directory));
  const name = interpolate(written, (variable) => variables[variable]);
  return name === null || name === '' ? null : written === name ? name : normalizedName(name);
}
