import { readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DEPLOYED, git, hasSources, SOURCES } from './git';

/**
 * The commit that is checked out in `root`, for the records of deploys: with `+edits` when what is deployed is in no
 * commit in parts; null outside git. Git itself is asked, whatever it keeps its branches in. Where it is not there, or
 * does not like whose repository it is, its files are read, and edits are not known.
 */
export async function headCommit(root: string): Promise<string | null> {
  const args = ['status', '--porcelain=v2', '--branch', '--untracked-files=normal', '--', ...DEPLOYED];
  if (hasSources(root)) args.push(...SOURCES);
  const asked = await git(root, args);
  if (asked === null) return commitInFiles(root);
  const lines = asked.split('\n').filter((line) => line !== '');
  const commit =
    lines.map((line) => /^# branch\.oid ([0-9a-f]{40,64})$/.exec(line)?.[1]).find(Boolean) ?? null;
  const hasEdits = lines.some((line) => !line.startsWith('#'));
  return commit === null ? null : `${commit}${hasEdits ? '+edits' : ''}`;
}

/** The same from git's files, as they are unless it keeps its branches in a table (reftable). */
function commitInFiles(root: string): string | null {
  const git = gitFolder(root);
  const head = git === null ? null : read(join(git, 'HEAD'));
  if (git === null || head === null) {
    return null;
  }
  const ref = /^ref: (\S+)/.exec(head)?.[1];
  if (ref === undefined) {
    return commitIn(head);
  }
  // A linked work tree keeps its branches with the main one.
  const common = resolve(git, read(join(git, 'commondir'))?.trim() ?? '.');
  const loose = read(join(common, ref));
  return loose === null ? packed(common, ref) : commitIn(loose);
}

function gitFolder(from: string): string | null {
  const path = join(from, '.git');
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) {
    const parent = dirname(from);
    return parent === from ? null : gitFolder(parent);
  }
  if (stats.isDirectory()) {
    return path;
  }
  const target = /^gitdir: (.+)/.exec(read(path) ?? '')?.[1];
  return target === undefined ? null : resolve(from, target);
}

function packed(common: string, ref: string): string | null {
  const line = (read(join(common, 'packed-refs')) ?? '').split('\n').find((each) => each.endsWith(` ${ref}`));
  return line === undefined ? null : commitIn(line);
}

function commitIn(text: string): string | null {
  return /^[0-9a-f]{40,64}/.exec(text)?.[0] ?? null;
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
