import { execFileSync } from 'node:child_process';

import { headCommit } from './head-commit';
import { temporaryFolder, writeFiles } from './testing/temporary-folder';

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
  ])('finds the commit of %s in files, where git takes them for no repository', async (_, files) => {
    expect(await headCommit(temporaryFolder(files))).toBe(COMMIT);
  });

  it('knows none before the first commit and outside git', async () => {
    expect(await headCommit(temporaryFolder({ '.git/HEAD': 'ref: refs/heads/main\n' }))).toBeNull();
    expect(await headCommit(temporaryFolder())).toBeNull();
  });

  it('asks git, and tells of edits to what is deployed alone', async () => {
    const root = temporaryFolder({
      'projects/blog/ingress.yml': 'a',
      '.gitignore': 'secrets/*\n',
      README: 'a',
    });
    const git = (...args: string[]): string =>
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@localhost', ...args], {
        cwd: root,
        encoding: 'utf8',
        stdio: 'pipe',
      }).trim();
    git('init', '--quiet');
    expect(await headCommit(root)).toBeNull();
    git('add', '--all');
    git('commit', '--quiet', '--message', 'one');
    const commit = git('rev-parse', 'HEAD');
    writeFiles(root, { README: 'b', 'notes.txt': 'c', 'secrets/blog.env': 'A=1' });
    expect(await headCommit(root)).toBe(commit);
    writeFiles(root, { 'projects/new/ingress.yml': 'a' });
    expect(await headCommit(root)).toBe(`${commit}+edits`);
  });
});
