import type { Rule } from './parse';
import { regexpMatches } from './regexp';
import { wildcardOf } from './terms';

/** depends: on something of the request that is not known. */
export type Verdict = 'yes' | 'no' | 'depends';

/** What is known of a request or connection; null: not known, so it depends. */
export interface RequestFacts {
  /** Of the Host header, or of SNI for TCP; lower case, ASCII. Empty: a client that names none. */
  host: string | null;
  /** As Traefik routes by it: `routingPath`. */
  path: string | null;
  query: readonly (readonly [name: string, value: string])[] | null;
}

export interface Evaluation {
  verdict: Verdict;
  /** The matchers that it depends on, as rule text; empty unless it depends. */
  dependsOn: string[];
}

/**
 * What Traefik v3 makes of a rule (pkg/muxer): hosts without case, `*.` for exactly one label, `*` for any; paths
 * compared as texts, so PathPrefix(`/a`) takes `/ab`; expressions found anywhere in the value.
 */
export function evaluate(rule: Rule, facts: RequestFacts): Evaluation {
  const dependsOn = new Set<string>();
  const verdict = verdictOf(rule, facts, dependsOn);
  return { verdict, dependsOn: verdict === 'depends' ? [...dependsOn] : [] };
}

/** Whether a host, without case, is what a Host or HostSNI matcher asks for. */
export function hostMatches(host: string, wanted: string): boolean {
  if (wanted === '*') return true;
  const name = wanted.toLowerCase().replace(/\.$/, '');
  if (host === '') return false;
  if (!name.startsWith('*')) return host === name;
  return wildcardOf(host) === name;
}

function verdictOf(rule: Rule, facts: RequestFacts, dependsOn: Set<string>): Verdict {
  switch (rule.kind) {
    case 'not': {
      const inner = verdictOf(rule.rule, facts, dependsOn);
      return inner === 'depends' ? inner : inner === 'yes' ? 'no' : 'yes';
    }
    case 'and':
    case 'or': {
      const decisive = rule.kind === 'and' ? 'no' : 'yes';
      const sides = [verdictOf(rule.left, facts, dependsOn), verdictOf(rule.right, facts, dependsOn)];
      if (sides.includes(decisive)) return decisive;
      return sides.includes('depends') ? 'depends' : decisive === 'no' ? 'yes' : 'no';
    }
    case 'matcher': {
      const verdict = matcherVerdict(rule.name, rule.values, facts);
      if (verdict === 'depends') dependsOn.add(matcherText(rule.name, rule.values));
      return verdict;
    }
  }
}

function matcherVerdict(name: string, values: readonly string[], facts: RequestFacts): Verdict {
  const [first = '', second = ''] = values;
  const about = (known: string | null, test: (value: string) => boolean | null): Verdict =>
    verdictFrom(known === null ? null : test(known));
  switch (name) {
    case 'Host':
    case 'HostSNI':
      return first === '*' ? 'yes' : about(facts.host, (host) => hostMatches(host, first));
    case 'HostRegexp':
    case 'HostSNIRegexp':
      return about(facts.host, (host) => regexpMatches(first, host));
    case 'Path':
      return about(facts.path, (path) => path === first);
    case 'PathPrefix':
      return first === '/' ? 'yes' : about(facts.path, (path) => path.startsWith(first));
    case 'PathRegexp':
      return about(facts.path, (path) => regexpMatches(first, path));
    case 'Query':
    case 'QueryRegexp': {
      if (facts.query === null) return 'depends';
      const given = facts.query.filter(([key]) => key === first).map(([, value]) => value);
      const regexp = name === 'QueryRegexp' && values.length > 1;
      const found = given.map((value) => (regexp ? regexpMatches(second, value) : value === second));
      return verdictFrom(found.includes(true) || (found.includes(null) ? null : false));
    }
    default:
      // Method, headers, the client's address, ALPN: nothing that a URL says.
      return 'depends';
  }
}

/** null: not known. */
function verdictFrom(isFound: boolean | null): Verdict {
  return isFound === null ? 'depends' : isFound ? 'yes' : 'no';
}

function matcherText(name: string, values: readonly string[]): string {
  return `${name}(${values.map((value) => (value.includes('`') ? JSON.stringify(value) : `\`${value}\``)).join(', ')})`;
}
