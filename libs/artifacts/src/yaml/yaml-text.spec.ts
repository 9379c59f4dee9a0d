import fc from 'fast-check';
import { parse } from 'yaml';
import { composePrinter, dynamicPrinter, Expression, plainPrinter } from './yaml-text';

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom('{', '}', '`', '$', '"', "'", '#', ':', ' ', '\n', '\\', '-', '%', 'a', '\u2028'),
  }),
  fc.constantFrom(
    'yes',
    'NO',
    'on',
    'null',
    '~',
    '0x1F',
    '1_000',
    '2001-12-14',
    '.inf',
    '<<',
    '=',
    '- a',
    '? b',
    '{{',
    '@x',
    '!t',
    '&a',
    '*a',
    '',
  ),
);
const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    text,
    fc.integer(),
    fc.boolean(),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(text, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;

/** What YAML cannot hold is replaced before anything is printed. */
const wellFormed = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value).replace(/\\ud[89a-f][0-9a-f]{2}/gi, '\ufffd'));

/** Go's templates, as far as the printer uses them: an action that holds a raw string gives back the string. */
function executeTemplate(source: string): string {
  return source.replace(/\{\{`([^`]*)`\}\}|\{\{/g, (action, raw?: string) => {
    if (raw === undefined) throw new Error(`a template action of its own: ${action}`);
    return raw;
  });
}

describe('printing values', () => {
  test.each([
    '',
    'yes',
    'null',
    '1',
    '1e3',
    '0o17',
    '2001-12-14',
    '~',
    'a: b',
    'a #b',
    '{{x}}',
    ' a',
    'a\nb',
  ])('gives %j back as text', (value) =>
    expect(parse(plainPrinter.yaml(value), { version: '1.1' })).toBe(value),
  );

  test('any value comes back as it was, on one line and as a block', () => {
    fc.assert(
      fc.property(json, (value) => {
        const printed = plainPrinter.yaml(value);
        expect(printed).not.toContain('\n');
        expect(parse(`key: ${printed}\nnext: 1\n`)).toEqual({ key: wellFormed(value), next: 1 });
        const block = plainPrinter.block({ value }, 6);
        expect(parse(`key:\n${block}\nnext: 1\n`)).toEqual({ key: { value: wellFormed(value) }, next: 1 });
      }),
    );
  });

  test('keys that are too long for one line, and collections in collections, come back too', () => {
    const value = { ['k'.repeat(1030)]: 1, ['l'.repeat(1030)]: { a: [[1, { b: [] }], {}] }, c: null };
    expect(parse(plainPrinter.block(value, 2))).toEqual(value);
  });

  test('what Traefik sees after its template pass is the value', () => {
    fc.assert(
      fc.property(json, (value) => {
        const file = executeTemplate(
          `key: ${dynamicPrinter.yaml(value)}\nmore:\n${dynamicPrinter.block([value], 2)}\n`,
        );
        expect(parse(file)).toEqual({ key: wellFormed(value), more: [wellFormed(value)] });
      }),
    );
  });

  test('Compose interpolates nothing but an expression that is meant to be', () => {
    fc.assert(
      fc.property(text, (value) => {
        const printed = parse(composePrinter.yaml(value)) as string;
        expect(printed.replaceAll('$$', '')).not.toContain('$');
        expect(printed.replaceAll('$$', '$')).toBe(wellFormed(value));
      }),
    );
    expect(parse(composePrinter.yaml(new Expression('${A:-}')))).toBe('${A:-}');
  });

  test('control characters are escaped', () => {
    expect(plainPrinter.yaml('a\u007fb\u0085c\ufeff')).toBe('"a\\u007fb\\u0085c\\ufeff"');
  });

  test('a value that is absent is left out', () => {
    expect(plainPrinter.yaml({ a: undefined, b: 1 })).toBe('{ b: 1 }');
  });
});
