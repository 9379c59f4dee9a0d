import { HEADER_NAME, isHeaderValue, isIpOrCidr, TRAEFIK_NAME } from '@itsup/config';
import { noEncodedSlashes } from '@itsup/routing';
import { listOf } from '@itsup/traefik';
import { CannotSay, ofKind, same, type ImportContext, type IngressRowText } from './row';
import type { Definition } from './traefik-labels';

/** What the middlewares of a router become in its row. */
export interface Chain {
  row: Pick<
    IngressRowText,
    | 'middleware'
    | 'allow_source_ips'
    | 'allow_encoded_slashes'
    | 'rate_limit'
    | 'compress'
    | 'headers'
    | 'path_remove'
  >;
  named: Definition[];
}

type Step =
  | { rank: -1 }
  | { rank: 0; sources: string[] }
  | { rank: 1; limit: NonNullable<IngressRowText['rate_limit']> }
  | { rank: 2; name: string; definition: Definition | null }
  | { rank: 3; compress: true }
  | { rank: 4; headers: NonNullable<IngressRowText['headers']> }
  | { rank: 5 };

/**
 * The middlewares of a router. What a row has a word for becomes that; the others are named, their labels stay. A row
 * meets them in one order, refused paths, allow list, rate limit, named ones, compression, headers, prefix: in any other all of them are named. The
 * allow list alone may come forward, which lets nobody in.
 */
export function chainOf(router: Definition, pathPrefix: string | null, context: ImportContext): Chain {
  const names = listOf(router.fields.get('middlewares'));
  const steps = names.flatMap((name) => stepOf(name, router, pathPrefix, context));
  const lists = steps.filter(({ rank }) => rank === 0);
  const others = steps.filter(({ rank }) => rank !== 0);
  const inOrder = others.every((step, index) => {
    const before = others[index - 1];
    return before === undefined || before.rank < step.rank || (before.rank === 2 && step.rank === 2);
  });
  return rowOf(inOrder && lists.length < 2 ? steps : names.map((name) => namedStep(name, router, context)));
}

/** Whether a router does nothing but send plain HTTP to HTTPS. */
export function redirects(router: Definition, context: ImportContext): boolean {
  return listOf(router.fields.get('middlewares')).some((name) => {
    const definition = definitionOf(name, router, context);
    return definition === null ? /redirect|to-?https|https-?only/i.test(name) : isRedirect(definition);
  });
}

function isRedirect({ fields }: Definition): boolean {
  return (
    fields.get('redirectscheme.scheme')?.toLowerCase() === 'https' ||
    (fields.get('redirectregex.replacement')?.startsWith('https://') ?? false)
  );
}

function stepOf(name: string, router: Definition, pathPrefix: string | null, context: ImportContext): Step[] {
  const definition = definitionOf(name, router, context);
  // A variable may hold a secret, which has no place in ingress.yml.
  const hasVariables = definition?.labels.some(({ variables, isOpen }) => isOpen || variables.size > 0);
  if (definition === null || hasVariables) return [namedStep(name, router, context)];
  const { fields } = definition;
  // Whoever is here came by HTTPS.
  if (router.kind === 'http' && fields.get('redirectscheme.scheme')?.toLowerCase() === 'https') return [];
  if (router.kind === 'http' && isOurPathCheck(fields)) return [{ rank: -1 }];
  const sources = allowed(fields);
  if (sources) return [{ rank: 0, sources }];
  const limit = router.kind === 'http' ? limitOf(fields) : null;
  if (limit) return [{ rank: 1, limit }];
  if (router.kind === 'http' && isCompress(fields)) return [{ rank: 3, compress: true }];
  const headers = router.kind === 'http' ? headersOf(fields) : null;
  if (headers) return [{ rank: 4, headers }];
  const strips = fields.size === 1 && fields.get('stripprefix.prefixes') === pathPrefix;
  return strips && pathPrefix !== null ? [{ rank: 5 }] : [namedStep(name, router, context)];
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

/** `compress=true`, without an option of its own. */
function isCompress(fields: ReadonlyMap<string, string>): boolean {
  const value = fields.get('compress')?.toLowerCase();
  return fields.size === 1 && (value === 'true' || value === '');
}

/**
 * A limit of each client by its address. A row counts the networks of IPv6 together, as is right; with a criterion of its
 * own the middleware stays.
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
  const [bare = '', provider = 'docker'] = name.split('@');
  const written = provider === 'file' ? bare : `${bare}@${provider}`;
  if (!TRAEFIK_NAME.test(written))
    throw new CannotSay(`\`${name}\` cannot be the name of a middleware in a row`);
  return { rank: 2, name: written, definition };
}

/** What labels of this file define under a name that a router uses. */
function definitionOf(name: string, router: Definition, context: ImportContext): Definition | null {
  const [bare = '', provider = 'docker'] = name.split('@');
  if (provider !== 'docker') return null;
  return ofKind(context.middlewares, router.kind).find((each) => same(each.name, bare)) ?? null;
}

function rowOf(steps: readonly Step[]): Chain {
  const chain: Chain = { row: {}, named: [] };
  for (const step of steps) {
    switch (step.rank) {
      case -1:
        chain.row.allow_encoded_slashes = false;
        break;
      case 0:
        chain.row.allow_source_ips = step.sources;
        break;
      case 1:
        chain.row.rate_limit = step.limit;
        break;
      case 2:
        (chain.row.middleware ??= []).push(step.name);
        if (step.definition) chain.named.push(step.definition);
        break;
      case 3:
        chain.row.compress = step.compress;
        break;
      case 4:
        chain.row.headers = step.headers;
        break;
      case 5:
        chain.row.path_remove = true;
        break;
    }
  }
  return chain;
}
