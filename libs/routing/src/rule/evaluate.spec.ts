import fc from 'fast-check';
import { evaluate, hostMatches, type RequestFacts, type Verdict } from './evaluate';
import type { RuleKind } from './matchers';
import { parseRule } from './parse';

const request: RequestFacts = {
  host: 'app.example.com',
  path: '/api/users',
  query: [
    ['page', '2'],
    ['page', '3'],
    ['raw', ''],
  ],
};

function ask(text: string, facts: Partial<RequestFacts> = {}, kind: RuleKind = 'http') {
  const parsed = parseRule(text, kind);
  if ('flaw' in parsed) throw new Error(parsed.flaw.message);
  return evaluate(parsed.rule, { ...request, ...facts });
}

describe('evaluate', () => {
  it.each<[string, Verdict]>([
    ['Host(`app.example.com`)', 'yes'],
    ['Host(`APP.Example.com`)', 'yes'],
    ['Host(`app.example.com.`)', 'yes'],
    ['Host(`*.example.com`)', 'yes'],
    ['Host(`*.com`)', 'no'],
    ['Host(`*`)', 'yes'],
    ['Host(`example.com`)', 'no'],
    ['HostRegexp(`^[a-z]+\\.example`)', 'yes'],
    ['HostRegexp(`(?i)^APP\\.`)', 'yes'],
    ['HostRegexp(`^example`)', 'no'],
    ['Path(`/api/users`)', 'yes'],
    ['Path(`/api`)', 'no'],
    ['PathPrefix(`/api`)', 'yes'],
    ['PathPrefix(`/ap`)', 'yes'],
    ['PathPrefix(`/api/users/`)', 'no'],
    ['PathRegexp(`users$`)', 'yes'],
    ['Query(`page`, `3`)', 'yes'],
    ['Query(`page`, `4`)', 'no'],
    ['Query(`raw`)', 'yes'],
    ['Query(`page`)', 'no'],
    ['QueryRegexp(`page`, `^[0-9]$`)', 'yes'],
    ['Method(`GET`)', 'depends'],
    ['Header(`X-A`, `b`)', 'depends'],
    ['ClientIP(`10.0.0.0/8`)', 'depends'],
    ['!Host(`app.example.com`)', 'no'],
    ['Host(`app.example.com`) && Method(`GET`)', 'depends'],
    ['Host(`other.example.com`) && Method(`GET`)', 'no'],
    ['Host(`app.example.com`) || Method(`GET`)', 'yes'],
    ['Host(`other.example.com`) || !Method(`GET`)', 'depends'],
  ])('%s: %s', (rule, verdict) => expect(ask(rule).verdict).toBe(verdict));

  it('names what it depends on', () => {
    expect(ask('Host(`app.example.com`) && (Method(`GET`) || Header(`X-A`, "a`b"))').dependsOn).toEqual([
      'Method(`GET`)',
      'Header(`X-A`, "a`b")',
    ]);
    expect(ask('Host(`other.example.com`) && Method(`GET`)').dependsOn).toEqual([]);
  });

  it('depends on what is not known, and on nothing that takes everything', () => {
    const unknown = { host: null, path: null, query: null };
    expect(ask('Host(`a`)', unknown).verdict).toBe('depends');
    expect(ask('Path(`/a`)', unknown).verdict).toBe('depends');
    expect(ask('Query(`a`)', unknown).verdict).toBe('depends');
    expect(ask('PathPrefix(`/`)', unknown).verdict).toBe('yes');
    expect(ask('HostSNI(`*`)', unknown, 'tcp').verdict).toBe('yes');
  });

  it('gives a client without a name to no router but one that takes every name', () => {
    expect(ask('HostSNI(`db.example.com`)', { host: '' }, 'tcp').verdict).toBe('no');
    expect(ask('HostSNI(`*`)', { host: '' }, 'tcp').verdict).toBe('yes');
  });

  it('lets a wildcard stand for exactly one label, whatever the host', () => {
    const label = fc.stringMatching(/^[a-z0-9]{1,8}$/);
    fc.assert(
      fc.property(fc.array(label, { minLength: 1, maxLength: 4 }), label, label, (rest, one, two) => {
        const suffix = rest.join('.');
        expect(hostMatches(`${one}.${suffix}`, `*.${suffix}`)).toBe(true);
        expect(hostMatches(`${two}.${one}.${suffix}`, `*.${suffix}`)).toBe(false);
        expect(hostMatches(suffix, `*.${suffix}`)).toBe(false);
      }),
    );
  });
});
