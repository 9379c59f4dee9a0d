import { isIP } from 'node:net';

import type { Suggest } from './check-types';
import { goDuration } from '../types/go-values';
import { childOf, type ConfigurationNode, type Finding, type Span, type Visit } from '../dynamic/tree';
import {
  fieldsOf,
  isRead,
  isStruct,
  type Dialect,
  type NamedField,
  type TypeTable,
} from '../types/type-table';

/** What the checks of values need from outside. */
export interface ValueContext {
  table: TypeTable;
  dialect: Dialect;
  suggest: Suggest;
  /** Why Go's RE2 could not compile an expression; null: it can. */
  regexFlaw: (expression: string) => string | null;
}

/** What a text has to be beyond its type; null: it is. */
type Judge = (text: string, context: ValueContext) => string | null;

const CIDRS = judgeOf((text) => isIpOrNetwork(text), 'an address or a network such as 10.0.0.0/8');
const REGEX: Judge = (text, { regexFlaw }) => {
  const flaw = regexFlaw(text);
  return flaw === null
    ? null
    : `is no regular expression of Go's, which has no look-around and no back references: ${flaw}`;
};
const REQUIRED: Judge = (text) => (text === '' ? 'must not be empty' : null);

/** By struct and field: what Traefik refuses when it builds the object that the field belongs to. */
const REFUSED: Readonly<Record<string, Judge>> = {
  'config.dynamic.IPAllowList.sourceRange': CIDRS,
  'config.dynamic.IPWhiteList.sourceRange': CIDRS,
  'config.dynamic.TCPIPAllowList.sourceRange': CIDRS,
  'config.dynamic.TCPIPWhiteList.sourceRange': CIDRS,
  'config.dynamic.IPStrategy.excludedIPs': CIDRS,
  'config.static.ForwardedHeaders.trustedIPs': CIDRS,
  'config.static.ProxyProtocol.trustedIPs': CIDRS,
  'config.dynamic.RedirectRegex.regex': REGEX,
  'config.dynamic.ReplacePathRegex.regex': REGEX,
  'config.dynamic.StripPrefixRegex.regex': REGEX,
  'config.dynamic.Headers.accessControlAllowOriginListRegex': REGEX,
  'config.dynamic.ForwardAuth.authResponseHeadersRegex': REGEX,
  'config.dynamic.BasicAuth.users': judgeOf(
    (text) => text.split(':').length === 2,
    'a user and a hash with one colon between, as htpasswd writes them',
  ),
  'config.dynamic.DigestAuth.users': judgeOf(
    (text) => text.split(':').length === 3,
    'a user, a realm and a hash with colons between, as htdigest writes them',
  ),
  'config.dynamic.ErrorPage.status': judgeOf(isCodeRange, 'a status or a range such as 500-599'),
  'config.dynamic.Retry.status': judgeOf(isCodeRange, 'a status or a range such as 500-599'),
  'config.dynamic.Compress.encodings': oneOf(() => ['gzip', 'br', 'zstd']),
  'config.dynamic.ServersLoadBalancer.strategy': oneOf(() => ['wrr', 'p2c', 'hrw', 'leasttime'], true),
  'config.dynamic.AddPrefix.prefix': REQUIRED,
  'config.dynamic.RedirectScheme.scheme': REQUIRED,
  'config.dynamic.Retry.attempts': judgeOf((text) => !/^[+-]?0*$|^-/.test(text), 'a number above 0'),
  'config.dynamic.RateLimit.period': judgeOf(
    (text) => (goDuration(text, 'seconds') ?? 0) >= 0,
    'a duration that is not negative',
  ),
  'tls.Options.cipherSuites': oneOf(({ cipherSuites }) => cipherSuites),
  'tls.Options.curvePreferences': oneOf(({ curves }) => curves),
  'tls.ClientAuth.clientAuthType': oneOf(
    () => [
      'NoClientCert',
      'RequestClientCert',
      'RequireAnyClientCert',
      'VerifyClientCertIfGiven',
      'RequireAndVerifyClientCert',
    ],
    true,
  ),
};

/** The same for what Traefik leaves out without a word, and goes on with its default. */
const LEFT_OUT: Readonly<Record<string, Judge>> = {
  'tls.Options.minVersion': oneOf(({ tlsVersions }) => tlsVersions, true),
  'tls.Options.maxVersion': oneOf(({ tlsVersions }) => tlsVersions, true),
  'config.dynamic.Cookie.sameSite': oneOf(() => ['none', 'lax', 'strict'], true),
};

/** Structs of which one field alone may be set. */
const ONE_OF: Readonly<Record<string, { what: string; besides: readonly string[] }>> = {
  'config.dynamic.Middleware': { what: 'middleware', besides: [] },
  'config.dynamic.TCPMiddleware': { what: 'middleware', besides: [] },
  'config.dynamic.Service': { what: 'service', besides: ['middlewares'] },
  'config.dynamic.TCPService': { what: 'service', besides: [] },
  'config.dynamic.UDPService': { what: 'service', besides: [] },
};

