import { ignoredBy } from './dockerignore';

describe('ignoredBy', () => {
  it.each([
    ['node_modules', 'node_modules', true],
    ['node_modules', 'node_modules/a/b.js', true],
    ['node_modules', 'src/node_modules/a.js', false],
    ['**/node_modules', 'src/node_modules/a.js', true],
    ['**/node_modules', 'node_modules', true],
    ['*.md', 'README.md', true],
    ['*.md', 'docs/README.md', false],
    ['**/*.md', 'docs/deep/README.md', true],
    ['/dist/', 'dist/a', true],
    ['./dist', 'dist', true],
    ['a?c', 'abc', true],
    ['a?c', 'a/c', false],
    ['[ab].txt', 'b.txt', true],
    ['[ab].txt', 'c.txt', false],
    ['a.b', 'axb', false],
    ['a\\*b', 'a*b', true],
    ['*\n!keep', 'keep', false],
    ['*\n!keep', 'other', true],
    ['!keep\n*', 'keep', true],
    ['docs\n!docs/a.md', 'docs/a.md', false],
    ['# comment\n\n', '# comment', false],
  ])('%j, %s: %s', (text, path, expected) => {
    expect(ignoredBy(text)(path)).toBe(expected);
  });
});
