import { isPublicName } from '@itsup/routing';
import { compareText } from '@itsup/config';
import { listOf } from '@itsup/traefik';
import { chainOf, redirects } from './middlewares';
import {
  CannotSay,
  hasTls,
  onlyFields,
  priorityOf,
  resolverOf,
  targetOf,
  tidyRow,
  type ImportContext,
  type IngressRowText,
  type Outcome,
} from './row';
import { partsOfRule, type RuleParts } from './rule';
import type { Definition } from './traefik-labels';

const ROUTER_FIELDS =
  /^(?:rule|rulesyntax|entrypoints|middlewares|service|priority|tls|tls\.certresolver|tls\.domains\[\d+\]\.(?:main|sans))$/;
const SERVICE_FIELDS =
  /^loadbalancer\.(?:server\.(?:port|scheme)|sticky(?:\.cookie(?:\.\w+)?)?|passhostheader)$/;

/** Turns an HTTP router into a row. */
export function httpOutcome(router: Definition, context: ImportContext): Outcome {
  const door = doorOf(router, context);
  const rule = router.fields.get('rule');
  const hosts = hostsIn(rule);
  if (!door.tls && door.hostport === null && redirects(router, hosts, context)) return { kind: 'redirect' };
  if (router.fields.get('service')?.endsWith('@internal')) return { kind: 'internal' };
  onlyFields(router, ROUTER_FIELDS);
  const notes: string[] = [];
  const { service, port } = targetOf(router, context, notes);
  onlyFields(service, SERVICE_FIELDS);
  if (service?.fields.get('loadbalancer.passhostheader')?.toLowerCase() === 'false') {
    throw new CannotSay('ingress.yml has no word for `loadbalancer.passhostheader=false`');
  }
  if (rule === undefined) throw new CannotSay('it has no rule');
  const parts = partsOfRule(rule, 'http');
  if ('reason' in parts) throw new CannotSay(parts.reason);

  const resolver = resolverOf(router, context, notes);
  const whole = namesOf(router, rule, parts, resolver, door);
  const chain = chainOf(
    router,
    {
      pathPrefix: whole.path_prefix ?? null,
      domains: whole.rule === undefined ? parts.domains : null,
      hasHostport: door.hostport !== null,
    },
    context,
  );
  const from = chain.redirectFrom;
  const names =
    from.length === 0 ? whole : namesOf(router, rule, without(parts, from), resolver, door, new Set(from));
  const row = tidyRow({
    service: router.container,
    ...names,
    path_remove: chain.row.path_remove,
    port,
    hostport: door.hostport ?? undefined,
    scheme: schemeOf(service),
    sticky: stickyOf(service, notes),
    middleware: chain.row.middleware,
    allow_source_ips: chain.row.allow_source_ips,
    allow_encoded_slashes: chain.row.allow_encoded_slashes,
    redirect_from: from.length === 0 ? undefined : from,
    redirect_to: chain.row.redirect_to,
    rate_limit: chain.row.rate_limit,
    basic_auth: chain.row.basic_auth,
    compress: chain.row.compress,
    headers: chain.row.headers,
    priority: priorityOf(router),
  });
  return { kind: 'row', row, service, named: chain.named, notes, plain: !door.tls && door.hostport === null };
}

/** The parts without names that are sent on to the others. */
function without(parts: RuleParts, names: readonly string[]): RuleParts {
  return { ...parts, domains: parts.domains.filter((domain) => !names.includes(domain)) };
}

function hostsIn(rule: string | undefined): string[] {
  const parts = partsOfRule(rule ?? '', 'http');
  return 'reason' in parts ? [] : parts.domains;
}

interface Door {
  hostport: number | null;
  tls: boolean;
}

/** Where requests come in. A router on both 80 and 443 is one on 443: what comes to 80 is sent there. */
function doorOf(router: Definition, context: ImportContext): Door {
  const names = listOf(router.fields.get('entrypoints'));
  const uses = names.map((name) => context.useOf(name));
  const unknown = names[uses.findIndex(({ use }) => use === 'unknown')];
  if (unknown !== undefined) throw new CannotSay(unknownEntryPoint(unknown));
  const ports = uses.flatMap((use) => (use.use === 'port' ? [use.port] : []));
  const [hostport] = ports;
  if (hostport !== undefined && uses.length > 1) throw new CannotSay('it has entry points of several kinds');
  const secure = uses.some(({ use }) => use === 'https');
  return { hostport: hostport ?? null, tls: hasTls(router) || secure };
}

