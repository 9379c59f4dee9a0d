import { HEADER_NAME, isHeaderValue, isIpOrCidr, TRAEFIK_NAME } from '@itsup/config';
import { noEncodedSlashes } from '@itsup/routing';
import { listOf, redirectsToHttps, splitName } from '@itsup/traefik';
import { CannotSay, ofKind, same, type ImportContext, type IngressRowText } from './row';
import { readRedirect } from './redirect';
import type { Definition } from './traefik-labels';

/** What the middlewares of a router become in its row. */
export interface Chain {
  row: Pick<
    IngressRowText,
    | 'middleware'
    | 'allow_source_ips'
    | 'allow_encoded_slashes'
    | 'rate_limit'
    | 'basic_auth'
    | 'redirect_to'
    | 'compress'
    | 'headers'
    | 'path_remove'
  >;
  named: Definition[];
  /** Names of the router that are sent on to its first other one. */
  redirectFrom: string[];
}

/** What of a router decides what its middlewares mean. */
export interface ChainScope {
  pathPrefix: string | null;
  /** Its names, where the row is made of them; null: it has a rule. */
  domains: readonly string[] | null;
  /** It has a port of its own. */
  hasHostport: boolean;
}

type Step =
  | { rank: -1 }
  | { rank: 0; sources: string[] }
  | { rank: 1; target: string }
  | { rank: 1.5; from: readonly string[] }
  | { rank: 2; limit: NonNullable<IngressRowText['rate_limit']> }
  | { rank: 3; variable: string }
  | { rank: typeof NAMED; name: string; definition: Definition | null }
  | { rank: 5; compress: true }
  | { rank: 6; headers: NonNullable<IngressRowText['headers']> }
  | { rank: 7 };

const NAMED = 4;

/**
 * The middlewares of a router. What a row has a word for becomes that; the others are named, their labels stay. A row
 * meets them in one order, refused paths, allow list, redirect, rate limit, password, named ones, compression, headers,
 * prefix: in any other all of them are named. The allow list alone may come forward, which lets nobody in.
 */
export function chainOf(router: Definition, scope: ChainScope, context: ImportContext): Chain {
  const names = listOf(router.fields.get('middlewares'));
  const steps = names.flatMap((name) => stepOf(name, router, scope, context));
  const lists = steps.filter(({ rank }) => rank === 0);
  const others = steps.filter(({ rank }) => rank !== 0);
  const inOrder = others.every((step, index) => {
    const before = others[index - 1];
    return before === undefined || before.rank < step.rank || (before.rank === NAMED && step.rank === NAMED);
  });
  return rowOf(inOrder && lists.length < 2 ? steps : names.map((name) => namedStep(name, router, context)));
}

/**
 * Whether a router does nothing but send plain HTTP to HTTPS.
 * @param hosts that its rule names
 */
export function redirects(router: Definition, hosts: readonly string[], context: ImportContext): boolean {
  return listOf(router.fields.get('middlewares')).some((name) => {
    const definition = definitionOf(name, router, context);
    return definition === null ? /redirect|to-?https|https-?only/i.test(name) : isRedirect(definition, hosts);
  });
}

/** To the same name: to another one is more than a redirect to HTTPS. */
function isRedirect({ fields }: Definition, hosts: readonly string[]): boolean {
  if (redirectsToHttps(fields)) return true;
  const [, host] = /^https:\/\/([^/]*)/.exec(fields.get('redirectregex.replacement') ?? '') ?? [];
  if (host === undefined) return false;
  return host.includes('$') || hosts.every((each) => same(each, host));
}

function stepOf(name: string, router: Definition, scope: ChainScope, context: ImportContext): Step[] {
  const { pathPrefix } = scope;
  const definition = definitionOf(name, router, context);
  const variable = definition === null || router.kind !== 'http' ? null : usersOf(definition);
  if (variable !== null) return [{ rank: 3, variable }];
  // A variable may hold a secret, which has no place in ingress.yml.
  const hasVariables = definition?.labels.some(({ variables, isOpen }) => isOpen || variables.size > 0);
  if (definition === null || hasVariables) return [namedStep(name, router, context)];
  const { fields } = definition;
  // Whoever is here came by HTTPS.
  if (router.kind === 'http' && redirectsToHttps(fields)) return [];
  if (router.kind === 'http' && isOurPathCheck(fields)) return [{ rank: -1 }];
  const sources = allowed(fields);
  if (sources) return [{ rank: 0, sources }];
  const redirect = router.kind === 'http' ? redirectOf(fields, scope) : null;
  if (redirect) return [redirect];
  const limit = router.kind === 'http' ? limitOf(fields) : null;
  if (limit) return [{ rank: 2, limit }];
  if (router.kind === 'http' && isCompress(fields)) return [{ rank: 5, compress: true }];
  const headers = router.kind === 'http' ? headersOf(fields) : null;
  if (headers) return [{ rank: 6, headers }];
  const strips = fields.size === 1 && fields.get('stripprefix.prefixes') === pathPrefix;
  return strips && pathPrefix !== null ? [{ rank: 7 }] : [namedStep(name, router, context)];
}

