import { formatProblems } from './format-problems';
import type { Problem } from './problem';
import { readFixture } from '../testing/fixtures';

const place = (text: string, column: number, length = 1) => ({
  file: 'a.yml',
  line: 3,
  column,
  text,
  length,
});

describe('formatProblems', () => {
  test('shows place, message, line and caret, and what to do', async () => {
    const { problems } = await readFixture('bad/unknown-keys');
    expect(formatProblems(problems.slice(0, 2))).toBe(
      [
        'projects/app/ingress.yml:1:1: error: unknown key `ingres` — did you mean `ingress`?',
        '    1 | ingres: []',
        '      | ^^^^^^',
        '',
        'projects/app/ingress.yml:2:1: error: unknown key `domain`',
        '    2 | domain: a.example.com',
        '      | ^^^^^^',
        '  help: `domain` belongs in a row of `ingress`: a list entry that starts with `- `.',
        '',
      ].join('\n'),
    );
  });

  test('shows the other places that take part', async () => {
    const { problems } = await readFixture('bad/duplicate-keys');
    expect(formatProblems(problems.slice(1))).toBe(
      [
        'projects/app/ingress.yml:4:5: error: `domain` is given twice',
        '    4 |     domain: b.example.com',
        '      |     ^^^^^^',
        '  help: Keep one of the two.',
        '  projects/app/ingress.yml:3:5: first given here',
        '    3 |     domain: a.example.com',
        '      |     ^^^^^^',
        '',
      ].join('\n'),
    );
  });

  test('does without a place, and without problems', () => {
    expect(formatProblems([{ code: 'x', severity: 'note', message: 'hello' }])).toBe('note: hello\n');
    expect(formatProblems([])).toBe('');
  });

  test('keeps tabs above and below the caret', () => {
    const problem: Problem = { code: 'x', severity: 'warning', message: 'm', place: place('\ta: b', 5) };
    expect(formatProblems([problem])).toContain('    3 | \ta: b\n      | \t   ^\n');
  });

  test('cuts a long line around the place', () => {
    const text = `${'x'.repeat(5_000)}HERE${'y'.repeat(5_000)}`;
    const lines = formatProblems([
      { code: 'x', severity: 'error', message: 'm', place: place(text, 5_001, 4) },
    ]).split('\n');
    const caret = lines[2]?.indexOf('^^^^') ?? -1;
    expect(lines[1]?.slice(caret, caret + 4)).toBe('HERE');
    expect(lines[1]?.length).toBeLessThan(130);
  });

  test('lets no control character of a file reach the terminal', () => {
    const shown = formatProblems([
      { code: 'x', severity: 'error', message: 'a\x1b[2Jb', place: place('c\x1b]0;t\x07\u202ed', 1) },
    ]);
    expect(shown).not.toMatch(/[\x1b\x07\u202e]/);
    expect(shown).toContain('a\ufffd[2Jb');
  });

  test('colours on request alone', () => {
    const problem: Problem = { code: 'x', severity: 'error', message: 'm' };
    expect(formatProblems([problem], { color: true })).toContain('\x1b[');
    expect(formatProblems([problem], { color: false })).not.toContain('\x1b[');
  });
});
