import { isIpOrCidr } from '@itsup/config';
import { isTooLargeToCompare, regexpFlaw } from './regexp';

export type RuleKind = 'http' | 'tcp';

/** A matcher of Traefik v3 with what it asks of its values. */
export interface Matcher {
  name: string;
  /** Why it does not take these values; null: it does. */
  check(values: readonly string[]): string | null;
}

type Check = (value: string) => string | null;

const anything: Check = () => null;
const ascii: Check = (value) =>
  /\P{ASCII}/u.test(value) ? 'non-ASCII characters: write the domain in its xn-- form' : null;
const path: Check = (value) => (value.startsWith('/') ? null : 'a path has to start with /');
const source: Check = (value) =>
  isIpOrCidr(value) ? null : `${value} is neither an address nor a network such as 10.0.0.0/8`;
/** What names or paths it takes has to be known, so that no project takes those of another one by it. */
const compared: Check = (value) =>
  isTooLargeToCompare(value) ? 'an expression too large to be looked at' : regexpFlaw(value);
const asciiRegexp: Check = (value) => ascii(value) ?? compared(value);
const sni: Check = (value) =>
  value === '*' || /^(\*\.)?[\w.:-]+$/.test(value) ? null : `${value} is not a host name`;
const protocol: Check = (value) => (value === 'acme-tls/1' ? 'acme-tls/1 is kept for certificates' : null);

/**
 * Traefik's own tables: matchers by kind of router, each with the checks of its values; `optional` ones may be left
 * out.
 */
const tables: Record<RuleKind, Record<string, { values: Check[]; optional?: number }>> = {
  http: {
    ClientIP: { values: [source] },
    Method: { values: [anything] },
    Host: { values: [ascii] },
    HostRegexp: { values: [asciiRegexp] },
    Path: { values: [path] },
    PathRegexp: { values: [compared] },
    PathPrefix: { values: [path] },
    Header: { values: [anything, anything] },
    HeaderRegexp: { values: [anything, regexpFlaw] },
    Query: { values: [anything, anything], optional: 1 },
    QueryRegexp: { values: [anything, regexpFlaw], optional: 1 },
  },
  tcp: {
    ALPN: { values: [protocol] },
    ClientIP: { values: [source] },
    HostSNI: { values: [sni] },
    HostSNIRegexp: { values: [asciiRegexp] },
  },
};

/** By every spelling that Traefik takes: as documented, lower case, upper case, only the first letter upper case. */
const spellings: Record<RuleKind, Map<string, Matcher>> = { http: spell('http'), tcp: spell('tcp') };

function spell(kind: RuleKind): Map<string, Matcher> {
  const map = new Map<string, Matcher>();
  for (const [name, { values, optional = 0 }] of Object.entries(tables[kind])) {
    const matcher: Matcher = { name, check: (given) => check(values, optional, given) };
    const lower = name.toLowerCase();
    for (const key of [name, lower, name.toUpperCase(), lower.charAt(0).toUpperCase() + lower.slice(1)]) {
      map.set(key, matcher);
    }
  }
  return map;
}

function check(checks: readonly Check[], optional: number, given: readonly string[]): string | null {
  if (given.length > checks.length || given.length < checks.length - optional) {
    const wanted = optional === 0 ? `${checks.length}` : `${checks.length - optional} or ${checks.length}`;
    return `takes ${wanted} ${wanted === '1' ? 'value' : 'values'}, not ${given.length}${checks.length === 1 ? '; repeat the matcher with ||' : ''}`;
  }
  for (const [index, value] of given.entries()) {
    if (value === '') return 'an empty value';
    const flaw = checks[index]?.(value) ?? null;
    if (flaw !== null) return flaw;
  }
  return null;
}

/** Finds a matcher by a name as written in a rule, or says what is wrong with the name. */
export function matcherNamed(text: string, kind: RuleKind): Matcher | { message: string } {
  const matcher = spellings[kind].get(text);
  if (matcher) return matcher;
  const other = kind === 'http' ? 'tcp' : 'http';
  if (spellings[other].has(text)) {
    return {
      message: `${text} is a matcher of ${other} rules; ${kind} rules have ${Object.keys(tables[kind]).join(', ')}`,
    };
  }
  return { message: `unknown matcher ${text}; ${kind} rules have ${Object.keys(tables[kind]).join(', ')}` };
}
