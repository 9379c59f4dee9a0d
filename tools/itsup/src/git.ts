import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
const TIMEOUT_MS = 20_000;

/** What a deploy is made of, from the workspace root: an edit elsewhere changes none. */
export const DEPLOYED = ['projects', 'secrets', 'templates'];
/** And where the product's own sources are, from the repository's. */
export const SOURCES = ['libs', 'tools'];

/** The repository holds the product's sources, instead of having it installed. */
export function hasSources(folder: string): boolean {
  return existsSync(join(folder, 'tools/itsup'));
}

/** What git prints in a folder; null: it is not there, or ends with anything but 0. */
export async function git(folder: string, args: readonly string[]): Promise<string | null> {
  // Looking takes no lock, which an operator's own git may want.
  const env = { ...process.env, GIT_OPTIONAL_LOCKS: '0' };
  const options = { cwd: folder, env, timeout: TIMEOUT_MS, maxBuffer: MAX_OUTPUT_BYTES };
  return promisify(execFile)('git', [...args], options).then(
    ({ stdout }) => stdout.trimEnd(),
    () => null,
  );
}

/** Edits below these paths that are in no commit, as git lists them, ignored files left out; null: it does not say. */
export function edits(folder: string, paths: readonly string[] = []): Promise<string | null> {
  return git(folder, ['status', '--porcelain', '--untracked-files=normal', '--', ...paths]);
}

/** Absolute paths of the files below a folder that git has, of submodules too; none: it is in no repository. */
export async function trackedFiles(folder: string): Promise<ReadonlySet<string>> {
  // Of another user's repository, too: root deploys what somebody else pulled. Only its index is read.
  const anyones = ['-c', 'safe.directory=*', '-c', 'core.fsmonitor=false'];
  const listed = await git(folder, [...anyones, 'ls-files', '-z', '--recurse-submodules']);
  return new Set((listed ?? '').split('\0').flatMap((file) => (file === '' ? [] : [join(folder, file)])));
}