/** Fields without which the object is refused. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  'config.dynamic.AddPrefix': ['prefix'],
  'config.dynamic.RedirectScheme': ['scheme'],
  'config.dynamic.Retry': ['attempts'],
  'config.dynamic.IPAllowList': ['sourceRange'],
  'config.dynamic.IPWhiteList': ['sourceRange'],
  'config.dynamic.TCPIPAllowList': ['sourceRange'],
  'config.dynamic.TCPIPWhiteList': ['sourceRange'],
};

/** A visitor for `checkTypes` that judges values beyond their types; what it finds is added to `findings`. */
export function valueVisitor(findings: Finding[], context: ValueContext): Visit {
  const add = (severity: Finding['severity'], message: string, path: string[], span: Span): void => {
    findings.push({
      severity,
      code: severity === 'error' ? 'invalid-value' : 'not-read-by-traefik',
      message,
      path,
      span,
    });
  };
  return (struct, field, node, path) => {
    const key = `${struct}.${field.name}`;
    const refused = REFUSED[key];
    const leftOut = LEFT_OUT[key];
    for (const { value, span, step } of textsOf(field, node)) {
      const at = step === null ? path : [...path, step];
      const reason = refused?.(value, context) ?? null;
      if (reason !== null) add('error', `\`${at.join('.')}\` ${reason}`, at, span);
      const ignored = leftOut?.(value, context) ?? null;
      if (ignored !== null)
        add('warning', `\`${at.join('.')}\` ${ignored}; Traefik takes its default`, at, span);
    }
    for (const [type, member, steps] of membersOf(field, node))
      checkMember(type, member, [...path, ...steps], context, add);
  };
}

function checkMember(
  type: string,
  node: ConfigurationNode,
  path: string[],
  context: ValueContext,
  add: (severity: Finding['severity'], message: string, path: string[], span: Span) => void,
): void {
  const choice = ONE_OF[type];
  if (choice !== undefined) {
    const kinds = kindsIn(type, node, choice.besides, context);
    const [, second] = kinds;
    const names = kinds.map(({ name }) => name).join(' and ');
    if (second !== undefined)
      add('error', `\`${path.join('.')}\` is ${names}; one ${choice.what} is of one kind`, path, second.key);
    if (kinds.length === 0)
      add('error', `\`${path.join('.')}\` says of no kind what ${choice.what} it is`, path, node.key);
  }
  for (const name of NEEDED[type] ?? []) {
    const child = childOf(node, name);
    const isThere =
      child !== undefined && (child.open === true || child.value !== '' || (child.items ?? []).length > 0);
    if (!isThere) add('error', `\`${path.join('.')}\` needs \`${name}\``, path, child?.span ?? node.key);
  }
}

/** Members that say of which kind the object is; what Traefik does not read makes none. */
function kindsIn(
  type: string,
  node: ConfigurationNode,
  besides: readonly string[],
  { table, dialect }: ValueContext,
): ConfigurationNode[] {
  const unread = fieldsOf(table, type, dialect).filter((field) => !isRead(field, dialect));
  const others = [...besides, ...unread.map(({ name }) => name.toLowerCase())];
  return node.children.filter(({ name }) => !others.includes(name.toLowerCase()));
}

/** Structs among what the field holds, with their types and steps. */
function membersOf(field: NamedField, node: ConfigurationNode): [string, ConfigurationNode, string[]][] {
  if (isStruct(field.type)) return [[field.type, node, []]];
  const values = field.type.startsWith('{}') ? field.type.slice(2) : '';
  return isStruct(values) ? node.children.map((child) => [values, child, [child.name]]) : [];
}

/** The texts of a field: one, or those of a list, which may be one text with commas. */
function textsOf(
  field: NamedField,
  node: ConfigurationNode,
): { value: string; span: Span; step: string | null }[] {
  if (node.open) return [];
  if (!field.type.startsWith('[]')) {
    return node.items === null && node.children.length === 0
      ? [{ value: node.value, span: node.span, step: null }]
      : [];
  }
  const items: NonNullable<ConfigurationNode['items']> =
    node.items ??
    (node.value === '' ? [] : node.value.split(',').map((value) => ({ value, span: node.span })));
  return items.flatMap(({ value, span, open }, index) =>
    open ? [] : [{ value: value.trim(), span, step: String(index) }],
  );
}

function judgeOf(isSound: (text: string) => boolean, wanted: string): Judge {
  return (text) => (isSound(text) ? null : `must be ${wanted}, found \`${text}\``);
}

function oneOf(names: (values: TypeTable['values']) => string[], mayBeEmpty = false): Judge {
  return (text, { table, suggest }) => {
    const known = names(table.values);
    if (known.includes(text) || (mayBeEmpty && text === '')) return null;
    const meant = suggest(text, known);
    return `is none that Traefik knows: \`${text}\`${
      meant === undefined ? ` (${known.slice(0, 8).join(', ')})` : ` — did you mean \`${meant}\`?`
    }`;
  };
}

/** Go's net.ParseIP and net.ParseCIDR: no zones, no leading zeros. */
function isIpOrNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const version = address.includes('%') ? 0 : isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

/** Two numbers are read, whatever follows; strconv.Atoi takes a sign. */
function isCodeRange(text: string): boolean {
  const [low = '', high = low] = text.split('-');
  return [low, high].every((code) => /^\+?\d+$/.test(code));
}
