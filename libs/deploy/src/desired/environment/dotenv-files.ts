import { statSync } from 'node:fs';
import path from 'node:path';

import type { Project } from '@itsup/config';

type Environment = Readonly<Record<string, string | undefined>>;

/** Files of variables that Compose reads by itself. */
export interface DotenvFiles {
  /** Looked for, later ones on top, absolute. */
  files: string[];
  /** Those that Compose has to be told of, since it would not find them where it is run. */
  told: string[];
}

/**
 * The `.env` of the folder in which `docker compose` would be run, and beside the first Compose file where COMPOSE_FILE
 * names one of another folder; with COMPOSE_ENV_FILES those instead. With `paths: upstream` the one of that folder.
 *
 * @param folder the project's own, absolute
 * @param directory where relative paths resolve, absolute
 */
export function dotenvFiles(
  { folder, directory }: { folder: string; directory: string },
  { paths }: Pick<Project, 'paths'>,
  { COMPOSE_ENV_FILES: others = '', COMPOSE_DISABLE_ENV_FILE: disabled = '' }: Environment,
): DotenvFiles {
  const home = paths === 'upstream' ? directory : folder;
  if (others !== '') return { files: others.split(',').map((file) => path.resolve(home, file)), told: [] };
  if (/^(?:1|t|true)$/i.test(disabled)) return { files: [], told: [] };
  const files = [...new Set([directory, home])].map((where) => path.join(where, '.env'));
  return { files, told: files.length > 1 ? files.filter(isFile) : [] };
}

function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() === true;
}
