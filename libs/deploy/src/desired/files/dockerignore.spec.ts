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
    ['a/**/b', 'a/b', true],
    ['a/**/b', 'a/x/y/b', true],
    ['a/**/b', 'a/xb', false],
    ['**/b', 'xb', false],
    ['a/**', 'a/x/y', true],
    ['**', 'a', true],
    ['[^a]', 'b', true],
    ['[^a]', 'a', false],
    ['[a-c]x', 'bx', true],
  ])('%j, %s: %s', (text, path, expected) => {
    expect(ignoredBy(text)(path)).toBe(expected);
  });

  it.each(['[z-a]', 'ok\n[', 'a\\'])('refuses what the builder refuses, by its line: %j', (text) => {
    const line = text.split('\n').length;
    expect(() => ignoredBy(text)).toThrow(`.dockerignore:${line}`);
  });

  it('takes no time for a pattern that was made to take it', () => {
    const began = Date.now();
    ignoredBy(`${'**/'.repeat(40)}x\n${'**a'.repeat(40)}b\n${'*a'.repeat(200)}b`)(
      'a/'.repeat(400) + 'a'.repeat(400),
    );
    expect(Date.now() - began).toBeLessThan(2000);
  });
});
