import fc from 'fast-check';
import { interpolate } from './interpolate';

const values: Record<string, string> = { A: 'a', EMPTY: '', PORT: '8080' };
const lookup = (name: string): string | undefined => values[name];

describe('interpolate', () => {
  test.each<[string, string | null]>([
    ['plain', 'plain'],
    ['$A-${A}', 'a-a'],
    ['$$A $${A}', '$A ${A}'],
    ['${PORT:-5432}:5432', '8080:5432'],
    ['${NONE:-5432}:5432', '5432:5432'],
    ['${EMPTY-x}', ''],
    ['${EMPTY:-x}', 'x'],
    ['${NONE:-${OTHER:-${A}}}!', 'a!'],
    ['${A:+yes}${NONE:+no}${EMPTY:+no}${EMPTY+set}', 'yesset'],
    ['${NONE}', null],
    ['$NONE', null],
    ['${NONE:?say it}', null],
    ['${A:?say it}', 'a'],
    ['${A', null],
    ['${NONE:-a', null],
    ['5$', '5$'],
  ])('%s is %j', (text, expected) => expect(interpolate(text, lookup)).toBe(expected));

  test('leaves a text without a dollar sign alone, and never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => text.includes('$') || interpolate(text, lookup) === text));
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'$${}A:-+?x') }), (text) => {
        interpolate(text, lookup);
      }),
    );
  });
});