/** The labels of `allow_encoded_slashes: false`. */
function isOurPathCheck(fields: ReadonlyMap<string, string>): boolean {
  const ours = Object.entries(noEncodedSlashes.encodedCharacters).map(([name, value]) => [
    `encodedcharacters.${name.toLowerCase()}`,
    String(value),
  ]);
  return fields.size === ours.length && ours.every(([field = '', value]) => fields.get(field) === value);
}

function allowed(fields: ReadonlyMap<string, string>): string[] | null {
  const text = fields.get('ipallowlist.sourcerange') ?? fields.get('ipwhitelist.sourcerange');
  const sources = listOf(text);
  return fields.size === 1 && sources.length > 0 && sources.every(isIpOrCidr) ? sources : null;
}

/** The variable of a `basic_auth`: a hash that stands in a label has no place in ingress.yml. */
function usersOf({ fields, labels }: Definition): string | null {
  if (fields.size !== 2 || fields.get('basicauth.removeheader')?.toLowerCase() !== 'true') return null;
  const users = labels.find(({ key }) => key.toLowerCase().endsWith('.basicauth.users'));
  return users?.sole ?? null;
}

/** A redirect that a row has a word for, as far as all of its names go there. */
function redirectOf(fields: ReadonlyMap<string, string>, { domains, hasHostport }: ChainScope): Step | null {
  const redirect = readRedirect(fields);
  if (redirect === null || (redirect.port === 'dropped' && hasHostport)) return null;
  const { target, takes } = redirect;
  if (takes === null) return domains?.includes(target) === true ? null : { rank: 1, target };
  if (domains === null || domains.length === 0) return null;
  const from = domains.filter(takes);
  const [main] = domains.filter((domain) => !takes(domain));
  if (main === undefined) return from.includes(target) ? null : { rank: 1, target };
  return from.length > 0 && main === target ? { rank: 1.5, from } : null;
}

/** `compress=true`, without an option of its own. */
function isCompress(fields: ReadonlyMap<string, string>): boolean {
  const value = fields.get('compress')?.toLowerCase();
  return fields.size === 1 && (value === 'true' || value === '');
}

/**
 * A limit of each client by its address. A row counts the networks of IPv6 together, as is right; with a criterion of
 * its own the middleware stays.
 */
function limitOf(fields: ReadonlyMap<string, string>): IngressRowText['rate_limit'] | null {
  const known = ['average', 'burst', 'period', 'sourcecriterion.ipstrategy.ipv6subnet'].map(
    (each) => `ratelimit.${each}`,
  );
  if ([...fields.keys()].some((field) => !known.includes(field))) return null;
  if ((fields.get(known[3] ?? '') ?? '64') !== '64') return null;
  const [average, burst] = [
    Number(fields.get('ratelimit.average')),
    Number(fields.get('ratelimit.burst') ?? 1),
  ];
  const period = fields.get('ratelimit.period') ?? '1s';
  if (!(average >= 1) || !(burst >= 1) || !/^[1-9]\d{0,5}(?:s|m|h)$/.test(period)) return null;
  return { average, burst, ...(period === '1s' ? {} : { period }) };
}

function headersOf(fields: ReadonlyMap<string, string>): IngressRowText['headers'] | null {
  const headers: NonNullable<IngressRowText['headers']> = {};
  for (const [field, value] of fields) {
    const [, side, name = ''] = /^headers\.custom(request|response)headers\.(.+)$/.exec(field) ?? [];
    if (side === undefined || !HEADER_NAME.test(name) || !isHeaderValue(value)) return null;
    (headers[side as 'request' | 'response'] ??= {})[name] = value;
  }
  return fields.size === 0 ? null : headers;
}

function namedStep(name: string, router: Definition, context: ImportContext): Step {
  const definition = definitionOf(name, router, context);
  const { name: bare, provider } = splitName(name);
  const written = provider === 'file' ? bare : `${bare}@${provider ?? 'docker'}`;
  if (!TRAEFIK_NAME.test(written))
    throw new CannotSay(`\`${name}\` cannot be the name of a middleware in a row`);
  return { rank: NAMED, name: written, definition };
}

/** What labels of this file define under a name that a router uses. */
function definitionOf(name: string, router: Definition, context: ImportContext): Definition | null {
  const { name: bare, provider } = splitName(name);
  if ((provider ?? 'docker') !== 'docker') return null;
  return ofKind(context.middlewares, router.kind).find((each) => same(each.name, bare)) ?? null;
}

function rowOf(steps: readonly Step[]): Chain {
  const chain: Chain = { row: {}, named: [], redirectFrom: [] };
  for (const step of steps) {
    switch (step.rank) {
      case -1:
        chain.row.allow_encoded_slashes = false;
        break;
      case 0:
        chain.row.allow_source_ips = step.sources;
        break;
      case 1:
        chain.row.redirect_to = step.target;
        break;
      case 1.5:
        chain.redirectFrom.push(...step.from);
        break;
      case 2:
        chain.row.rate_limit = step.limit;
        break;
      case 3:
        chain.row.basic_auth = step.variable;
        break;
      case NAMED:
        (chain.row.middleware ??= []).push(step.name);
        if (step.definition) chain.named.push(step.definition);
        break;
      case 5:
        chain.row.compress = step.compress;
        break;
      case 6:
        chain.row.headers = step.headers;
        break;
      case 7:
        chain.row.path_remove = true;
        break;
    }
  }
  return chain;
}