/** Why a router of an entry point that nothing is known of stays, with the cure. */
export function unknownEntryPoint(name: string): string {
  return `nothing says which port its entry point ${name} has; say --entryPoints=${name}:<port>`;
}

type Names = Pick<IngressRowText, 'domain' | 'tls' | 'rule' | 'path_prefix'>;

/** The part of a row that says which requests, and with which certificate. */
function namesOf(
  router: Definition,
  rule: string,
  parts: RuleParts,
  resolver: string | undefined,
  door: Door,
  left: ReadonlySet<string> = new Set(),
): Names {
  const certified = certificateNames(router).filter((name) => !left.has(name));
  if (parts.rule !== null || !coverSame(parts.domains, certified, resolver)) {
    // The names of the certificate are not those of the rule.
    const [main, ...sans] = certified;
    const tls = tidyTls({ main, sans: sans.length > 0 ? sans : undefined, resolver });
    return { rule: parts.rule ?? rule, ...(tls ? { tls } : {}) };
  }
  const path = parts.pathPrefix === null ? {} : { path_prefix: parts.pathPrefix };
  if (parts.domains.length === 0 && door.hostport === null) throw new CannotSay('its rule names no host');
  // With a name, a row on a port of its own would terminate TLS there.
  if (door.hostport !== null && !door.tls && parts.domains.length > 0) return { rule };
  const [main, ...sans] = certified[0] === undefined ? parts.domains : mainFirst(parts.domains, certified[0]);
  if (sans.length > 0) {
    return { tls: { main, sans, ...(resolver === undefined ? {} : { resolver }) }, ...path };
  }
  return {
    ...(main === undefined ? {} : { domain: main }),
    ...(resolver === undefined ? {} : { tls: { resolver } }),
    ...path,
  };
}

function certificateNames(router: Definition): string[] {
  const fields = [...router.fields].filter(([field]) => field.startsWith('tls.domains['));
  const ordered = fields.sort(([a], [b]) => compareText(a, b));
  return ordered.flatMap(([, value]) => listOf(value)).map((name) => name.toLowerCase());
}

/** A certificate names what an authority may certify, or the resolver was told to take all. */
function coverSame(domains: readonly string[], certified: readonly string[], resolver?: string): boolean {
  if (certified.length === 0) return true;
  const wanted = resolver === undefined ? domains.filter(isPublicName) : domains;
  const equal = (names: readonly string[]) =>
    names.length === certified.length && names.every((name) => certified.includes(name));
  return equal(wanted) || equal(domains);
}

function mainFirst(domains: readonly string[], main: string): string[] {
  const [first] = domains.filter(isPublicName);
  return first === main ? [...domains] : [main, ...domains.filter((name) => name !== main)];
}

function tidyTls(tls: {
  main: string | undefined;
  sans: string[] | undefined;
  resolver: string | undefined;
}): IngressRowText['tls'] | null {
  const said = Object.entries(tls).filter(([, value]) => value !== undefined);
  return said.length === 0 ? null : (Object.fromEntries(said) as IngressRowText['tls'] & object);
}

function schemeOf(service: Definition | null): IngressRowText['scheme'] {
  const scheme = service?.fields.get('loadbalancer.server.scheme')?.toLowerCase();
  if (scheme === undefined || scheme === 'http') return undefined;
  if (scheme === 'https' || scheme === 'h2c') return scheme;
  throw new CannotSay(`\`${scheme}\` is no scheme of a row`);
}

function stickyOf(service: Definition | null, notes: string[]): true | undefined {
  const fields = [...(service?.fields ?? [])].filter(([field]) => field.startsWith('loadbalancer.sticky'));
  const isOff = fields.some(([field, value]) => /sticky(?:\.cookie)?$/.test(field) && value === 'false');
  if (fields.length === 0 || isOff) return undefined;
  const name = service?.fields.get('loadbalancer.sticky.cookie.name');
  if (name !== undefined) notes.push(`the sticky cookie gets a name of Traefik's choice instead of ${name}`);
  return true;
}
