import { isIPv4, isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';

// What may enter a Traefik rule, a label or a template is checked here, so that no value can break out of its quotes.

const DOMAIN_LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/i;

/** A host name, or `*.` and one; at most 253 characters. */
export function isDomain(value: string): boolean {
  const name = value.startsWith('*.') ? value.slice(2) : value;
  return value.length <= 253 && name.split('.').every((label) => DOMAIN_LABEL.test(label));
}

/** What the operator probably meant by something that is no domain; undefined: no idea. */
export function domainHelp(value: string): string | undefined {
  const withoutScheme = value.trim().replace(/^[a-z][a-z0-9+.-]*:\/\//i, '');
  const [host = '', ...rest] = withoutScheme.split('/');
  const bare = host.replace(/:\d*$/, '').replace(/\.$/, '');
  const ascii = domainToASCII(bare);
  if (ascii !== bare.toLowerCase() && isDomain(ascii) && !/[\0-\x7f]*[^\w.*-][\0-\x7f]*/.test(ascii)) {
    return `International names are written in their ASCII form: \`${ascii}\`.`;
  }
  if (bare === value || !isDomain(bare)) return undefined;
  const path = rest.join('/');
  return path === ''
    ? `Give the name alone: \`${bare}\`.`
    : `Give the name alone, \`${bare}\`, and the path as \`path_prefix: /${path}\`.`;
}

/** A URL path: what RFC 3986 allows and letters of any script, without quotes and `$`. */
export function isPathPrefix(value: string): boolean {
  return value.length <= 1024 && /^\/(?:[\p{L}\p{M}\p{N}\-._~!&()*+,;=:@/]|%[0-9A-Fa-f]{2})*$/u.test(value);
}

/** An address, or a network in CIDR notation; IPv4 or IPv6. */
export function isIpOrCidr(value: string): boolean {
  const [address = '', prefix, ...more] = value.split('/');
  if (more.length > 0) return false;
  if (prefix === undefined) return isIp(address);
  if (!/^\d{1,3}$/.test(prefix)) return false;
  if (isIPv4(address)) return Number(prefix) <= 32;
  return isIp(address) && Number(prefix) <= 128;
}

/** An IPv4 or IPv6 address without a zone. */
export function isIp(value: string): boolean {
  return isIPv4(value) || (isIPv6(value) && !value.includes('%'));
}

/** An address or a name that a proxy can connect to. */
export function isHost(value: string): boolean {
  return isIp(value) || (isDomain(value) && !value.startsWith('*.'));
}

/** Compose's grammar of a service's name. */
export const SERVICE_NAME = /^[a-zA-Z0-9._-]+$/;

/** Compose's grammar of a project's name. */
export const PROJECT_NAME = /^[a-z0-9][a-z0-9_-]*$/;

/** Private IPv4 networks (RFC 1918, 6598), as first and last address. */
const PRIVATE = [
  [0x0a000000, 0x0affffff],
  [0x64400000, 0x647fffff],
  [0xac100000, 0xac1fffff],
  [0xc0a80000, 0xc0a8ffff],
] as const;

/** A private IPv4 network, without host bits, that holds 512 addresses or more: `172.28.0.0/16`. */
export function isPrivateNetwork(value: string): boolean {
  const match = /^(\d+\.\d+\.\d+\.\d+)\/(\d{1,2})$/.exec(value);
  const [, address = '', length = ''] = match ?? [];
  if (!isIPv4(address) || Number(length) < 8 || Number(length) > 23) return false;
  const first = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - Number(length));
  return first % size === 0 && PRIVATE.some(([from, to]) => first >= from && first + size - 1 <= to);
}

/** A middleware or resolver, with the provider it comes from if need be: `auth`, `auth@file`. */
export const TRAEFIK_NAME = /^[A-Za-z0-9][\w.-]*(?:@[a-z]+)?$/;

/** A certificate resolver's name. */
export const RESOLVER_NAME = /^[A-Za-z][\w-]*$/;

/** A host name, or an https URL without anything that a redirect's replacement or a template would read. */
export function isRedirectTarget(value: string): boolean {
  const [, host = '', path = ''] = /^https:\/\/([^/]+)(\/.*)?$/.exec(value) ?? [];
  if (host === '') return isHost(value) && isDomain(value);
  const [name = '', port, ...more] = host.split(':');
  const isPort = port === undefined || (/^\d{1,5}$/.test(port) && Number(port) <= 65_535);
  return more.length === 0 && isPort && isHost(name) && (path === '' || isPathPrefix(path));
}

/** What real headers use of RFC 9110's token; a `.` would split the label that carries the name. */
export const HEADER_NAME = /^[A-Za-z0-9_-]{1,256}$/;

/** Printable ASCII that Traefik's templates do not touch. */
export function isHeaderValue(value: string): boolean {
  return value.length <= 4096 && /^[\x20-\x7e]*$/.test(value) && !/\{\{|\}\}/.test(value);
}

/** One line that Traefik's templates do not touch; the rule's own grammar is checked where routes are made. */
export function isRuleText(value: string): boolean {
  return value.trim() !== '' && value.length <= 4096 && !/[\0-\x1f\x7f]|\{\{|\}\}/.test(value);
}

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/**
 * A deadline as an operator writes it: seconds, or a duration as Compose has them (`90s`, `1h30m`).
 * @returns milliseconds; null: it is none
 */
export function deadlineMs(value: unknown): number | null {
  if (typeof value === 'number') return value >= 0 && Number.isFinite(value) ? value * 1000 : null;
  if (typeof value !== 'string') return null;
  if (/^\d+(?:\.\d+)?$/.test(value)) return Number(value) * 1000;
  if (!/^(?:\d+(?:\.\d+)?(?:ms|[smh]))+$/.test(value)) return null;
  return [...value.matchAll(/([\d.]+)(ms|[smh])/g)].reduce(
    (sum, [, count = '', unit = '']) => sum + Number(count) * (UNITS_MS[unit] ?? 0),
    0,
  );
}

/** A tag of an image, with a digest if need be. */
export const IMAGE_TAG = /^\w[\w.-]{0,127}(?:@sha256:[0-9a-f]{64})?$/;

const IMAGE =
  /^(?:(?:[a-zA-Z0-9][a-zA-Z0-9.-]*(?::\d+)?|localhost)\/)?[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*(?::\w[\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/;

/** An image as `docker pull` takes it: registry, repository, tag and digest, of which only the repository has to be. */
export function isImage(value: string): boolean {
  return value.length <= 512 && IMAGE.test(value);
}

/** One line of htpasswd: bcrypt, apr1 (MD5) or SHA-1. */
export const HTPASSWD_LINE =
  /^[^:\s]+:(?:\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}|\$apr1\$[^\s$]*\$[./A-Za-z0-9]{22}|\{SHA\}[A-Za-z0-9+/]{27}=)$/;

/** Compose will replace something in this text before it is used, so it cannot be read as it stands. */
export function isInterpolated(value: string): boolean {
  return value.includes('$') && /(?<!\$)(?:\$\$)*\$(?:\{|[A-Za-z_])/.test(value);
}
