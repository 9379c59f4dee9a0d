import { headCommit } from './head-commit';
import { temporaryFolder } from './testing/temporary-folder';

const COMMIT = '0123456789abcdef0123456789abcdef01234567';

describe('headCommit', () => {
  it.each([
    ['a branch', { '.git/HEAD': 'ref: refs/heads/main\n', '.git/refs/heads/main': `${COMMIT}\n` }],
    [
      'a packed branch',
      { '.git/HEAD': 'ref: refs/heads/main\n', '.git/packed-refs': `# pack\n${COMMIT} refs/heads/main\n` },
    ],
    ['no branch', { '.git/HEAD': `${COMMIT}\n` }],
    [
      'a linked work tree',
      {
        '.git': 'gitdir: main/.git/worktrees/a\n',
        'main/.git/worktrees/a/HEAD': 'ref: refs/heads/a\n',
        'main/.git/worktrees/a/commondir': '../..\n',
        'main/.git/refs/heads/a': `${COMMIT}\n`,
      },
    ],
  ])('finds the commit of %s', (_, files) => {
    expect(headCommit(temporaryFolder(files))).toBe(COMMIT);
  });

  it('knows none before the first commit and outside git', () => {
    expect(headCommit(temporaryFolder({ '.git/HEAD': 'ref: refs/heads/main\n' }))).toBeNull();
    expect(headCommit(temporaryFolder())).toBeNull();
  });
});
