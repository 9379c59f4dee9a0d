import { isRedirectTarget } from '@itsup/config';

/** Where a `redirectRegex` sends what it takes. */
export interface Redirect {
  /** As `redirect_to` says it: a host name, path and query coming along, or a URL. */
  target: string;
  /** Whether it takes requests for a name; null: it takes every one. */
  takes: ((domain: string) => boolean) | null;
  /** What becomes of a port in the address. */
  port: 'kept' | 'dropped';
}

/** What rows of ours become. */
const OF_EVERY_NAME = '^(https?)://[^/:]+(:[0-9]+)?/(.*)$';
const TO_NAME = /^\$\{1\}:\/\/([^/$]+)\$\{2\}\/\$\{3\}$/;

/** As people write it: some names, then all of the path. */
const OF_NAMES = /^\^?https\??:\/\/((?:[a-z0-9-]|\\?\.|\(\?:|\(|\)|\?|\|)+)\/\(\.\*\)\$?$/i;
const TO_HTTPS = /^https:\/\/([^/$]+)\/\$(?:\d|\{\d\})$/;

/**
 * Reads the fields of a middleware as a redirect that a row has a word for; null: they are something else. Only for
 * good: a row knows no other.
 */
export function readRedirect(fields: ReadonlyMap<string, string>): Redirect | null {
  const [regex = '', replacement = ''] = [
    fields.get('redirectregex.regex'),
    fields.get('redirectregex.replacement'),
  ];
  if (fields.size !== 3 || fields.get('redirectregex.permanent')?.toLowerCase() !== 'true') return null;
  if (/^\^?\.\*\$?$/.test(regex))
    return replacement.startsWith('https://') && isRedirectTarget(replacement)
      ? { target: replacement, takes: null, port: 'kept' }
      : null;
  if (regex === OF_EVERY_NAME) {
    const target = TO_NAME.exec(replacement)?.[1];
    return named(target, null, 'kept');
  }
  const [, names] = OF_NAMES.exec(regex) ?? [];
  const [, target] = TO_HTTPS.exec(replacement) ?? [];
  // The path is the last group, whatever groups the names have.
  const groups = (names ?? '').match(/\((?!\?:)/g)?.length ?? 0;
  if (names === undefined || !new RegExp(`\\$\\{?${groups + 1}\\}?$`).test(replacement)) return null;
  const pattern = patternOf(names);
  return pattern === null ? null : named(target, (domain) => pattern.test(domain), 'dropped');
}

function named(
  target: string | undefined,
  takes: Redirect['takes'],
  port: Redirect['port'],
): Redirect | null {
  return target !== undefined && isRedirectTarget(target)
    ? { target: target.toLowerCase(), takes, port }
    : null;
}

/** Without an anchor Traefik looks for it anywhere in the address, which begins with the scheme all the same. */
function patternOf(names: string): RegExp | null {
  try {
    return new RegExp(`^(?:${names})$`, 'i');
  } catch {
    return null;
  }
}
