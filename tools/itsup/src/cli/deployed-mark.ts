import { DEPLOYED, edits, git, hasSources, SOURCES } from '../git';
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
  const head = await git(workspace.nxRoot, ['rev-parse', '--verify', 'HEAD^{commit}']);
  if (head === null) {
    const { UserError } = await import('@itsup/config');
    throw new UserError({
      code: 'no-commit',
      severity: 'error',
      message: `git does not say which commit is checked out in ${workspace.nxRoot}`,
      help: 'deploy --affected compares commits: commit first, or deploy everything with itsup deploy',
    });
  }
  const open = await editsOf(workspace);
  const all = (reason: string): Outstanding => ({ since: null, reason, head, edits: open });
  const mark = await git(workspace.nxRoot, ['rev-parse', '--verify', '--quiet', MARK]);
  if (mark === null) return all('nothing says what was deployed last');
  if ((await git(workspace.nxRoot, ['merge-base', '--is-ancestor', mark, head])) === null)
    return all(`${mark.slice(0, 12)}, which was deployed last, is not in the history any more`);
  const product = hasSources(workspace.nxRoot) ? [...PRODUCT, ...SOURCES] : PRODUCT;
  const changed = await git(workspace.nxRoot, ['diff', '--name-only', mark, head, '--', ...product]);
  if (changed !== '') return all(`${changed?.split('\n')[0] ?? 'the product'} changed, which is for all`);
  return { since: mark, reason: null, head, edits: open };
}

/**
 * Moves the mark after a deploy that went well. It stays when another commit was checked out meanwhile, and goes when
 * there were edits in no commit, because nothing tells what they leave behind.
 * @returns what there is to know about it; null: nothing
 */
export async function moveMark(
  workspace: ItsupWorkspace,
  { head, edits: before }: Pick<Outstanding, 'head' | 'edits'>,
): Promise<string | null> {
  if (before !== '' || (await editsOf(workspace)) !== '') {
    await git(workspace.nxRoot, ['update-ref', '-d', MARK]);
    return 'there are edits that are in no commit: the next deploy --affected is of everything';
  }
  if ((await git(workspace.nxRoot, ['rev-parse', 'HEAD'])) !== head)
    return 'another commit was checked out meanwhile: the next deploy --affected begins where this one did';
  if ((await git(workspace.nxRoot, ['update-ref', MARK, head])) === null)
    return `git could not write ${MARK}: the next deploy --affected begins where this one did`;
  return null;
}

async function editsOf({ nxRoot, settings: { prefix } }: ItsupWorkspace): Promise<string> {
  const own = DEPLOYED.map((folder) => `${prefix}${folder}`);
  return (await edits(nxRoot, [...own, ...(hasSources(nxRoot) ? SOURCES : [])])) ?? '';
}
