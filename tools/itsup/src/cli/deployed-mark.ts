import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ItsupWorkspace } from '../workspace/find-workspace';

/** Names the commit that was deployed last, whole, and well. A ref of its own: no branch, never pushed. */
export const MARK = 'refs/itsup/deployed';

/** What says which product deploys, and how: a change there is a change for every stack. */
const PRODUCT = [
  'package.json',
  'package-lock.json',
  'npm-shrinkwrap.json',
  'pnpm-lock.yaml',
  'pnpm-workspace.yaml',
  'yarn.lock',
  'bun.lock',
  'nx.json',
  '.nxignore',
];

/** What is to be deployed so that the host is as the checked-out commit says. */
export interface Outstanding {
  /** The commit since which the changes are; null: everything is, with `reason`. */
  since: string | null;
  reason: string | null;
  /** The checked-out commit. */
  head: string;
  /** Edits that are in no commit, as git lists them; empty: none. */
  edits: string;
}

/**
 * Asks git what changed since the mark.
 * @throws UserError where git, or a commit, is not there
 */
export async function outstanding(workspace: ItsupWorkspace): Promise<Outstanding> {
  const head = await git(workspace, ['rev-parse', '--verify', 'HEAD^{commit}']);
  if (head === null) {
    const { UserError } = await import('@itsup/config');
    throw new UserError({
      code: 'no-commit',
      severity: 'error',
      message: `git does not say which commit is checked out in ${workspace.nxRoot}`,
      help: 'deploy --affected compares commits: commit first, or deploy everything with itsup deploy',
    });
  }
  const edits = await editsOf(workspace);
  const all = (reason: string): Outstanding => ({ since: null, reason, head, edits });
  const mark = await git(workspace, ['rev-parse', '--verify', '--quiet', MARK]);
  if (mark === null) return all('nothing says what was deployed last');
  if ((await git(workspace, ['merge-base', '--is-ancestor', mark, head])) === null)
    return all(`${mark.slice(0, 12)}, which was deployed last, is not in the history any more`);
  const product = hasSources(workspace) ? [...PRODUCT, 'libs', 'tools'] : PRODUCT;
  const changed = await git(workspace, ['diff', '--name-only', mark, head, '--', ...product]);
  if (changed !== '') return all(`${changed?.split('\n')[0] ?? 'the product'} changed, which is for all`);
  return { since: mark, reason: null, head, edits };
}

/**
 * Moves the mark after a deploy that went well. It stays when another commit was checked out meanwhile, and goes when
 * there were edits in no commit, because nothing tells what they leave behind.
 * @returns what there is to know about it; null: nothing
 */
export async function moveMark(
  workspace: ItsupWorkspace,
  { head, edits }: Pick<Outstanding, 'head' | 'edits'>,
): Promise<string | null> {
  if (edits !== '' || (await editsOf(workspace)) !== '') {
    await git(workspace, ['update-ref', '-d', MARK]);
    return 'there are edits that are in no commit: the next deploy --affected is of everything';
  }
  if ((await git(workspace, ['rev-parse', 'HEAD'])) !== head)
    return 'another commit was checked out meanwhile: the next deploy --affected begins where this one did';
  if ((await git(workspace, ['update-ref', MARK, head])) === null)
    return `git could not write ${MARK}: the next deploy --affected begins where this one did`;
  return null;
}

async function editsOf(workspace: ItsupWorkspace): Promise<string> {
  const { prefix } = workspace.settings;
  const own = ['projects', 'secrets', 'templates'].map((folder) => `${prefix}${folder}`);
  const product = hasSources(workspace) ? ['libs', 'tools'] : [];
  const args = ['status', '--porcelain', '--untracked-files=normal', '--', ...own, ...product];
  return (await git(workspace, args)) ?? '';
}

/** The workspace holds the product's sources, instead of having it installed. */
function hasSources({ nxRoot }: ItsupWorkspace): boolean {
  return existsSync(join(nxRoot, 'tools/itsup'));
}

/** What git prints; null: it ends with anything but 0. */
async function git({ nxRoot }: ItsupWorkspace, args: string[]): Promise<string | null> {
  const options = { cwd: nxRoot, maxBuffer: 64 * 1024 * 1024 };
  return promisify(execFile)('git', args, options).then(
    ({ stdout }) => stdout.trimEnd(),
    () => null,
  );
}
