import type { IngressRow } from '@itsup/config';
import { parseRule } from '../rule/parse';
import { hasRegexpHosts, hostsOf, looksAtPaths, wildcardOf } from '../rule/terms';

/** What the question below looks at. */
export type PathRow = Pick<
  IngressRow,
  | 'router'
  | 'passthrough'
  | 'hostport'
  | 'domains'
  | 'rule'
  | 'pathPrefix'
  | 'allowSourceIps'
  | 'middleware'
  | 'basicAuth'
  | 'allowEncodedSlashes'
>;

/**
 * Does this http row refuse paths with an encoded slash? Traefik routes by the path as it is written, so
 * `/x/..%2fadmin` is no `/admin` to it; a service that decodes before it normalises answers with `/admin` all the same.
 *
 * So they are refused where a path is a boundary: on a row that looks at paths, which shows a part of its service, and
 * on rows of the same host that do not, when other allow lists or middlewares stand before a path. A site with one row
 * keeps them, as GitLab or Nextcloud need. `allow_encoded_slashes` decides otherwise.
 *
 * @param rows all rows of the project; another project's path leads to another project's service, past which there is
 *   nothing to get
 */
export function refusesEncodedSlashes(row: PathRow, rows: readonly PathRow[]): boolean {
  if (row.allowEncodedSlashes !== null) return !row.allowEncodedSlashes;
  const own = scopeOf(row);
  if (own.byPath) return true;
  const known = boundariesOf(rows);
  const keys = own.hosts.length === 0 ? [ALL] : [ANY, ...own.hosts.flatMap(overlapping)];
  return keys.some((key) =>
    [...(known.get(keyOf(row.hostport, key)) ?? [])].some((guards) => guards !== own.guards),
  );
}

/**
 * Answers 400 to paths with an encoded slash, backslash or NUL. Traefik's middleware refuses more unless it is told: a
 * percent sign, a semicolon, a question mark or a hash in a file's name leads nowhere else.
 */
export const noEncodedSlashes = {
  encodedCharacters: {
    allowEncodedHash: true,
    allowEncodedPercent: true,
    allowEncodedQuestionMark: true,
    allowEncodedSemicolon: true,
  },
};

interface Scope {
  /** Host names, lower case; empty: any. */
  hosts: string[];
  byPath: boolean;
  /** Equal for rows that let the same requests through. */
  guards: string;
}

function scopeOf(row: PathRow): Scope {
  const guards = JSON.stringify([[...row.allowSourceIps].sort(), row.middleware, row.basicAuth]);
  if (row.rule === null) {
    return {
      hosts: row.domains,
      byPath: row.pathPrefix !== null && row.pathPrefix !== '/',
      guards,
    };
  }
  const parsed = parseRule(row.rule, 'http');
  if (!('rule' in parsed)) return { hosts: [], byPath: true, guards };
  return {
    hosts: hasRegexpHosts(parsed.rule) ? [] : hostsOf(parsed.rule),
    byPath: looksAtPaths(parsed.rule),
    guards,
  };
}

function isHttp(row: PathRow): boolean {
  return row.router === 'http' && !row.passthrough;
}

/** Rows for any host, and all rows. */
const ANY = '';
const ALL = ' ';

/** By port and host: what guards the rows that show a part of their service. */
type Boundaries = ReadonlyMap<string, ReadonlySet<string>>;

/** Of each list of rows, so that a thousand of them are not looked at a thousand times. */
const boundaries = new WeakMap<readonly PathRow[], Boundaries>();

function boundariesOf(rows: readonly PathRow[]): Boundaries {
  const known = boundaries.get(rows);
  if (known !== undefined) return known;
  const found = new Map<string, Set<string>>();
  for (const row of rows) {
    const scope = isHttp(row) ? scopeOf(row) : null;
    if (scope?.byPath !== true) continue;
    const hosts = scope.hosts.includes('*') || scope.hosts.length === 0 ? [ANY] : scope.hosts;
    for (const key of [ALL, ...hosts, ...hosts.map(belowOf)]) {
      const at = keyOf(row.hostport, key);
      found.set(at, (found.get(at) ?? new Set()).add(scope.guards));
    }
  }
  boundaries.set(rows, found);
  return found;
}

function keyOf(hostport: number | null, host: string): string {
  return `${hostport} ${host}`;
}

/** Where rows stand that share requests with this host. A wildcard stands for one label. */
function overlapping(host: string): string[] {
  if (host === '*') return [ALL];
  return host.startsWith('*.') ? [host, belowOf(host)] : [host, wildcardOf(host)];
}

/** Where a host stands for the wildcard that takes it. */
function belowOf(host: string): string {
  return `below ${wildcardOf(host)}`;
}
