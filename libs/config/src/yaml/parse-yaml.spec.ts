import fc from 'fast-check';
import { parse, stringify } from 'yaml';
import { parseYaml } from './parse-yaml';

const dataOf = (text: string) => {
  const { sources, problems } = parseYaml('a.yml', text);
  expect(problems).toEqual([]);
  return sources[0]?.data;
};
const codesOf = (text: string) => parseYaml('a.yml', text).problems.map(({ code }) => code);

describe('parseYaml', () => {
  test('resolves merge keys as YAML says: own keys, then the first source', () => {
    expect(
      dataOf('a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc: {<<: [*a, *b], z: 3}\nd: {x: 9, <<: *a}'),
    ).toMatchObject({
      c: { x: 1, y: 1, z: 3 },
      d: { x: 9, y: 1 },
    });
  });

  test('takes an anchor that is set again from there on', () => {
    expect(dataOf('a: &a 1\nb: *a\nc: &a 2\nd: *a')).toEqual({ a: 1, b: 1, c: 2, d: 2 });
  });

  test('keeps `__proto__` a key like any other', () => {
    const data = dataOf('__proto__: {polluted: true}\n<<: {__proto__: {x: 1}, constructor: 2}');
    expect(Object.keys(data as object).sort()).toEqual(['__proto__', 'constructor']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test('reads YAML 1.1 booleans where asked to', () => {
    expect(parseYaml('a.yml', '[yes, Off, "yes", y]', { yaml11Booleans: true }).sources[0]?.data).toEqual([
      true,
      false,
      'yes',
      'y',
    ]);
    expect(dataOf('[yes, Off]')).toEqual(['yes', 'Off']);
  });

  test('notes where Compose’s tags stand', () => {
    const { sources } = parseYaml(
      'a.yml',
      'a: {b: !reset [1]}\nc: !override {d: 1}\ne: !reset null\nf: !other x',
    );
    expect(sources[0]?.tags).toEqual([
      { path: ['a', 'b'], tag: 'reset' },
      { path: ['c'], tag: 'override' },
      { path: ['e'], tag: 'reset' },
    ]);
    expect(sources[0]?.data).toEqual({ a: { b: [1] }, c: { d: 1 }, e: null, f: 'x' });
  });

  test('reads several documents where asked to', () => {
    const { sources } = parseYaml('a.yml', 'a: 1\n---\nb: 2\n', { manyDocuments: true });
    expect(sources.map(({ data }) => data)).toEqual([{ a: 1 }, { b: 2 }]);
    expect(sources[1]?.place(['b'])).toMatchObject({ line: 3, column: 4 });
    expect(codesOf('a: 1\n---\nb: 2\n')).toEqual(['invalid-yaml']);
  });

  test.each([
    ['a: 1\na: 2', 'duplicate-key'],
    ['<<: {a: 1}\n<<: {b: 1}', 'duplicate-key'],
    ['a: &a [*a]', 'bad-alias'],
    ['a: *b', 'bad-alias'],
    ['<<: 1', 'bad-merge'],
    ['<<: [a, b, c]', 'bad-merge'],
    ['[a]: 1', 'bad-key'],
    ['a: [', 'invalid-yaml'],
    ['\ta: 1', 'invalid-yaml'],
  ])('%j is %s', (text, code) => {
    expect(codesOf(text)).toEqual([code]);
  });

  test('agrees with `yaml` on whatever `yaml` writes', () => {
    const value = fc.letrec<{ node: unknown }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        fc.string(),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('node'), { maxLength: 4 }),
        fc.dictionary(fc.string({ maxLength: 8 }), tie('node'), { maxKeys: 4 }),
      ),
    })).node;
    fc.assert(
      fc.property(value, (written) => {
        const text = stringify(written);
        expect(parseYaml('a.yml', text).sources[0]?.data).toEqual(parse(text) as unknown);
      }),
    );
  });

  test('never throws, and places every problem inside the text', () => {
    const soup = fc
      .array(
        fc.oneof(
          fc.constantFrom(
            'a: ',
            '- ',
            '\n',
            '  ',
            '&a ',
            '*a',
            '<<: ',
            '{',
            '}',
            '[',
            ']',
            '"',
            "'",
            '|',
            '>',
            '!reset ',
            '---\n',
            '? ',
            ': ',
            ',',
            '#',
            '\t',
            '%YAML 1.1\n',
            '!!binary ',
            '\0',
          ),
          fc.string({ unit: 'binary', maxLength: 4 }),
        ),
        { maxLength: 30 },
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(soup, fc.boolean(), (text, manyDocuments) => {
        const { problems } = parseYaml('a.yml', text, { manyDocuments });
        // A carriage return alone ends a line too.
        const lines = text.split(/\r\n|\n|\r/).length;
        for (const { place } of problems) {
          expect(place?.line).toBeGreaterThanOrEqual(1);
          expect(place?.line).toBeLessThanOrEqual(lines);
          expect(place?.column).toBeGreaterThanOrEqual(1);
        }
      }),
      { numRuns: 500 },
    );
  });
});
