import type { Rule } from './parse';

/**
 * One way to satisfy a rule: all of its parts at once. A rule is a choice of terms (its disjunctive normal form).
 * `Host(*)`, `HostSNI(*)` and ``PathPrefix(`/`)`` match everything and are left out.
 */
export interface Term {
  /** Host of Host or HostSNI, lower case; null: any host. */
  host: string | null;
  /** Value of PathPrefix; null: any path. */
  prefix: string | null;
  /** Value of Path; null: not asked for. */
  path: string | null;
  /** Every other condition, as sorted canonical text. */
  others: string[];
}

/**
 * Rules with more terms than this are looked at as a whole: no hand-written rule has them. As many as a rule may have
 * matchers, so that a list of hosts stays one.
 */
const maxTerms = 1000;

interface Literal {
  name: string;
  values: string[];
  not: boolean;
}

/** The terms of a rule, in the order they are written. */
export function termsOf(rule: Rule): Term[] {
  const conjunctions = expand(rule, false);
  if (conjunctions === null)
    return [{ host: null, prefix: null, path: null, others: [JSON.stringify(rule)] }];
  return conjunctions.map(termOf);
}

/** A text that is equal for terms that ask for the same. */
export function keyOf(term: Term): string {
  const known = keys.get(term);
  if (known !== undefined) return known;
  const key = JSON.stringify([term.host, term.prefix, term.path, term.others]);
  keys.set(term, key);
  return key;
}

/** Each is asked for again and again. */
const keys = new WeakMap<Term, string>();

/** true: the term asks for nothing but a host and a path prefix, so it takes all that a narrower term could match. */
export function isPlain(term: Term): boolean {
  return term.path === null && term.others.length === 0;
}

/** Every host that a rule mentions, negated or not: Traefik reads server names for TLS from them in the same way. */
export function hostsOf(rule: Rule): string[] {
  return matchersOf(rule)
    .filter(({ name }) => name === 'Host' || name === 'HostSNI')
    .flatMap(({ values }) => values.map(hostIn));
}

/**
 * One spelling of a host: Traefik compares without case, and without a dot at the end. With two of them it still
 * matches what a browser asks for `example.com.`, which is nobody else's either.
 */
export function hostIn(value: string): string {
  let end = value.length;
  // Not by an expression: that would look at each of a thousand dots anew.
  while (end > 1 && value[end - 1] === '.') end -= 1;
  return value.slice(0, end).toLowerCase();
}

/** The hosts whose matchers match this one too: itself, `*.` and the rest, any (`''`). `*` stands for one label. */
export function widerHosts(host: string | null): string[] {
  if (host === null) return [''];
  return host.indexOf('.') > 0 && !host.startsWith('*') ? [host, wildcardOf(host), ''] : [host, ''];
}

/** The wildcard that takes this host: `*.` and the rest, for it stands for one label; of a name without a dot `*`. */
export function wildcardOf(host: string): string {
  const dot = host.indexOf('.');
  return dot < 0 ? '*' : `*${host.slice(dot)}`;
}

/** The known prefixes that a path begins with. PathPrefix compares texts: `/a` takes `/ab`. */
export function startsOf(path: string, known: ReadonlyMap<string, unknown>): string[] {
  if (known.size <= path.length) return [...known.keys()].filter((prefix) => path.startsWith(prefix));
  return Array.from({ length: path.length + 1 }, (_, length) => path.slice(0, length)).filter((prefix) =>
    known.has(prefix),
  );
}

/** true: a TCP rule looks at what only a TLS client says, so its router needs TLS. */
export function namesHosts(rule: Rule): boolean {
  return matchersOf(rule).some(
    ({ name, values }) =>
      name === 'HostSNIRegexp' || name === 'ALPN' || (name === 'HostSNI' && values[0] !== '*'),
  );
}

/** true: the rule looks at where the connection comes from. */
export function asksForClientAddress(rule: Rule): boolean {
  return matchersOf(rule).some(({ name }) => name === 'ClientIP');
}

/** true: some of the rule's hosts are not listed, but matched. */
export function hasRegexpHosts(rule: Rule): boolean {
  return matchersOf(rule).some(({ name }) => name === 'HostRegexp');
}

/** true: the rule, or a negated part of it, tells requests apart by their paths. */
export function looksAtPaths(rule: Rule): boolean {
  return matchersOf(rule).some(
    ({ name, values }) =>
      name === 'Path' || name === 'PathRegexp' || (name === 'PathPrefix' && values[0] !== '/'),
  );
}

/** The expressions that a rule looks for in what no other project claims: headers and queries. */
export function expressionsOf(rule: Rule): string[] {
  return matchersOf(rule)
    .filter(({ name }) => name === 'HeaderRegexp' || name === 'QueryRegexp')
    .flatMap(({ values }) => values.slice(1));
}

function matchersOf(rule: Rule): Extract<Rule, { kind: 'matcher' }>[] {
  if (rule.kind === 'matcher') return [rule];
  return rule.kind === 'not' ? matchersOf(rule.rule) : [...matchersOf(rule.left), ...matchersOf(rule.right)];
}

function expand(rule: Rule, not: boolean): Literal[][] | null {
  if (rule.kind === 'matcher') return [[{ name: rule.name, values: rule.values, not }]];
  if (rule.kind === 'not') return expand(rule.rule, !not);
  const left = expand(rule.left, not);
  const right = expand(rule.right, not);
  if (left === null || right === null) return null;
  // De Morgan: a negated `and` is a choice, a negated `or` is not.
  const choice = (rule.kind === 'or') !== not;
  if ((choice ? left.length + right.length : left.length * right.length) > maxTerms) return null;
  return choice ? [...left, ...right] : left.flatMap((a) => right.map((b) => [...a, ...b]));
}

function termOf(literals: Literal[]): Term {
  const term: Term = { host: null, prefix: null, path: null, others: [] };
  const others = new Set<string>();
  for (const literal of literals) {
    if (!literal.not && matchesAll(literal)) continue;
    const [value = ''] = literal.values;
    const field = literal.not ? undefined : fields[literal.name];
    const text = field === 'host' ? hostIn(value) : value;
    if (field !== undefined && (term[field] === null || term[field] === text)) term[field] = text;
    else others.add(JSON.stringify([literal.not, literal.name, literal.values]));
  }
  term.others = [...others].sort();
  return term;
}

const fields: Readonly<Record<string, 'host' | 'prefix' | 'path'>> = {
  Host: 'host',
  HostSNI: 'host',
  PathPrefix: 'prefix',
  Path: 'path',
};

function matchesAll({ name, values }: Literal): boolean {
  return (
    ((name === 'Host' || name === 'HostSNI') && values[0] === '*') ||
    (name === 'PathPrefix' && values[0] === '/')
  );
}
