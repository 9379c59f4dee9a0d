import fc from 'fast-check';
import { parseRule, type Rule } from './parse';
import type { RuleKind } from './matchers';

function tree(text: string, kind: RuleKind = 'http'): string {
  const result = parseRule(text, kind);
  if ('flaw' in result) throw new Error(result.flaw.message);
  const show = (rule: Rule): string =>
    rule.kind === 'matcher'
      ? `${rule.name}${JSON.stringify(rule.values)}`
      : rule.kind === 'not'
        ? `!${show(rule.rule)}`
        : `(${show(rule.left)} ${rule.kind} ${show(rule.right)})`;
  return show(result.rule);
}

function flaw(text: string, kind: RuleKind = 'http'): { message: string; offset: number } {
  const result = parseRule(text, kind);
  if ('rule' in result) throw new Error(`accepted: ${text}`);
  return result.flaw;
}

describe('parseRule', () => {
  it('binds && tighter than ||, groups to the left, and lets parentheses decide', () => {
    expect(tree('Host(`a`) || Host(`b`) && Path(`/c`)')).toBe('(Host["a"] or (Host["b"] and Path["/c"]))');
    expect(tree('(Host(`a`) || Host(`b`)) && Path(`/c`)')).toBe('((Host["a"] or Host["b"]) and Path["/c"])');
    expect(tree('Host(`a`) || Host(`b`) || Host(`c`)')).toBe('((Host["a"] or Host["b"]) or Host["c"])');
    expect(tree('!Host(`a`) && !!Path(`/b`)')).toBe('(!Host["a"] and !!Path["/b"])');
    expect(tree('!(Host(`a`) || Host(`b`))')).toBe('!(Host["a"] or Host["b"])');
  });

  it('reads strings as Go does', () => {
    expect(tree('Header("X-Y", "a\\"b\\u00e9\\\\")')).toBe('Header["X-Y","a\\"bé\\\\"]');
    expect(tree('PathRegexp(`^/a\\d$`)')).toBe('PathRegexp["^/a\\\\d$"]');
    expect(tree('Header(`X`, `"quoted"`)')).toBe('Header["X","\\"quoted\\""]');
  });

  it.each(['Host', 'host', 'HOST'])('takes the spelling %s', (name) => {
    expect(tree(`${name}(\`a\`)`)).toBe('Host["a"]');
  });

  it('takes one or two values for a query, two for a header, one for everything else', () => {
    expect(tree('Query(`a`)')).toBe('Query["a"]');
    expect(tree('Query(`a`, `b`)')).toBe('Query["a","b"]');
    expect(flaw('Host(`a`, `b`)').message).toBe('Host: takes 1 value, not 2; repeat the matcher with ||');
    expect(flaw('Header(`a`)').message).toBe('Header: takes 2 values, not 1');
    expect(flaw('Query(`a`, `b`, `c`)').message).toBe('Query: takes 1 or 2 values, not 3');
  });

  it.each([
    ['', 0],
    ['Host', 4],
    ['Host()', 0],
    ['Host(``)', 0],
    ['Host(`a`', 8],
    ['Host(`a)', 5],
    ['Host("a)', 5],
    ["Host('a')", 5],
    ['Host(`a`))', 9],
    ['Host(`a`) &&', 12],
    ['&& Host(`a`)', 0],
    ['Host(`a`) Host(`b`)', 10],
    ['Host(`a`) & Host(`b`)', 10],
    ['Host(`a`) == Host(`b`)', 10],
    ['Host(Host(`a`))', 5],
    ['Host(1)', 5],
    ['Host(`a`) /* note */', 10],
    ['hOst(`a`)', 0],
    ['Path(`x`)', 0],
    ['PathRegexp(`(`)', 0],
    ['PathRegexp(`(?=a)`)', 0],
    ['Host(`ä`)', 0],
    ['ClientIP(`10.0.0.0/33`)', 0],
    ['Host("\\x61")', 6],
    ['Host("\\ud800")', 6],
  ])('refuses %j at offset %i', (text, offset) => {
    expect(flaw(text).offset).toBe(offset);
  });

  it('knows that Go ends an expression at a line break after a value', () => {
    expect(tree('Host(`a`) &&\n  Path(`/b`)\n')).toBe('(Host["a"] and Path["/b"])');
    expect(flaw('Host(`a`)\n&& Path(`/b`)').message).toMatch('put the operator at the end of the line');
    expect(flaw('(Host(`a`)\n)').message).toMatch('instead of a line break');
  });

  it('keeps the matchers of TCP and HTTP apart', () => {
    expect(tree('HostSNI(`*`)', 'tcp')).toBe('HostSNI["*"]');
    expect(tree('HostSNI(`*.a.example`) && ALPN(`h2`)', 'tcp')).toBe(
      '(HostSNI["*.a.example"] and ALPN["h2"])',
    );
    expect(flaw('HostSNI(`a`) && PathPrefix(`/b`)', 'tcp').message).toMatch(
      'PathPrefix is a matcher of http rules',
    );
    expect(flaw('HostSNI(`a`)').message).toMatch('HostSNI is a matcher of tcp rules');
    expect(flaw('HostSNI(`a b`)', 'tcp').message).toBe('HostSNI: a b is not a host name');
    expect(flaw('ALPN(`acme-tls/1`)', 'tcp').message).toMatch('kept for certificates');
    expect(flaw('Nothing(`a`)', 'tcp').message).toMatch('unknown matcher Nothing');
  });

  it('takes what RE2 takes, which JavaScript does not', () => {
    expect(tree('HostRegexp(`(?i)^[[:alpha:]]+\\.example$`)')).toContain('HostRegexp');
  });

  it('refuses what nests without end instead of running out of stack', () => {
    expect(flaw(`${'('.repeat(5000)}Host(\`a\`)${')'.repeat(5000)}`).message).toMatch('nested');
    expect(flaw(`${'!'.repeat(5000)}Host(\`a\`)`).message).toMatch('nested');
  });

  it('reads back every rule that it is given as a tree', () => {
    const value = fc.stringMatching(/^[ -_a-~é]{1,8}$/);
    const leaf = fc.record({ name: fc.constantFrom('Host', 'Header'), value }).map(({ name, value }) => {
      const host = value.replace(/[^ -~]/g, 'x');
      return name === 'Host' ? `Host(\`${host}\`)` : `Header(\`X\`, ${JSON.stringify(value)})`;
    });
    const { rule } = fc.letrec<{ rule: string }>((tie) => ({
      rule: fc.oneof(
        { maxDepth: 6 },
        leaf,
        fc
          .tuple(tie('rule'), fc.constantFrom('&&', '||'), tie('rule'))
          .map(([a, op, b]) => `(${a} ${op} ${b})`),
        tie('rule').map((rule) => `!${rule}`),
      ),
    }));
    fc.assert(fc.property(rule, (text) => expect(parseRule(text, 'http')).toHaveProperty('rule')));
  });

  it('answers any text, and never throws', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'Host(`"\\ab) &|!,\n\r*') }),
        fc.constantFrom<RuleKind>('http', 'tcp'),
        (text, kind) => {
          const result = parseRule(text, kind);
          expect('rule' in result || result.flaw.offset <= text.length).toBe(true);
        },
      ),
    );
  });
});
