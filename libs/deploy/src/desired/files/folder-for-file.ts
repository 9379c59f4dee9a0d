import { existsSync } from 'node:fs';
import path from 'node:path';

import { expandedPath, type NamedPath, type Place } from '@itsup/config';

/** A bind that would get a folder where a file is meant. */
export interface FolderForFile {
  /** From the workspace root. */
  source: string;
  place: Place;
}

/** A name with an extension; `conf.d` and versions (`v1.2`) are names of folders. */
const EXTENSION = /[^.].*\.(?!d$)[a-z][\w-]*$/i;
const NAMES =
  /^(?:(?:Caddy|Core|Docker|Make|Proc|Gem|Rake)file|hosts|hostname|passwd|group|shadow|crontab|fstab|my\.cnf|authorized_keys|known_hosts|id_(?:rsa|ed25519|ecdsa)|\.(?:env|htpasswd|htaccess|pgpass|npmrc|netrc|gitconfig|bashrc|profile))$/i;

/**
 * Binds of the workspace whose source is not there and, by its name or by its name in the container, is to be a file:
 * Docker makes a folder of the name, root's, without a word, and the application finds that in the place of its file.
 * @param contentOf where the content of an absolute path is; default: there
 * @param env values of variables; null: what holds one is left out
 */
export function foldersForFiles(
  root: string,
  paths: readonly NamedPath[],
  env: Readonly<Record<string, string | undefined>> | null,
  contentOf = (file: string): string => file,
): FolderForFile[] {
  return paths.flatMap(({ target, base, path: written, place }) => {
    if (target === undefined || (env === null && written.includes('$'))) return [];
    const source = env === null ? written : expandedPath(written, env);
    if (source.startsWith('~') || source.endsWith('/') || target.endsWith('/')) return [];
    if (!path.isAbsolute(source) && base === null) return [];
    const file = path.resolve(root, base ?? '', source);
    if (!isOfFile(file) && !isOfFile(target)) return [];
    const shown = path.relative(root, file);
    return shown.startsWith('..') || existsSync(contentOf(file)) ? [] : [{ source: shown, place }];
  });
}

function isOfFile(file: string): boolean {
  const name = path.posix.basename(file);
  return EXTENSION.test(name) || NAMES.test(name);
}

/** What there is to say of it. */
export function folderForFileText({ source }: FolderForFile): string {
  return `${source} is not there: Docker would make a folder of that name, and mount it where a file is meant`;
}
