import { listOf } from '@itsup/traefik';
import { unknownEntryPoint } from './http-row';
import { chainOf } from './middlewares';
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
import { partsOfRule } from './rule';
import type { Definition } from './traefik-labels';

const TCP_ROUTER_FIELDS =
  /^(?:rule|rulesyntax|entrypoints|middlewares|service|priority|tls|tls\.certresolver|tls\.passthrough|tls\.domains\[\d+\]\.(?:main|sans))$/;
const TCP_SERVICE_FIELDS =
  /^loadbalancer\.(?:server\.port|proxyprotocol(?:\.version)?|terminationdelay|serverstransport)$/;

/** Turns a TCP router into a row. */
export function tcpOutcome(router: Definition, context: ImportContext): Outcome {
  onlyFields(router, TCP_ROUTER_FIELDS);
  const notes: string[] = [];
  const { service, port } = targetOf(router, context, notes);
  onlyFields(service, TCP_SERVICE_FIELDS);
  const hostport = hostportOf(router, context);
  const parts = partsOfRule(router.fields.get('rule') ?? '', 'tcp');
  if ('reason' in parts) throw new CannotSay(parts.reason);
  const passthrough = router.fields.get('tls.passthrough')?.toLowerCase() === 'true';
  const named = parts.domains.length > 0 || parts.rule !== null;
  if (hasTls(router) && !named && !passthrough && !router.fields.has('tls.certresolver')) {
    throw new CannotSay('it terminates TLS for any name, and a row needs one for that');
  }
  if (!hasTls(router) && parts.domains.length > 0) {
    throw new CannotSay('its rule names a host without TLS, where nobody says one; Traefik refuses it too');
  }
  if (hostport === null && !named) throw new CannotSay('on the shared port a row needs a name');

  const resolver = resolverOf(router, context, notes);
  const chain = chainOf(router, { pathPrefix: null, domains: null, hasHostport: false }, context);
  const [main, ...sans] = parts.domains;
  const many = sans.length > 0;
  const wanted = resolver ?? (named || passthrough || !hasTls(router) ? undefined : 'letsencrypt');
  const tls = many
    ? { main, sans, ...(wanted === undefined ? {} : { resolver: wanted }) }
    : wanted === undefined
      ? undefined
      : { resolver: wanted };
  const row = tidyRow({
    service: router.container,
    router: 'tcp',
    domain: many ? undefined : main,
    tls: tls as IngressRowText['tls'],
    rule: parts.rule ?? undefined,
    port,
    hostport: hostport ?? undefined,
    passthrough: passthrough ? true : undefined,
    proxyprotocol: proxyProtocolOf(service),
    middleware: chain.row.middleware,
    allow_source_ips: chain.row.allow_source_ips,
    priority: priorityOf(router),
  });
  return { kind: 'row', row, service, named: chain.named, notes, plain: false };
}

/** Turns a UDP router into a row. */
export function udpOutcome(router: Definition, context: ImportContext): Outcome {
  onlyFields(router, /^(?:entrypoints|service)$/);
  const notes: string[] = [];
  const { service, port } = targetOf(router, context, notes);
  onlyFields(service, /^loadbalancer\.server\.port$/);
  const hostport = hostportOf(router, context);
  if (hostport === null) throw new CannotSay('a udp row needs a port of its own');
  const row: IngressRowText = { service: router.container, router: 'udp', port, hostport };
  return { kind: 'row', row, service, named: [], notes, plain: false };
}

/** The port that a router has to itself; null: it shares 443, told apart by name. */
function hostportOf(router: Definition, context: ImportContext): number | null {
  const [name, ...more] = listOf(router.fields.get('entrypoints'));
  if (name === undefined || more.length > 0) {
    throw new CannotSay(name === undefined ? 'it names no entry point' : 'it has several entry points');
  }
  const entry = context.useOf(name);
  switch (entry.use) {
    case 'https':
      return null;
    case 'port':
      return entry.port;
    case 'http':
      throw new CannotSay(`its entry point ${name} is the one of plain HTTP`);
    case 'unknown':
      throw new CannotSay(unknownEntryPoint(name));
  }
}

function proxyProtocolOf(service: Definition | null): 1 | 2 | null {
  const fields = service?.fields ?? new Map<string, string>();
  const transport = fields.get('loadbalancer.serverstransport');
  const version =
    transport === undefined
      ? fields.get('loadbalancer.proxyprotocol.version')
      : /^proxy-protocol-v([12])@file$/.exec(transport)?.[1];
  if (transport !== undefined && version === undefined) {
    throw new CannotSay(`ingress.yml has no word for \`loadbalancer.serverstransport=${transport}\``);
  }
  if (version === '1' || version === '2') return version === '1' ? 1 : 2;
  // Written without a version it is Traefik's default of 2.
  return fields.get('loadbalancer.proxyprotocol') === 'true' ? 2 : null;
}
