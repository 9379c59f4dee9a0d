import { parse } from 'yaml';
import { mergeYaml } from './merge-yaml';

const base = `# Generated.
log:
  level: INFO
entryPoints:
  # of ours
  web:
    address: ":80"
    list: [a, b]
`;
const merge = (text: string): string =>
  mergeYaml(base, { file: 'projects/traefik.yml', text, data: {} }, 'static');

describe('laying an override over a generated file', () => {
  test('merges mappings key by key, replaces scalars and lists, appends new keys', () => {
    const merged = merge(
      'entryPoints:\n  web:\n    list: [c]\n    more: 1\n  extra: {address: ":81"}\nlog: off\n',
    );
    expect(parse(merged)).toEqual({
      log: 'off',
      entryPoints: { web: { address: ':80', list: ['c'], more: 1 }, extra: { address: ':81' } },
    });
  });

  test("keeps the operator's comments, and the generated ones", () => {
    const merged = merge(
      '# my file\n\n# why debug\nlog:\n  # loud\n  level: DEBUG # for now\nentryPoints:\n  web:\n    # no idea\n    list:\n      # first\n      - x\n# the end\n',
    );
    for (const comment of [
      '# Generated.',
      '# of ours',
      '# my file',
      '# why debug',
      '# loud',
      '# for now',
      '# no idea',
      '# first',
      '# the end',
    ]) {
      expect(merged).toContain(comment);
    }
    expect(parse(merged)).toMatchObject({ log: { level: 'DEBUG' }, entryPoints: { web: { list: ['x'] } } });
  });

  test('anchors, aliases and merge keys mean what they mean in the file of their own', () => {
    const merged = merge(
      'log: &l {level: WARN, noColor: true}\nentryPoints:\n  b:\n    <<: *l\n    level: ERROR\n  c: {<<: [*l, {extra: 1}]}\n  d: *l\n',
    );
    expect(parse(merged)).toMatchObject({
      log: { level: 'WARN', noColor: true },
      entryPoints: {
        web: { address: ':80' },
        b: { level: 'ERROR', noColor: true },
        c: { level: 'WARN', noColor: true, extra: 1 },
        d: { level: 'WARN', noColor: true },
      },
    });
    expect(merged).not.toMatch(/[&*]l\b|<</);
  });

  test('keys of Traefik are the same in every case, and names of the operator are not', () => {
    const merged = merge(
      'LOG: {Level: WARN}\nentrypoints:\n  Web: {address: ":82"}\n  web: {ADDRESS: ":83"}\n',
    );
    expect(parse(merged)).toEqual({
      log: { level: 'WARN' },
      entryPoints: { web: { address: ':83', list: ['a', 'b'] }, Web: { address: ':82' } },
    });
  });

  test('what Traefik would read as one key twice is refused at its line', () => {
    const twice = 'certificatesResolvers:\n  own:\n    acme:\n      storage: a\n      Storage: b\n';
    expect(() => merge(twice)).toThrow('`storage` and `Storage` are one key for Traefik');
    expect(() => merge(twice)).toThrow(
      expect.objectContaining({
        problems: [expect.objectContaining({ place: expect.objectContaining({ line: 5 }) })],
      }),
    );
  });

  test.each(['', '# nothing here yet\n'])('an override without keys changes no value: %j', (text) => {
    expect(parse(merge(text))).toEqual(parse(base));
  });

  test.each(['- a\n', 'just text\n', 'a: [\n'])('refuses what is no mapping: %j', (text) => {
    expect(() => merge(text)).toThrow('projects/traefik.yml is not a YAML mapping');
  });

  test('values keep their type and quotes', () => {
    expect(merge('log: {level: "0123"}\nentryPoints: {web: {address: 0o17}}\n')).toMatch(
      /level: "0123"[^]*address: 0o17/,
    );
  });
});
