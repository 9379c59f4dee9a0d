import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';

/** A reason why a value cannot be used, worded to follow it in a message; null: it can. */
export type Flaw = string | null;

const hostLabel = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/i;
/** Control characters, separators of lines, and halves of surrogate pairs, which UTF-8 cannot hold. */
const unprintable = /[\p{Cc}\p{Cs}\u2028\u2029\ufeff]/u;

/**
 * Checks a domain that goes into Host(`…`) or HostSNI(`…`). Both want ASCII; `*.` may stand for exactly one label
 * (Traefik 3.7 and later). A lone `*` is refused: it would claim every host of the entry point.
 */
export function domainFlaw(domain: string): Flaw {
  if (domain === '*') return 'claims every host';
  const name = domain.startsWith('*.') ? domain.slice(2) : domain;
  if (/\P{ASCII}/u.test(name)) {
    const ascii = domainToASCII(name);
    return ascii
      ? `has to be written in ASCII: ${domain.startsWith('*.') ? '*.' : ''}${ascii}`
      : 'is not a host name';
  }
  if (name.length > 253) return 'is longer than 253 characters';
  if (!name.split('.').every((label) => hostLabel.test(label))) return 'is not a host name';
  return null;
}

/**
 * Checks a path that goes into PathPrefix(`…`), where it is compared with the decoded path of a request
 * (reserved characters stay percent-encoded).
 */
export function pathFlaw(path: string): Flaw {
  if (!path.startsWith('/')) return 'has to start with /';
  if (unprintable.test(path)) return 'has a control character';
  const odd = /[`"'\\<>{}^|]/.exec(path);
  if (odd) return `has a ${odd[0]}, which no rule can hold`;
  const never = /[?#]/.exec(path);
  if (never) return `has a ${never[0]}, which is never part of a path`;
  return null;
}

/** Checks the name of an HTTP header: a token without `.`, which would split the label that carries it. */
export function headerNameFlaw(name: string): Flaw {
  return /^[A-Za-z0-9_-]+$/.test(name) ? null : 'is not a header name of letters, digits, - and _';
}

/** Checks the value of an HTTP header: one line. */
export function headerValueFlaw(value: string): Flaw {
  return unprintable.test(value) ? 'has a line break or a control character' : null;
}

/** Checks an address range as Traefik's ipAllowList takes it: an IP address, or one with a prefix length. */
export function sourceRangeFlaw(range: string): Flaw {
  const [address = '', prefix, ...rest] = range.split('/');
  const version = isIP(address);
  if (version === 0 || address.includes('%') || rest.length > 0)
    return 'is neither an IP address nor a range such as 10.0.0.0/8';
  if (prefix === undefined) return null;
  return /^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128)
    ? null
    : `has a prefix length beyond 0 to ${version === 4 ? 32 : 128}`;
}

/** Checks the address of an external host: an IP address or a host name. */
export function hostFlaw(host: string): Flaw {
  if (isIP(host) !== 0 && !host.includes('%')) return null;
  return host.startsWith('*') ? 'is not a host name' : domainFlaw(host);
}

/** Checks the name of a middleware or resolver: Traefik splits lists of names at commas, labels at nothing else. */
export function referenceFlaw(name: string): Flaw {
  return /^[\w.-]+(@[\w-]+)?$/.test(name) ? null : 'is not a name';
}
