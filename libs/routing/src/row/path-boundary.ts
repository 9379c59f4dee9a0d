import type { IngressRow } from '@itsup/config';
import { parseRule } from '../rule/parse';
import { hasRegexpHosts, hostsOf, looksAtPaths } from '../rule/terms';

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
  return rows.some((other) => {
    if (other === row || !isHttp(other) || other.hostport !== row.hostport) return false;
    const scope = scopeOf(other);
    return scope.byPath && scope.guards !== own.guards && overlap(scope.hosts, own.hosts);
  });
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

function overlap(a: readonly string[], b: readonly string[]): boolean {
  if (a.length === 0 || b.length === 0) return true;
  return a.some((one) => b.some((other) => covers(one, other) || covers(other, one)));
}

/** A wildcard stands for one label. */
function covers(wide: string, host: string): boolean {
  if (wide === host || wide === '*') return true;
  return wide.startsWith('*.') && host.slice(host.indexOf('.')) === wide.slice(1);
}
