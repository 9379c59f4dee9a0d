import {
  fieldKey,
  listField,
  routerPriority,
  subtree,
  textField,
  withField,
  withoutField,
  type Tree,
} from '@itsup/traefik';
import { createHash } from 'node:crypto';
import { stringify } from 'yaml';

import { ownerLine, pinnedName, stickyCookieName, type PinOwner } from './pin-names';
import { References } from './references';
import { dependantsOf } from '../provider/dependants';
import { overrideRetired } from './retired-routers';
import { ownTransport, waitingTransport, type Connections, type TransportSource } from './transports';
import {
  protocols,
  type Protocol,
  type ProvidedConfiguration,
  type ProvidedService,
} from '../provider/provided-configuration';
import { withoutBreakers } from './without-breakers';
import type { DynamicConfiguration } from '../types';

export interface PinInput extends PinOwner, TransportSource {
  /** Routers, middlewares and servers of the containers that are to get the traffic. */
  provided: ProvidedConfiguration;
  /**
   * Static routers (and what they need) that lead to those containers; they keep their names and so override the
   * published ones.
   */
  fileRoutes: DynamicConfiguration;
  /** Static routers that are still published but lead nowhere any more: overridden by routers that match nothing. */
  retired: DynamicConfiguration;
  /** What Traefik's docker provider makes of all other containers; absent: their routers are left alone. */
  others?: ProvidedConfiguration;
  /** What the other files say, for the same. */
  published?: DynamicConfiguration;
  /** `providers.precedence` puts the file provider before docker. */
  winsTies: boolean;
  /**
   * Another one for every writing. Traefik applies what it read with a delay (`providersThrottleDuration`): after a pin
   * to A, one to B and one to A again it may show the first while the second is still to come.
   */
  writing: string;
  manner?: PinManner;
}

/**
 * How a pin's connections and routers differ from the labels'; default: in nothing but that idle connections are let go
 * of.
 */
export interface PinManner {
  /**
   * fresh: one for every request, so that one that is open is a request under way. listener: to a listener that holds
   * them; what takes a long wait for a fault is left out.
   */
  connections?: Connections;
  /** Every router is one below its original, under a name of the pin's own: where the original works, it wins. */
  below?: boolean;
  /** A path on an entry point that leads to this port of the loopback. */
  proof?: { entryPoint: string; path: string; port: number };
  /** Definition of a middleware of the published files. */
  middlewareOf?: (name: string) => Tree | undefined;
}

/** A file that sends a service's traffic to chosen containers, whatever their labels say. */
export interface Pin {
  text: string;
  /**
   * HTTP middleware in the file that nothing uses; its name holds a digest of the rest and of the writing, so where it
   * is served, all of it is.
   */
  marker: string;
  /** Routers that must be enabled once the pin is served. */
  routers: { protocol: Protocol; name: string }[];
}

/**
 * The pin of one service. A router from a label is copied with its rule and priority, so that it wins and loses against
 * every other router exactly as before; the tie with the label's own router goes to the file provider through
 * `providers.precedence`, or through a priority one higher where that is not set. What labels define (middlewares, the
 * service) is inlined, because a reference to `x@docker` dies as soon as two containers define `x` differently.
 */
export function renderPin(input: PinInput): Pin {
  const document: Record<Protocol, Record<string, Record<string, Tree>>> = { http: {}, tcp: {}, udp: {} };
  const routers: Pin['routers'] = [];
  for (const protocol of protocols) {
    const section = sectionOf(protocol, input);
    document[protocol] = section;
    for (const name of Object.keys(section['routers'] ?? {})) routers.push({ protocol, name });
    addDependants(protocol, section, input);
  }
  const digest = createHash('sha256')
    .update(JSON.stringify([input.writing, document]))
    .digest('hex')
    .slice(0, 16);
  const marker = `rollout-${input.project}-${input.service}-${digest}`;
  const http = document.http;
  const { proof } = input.manner ?? {};
  if (proof !== undefined) {
    const name = pinnedName('proof', input);
    const rule = `Path(\`${proof.path}\`)`;
    http['routers'] = {
      ...http['routers'],
      [name]: { entryPoints: [proof.entryPoint], rule, service: name },
    };
    const servers = [{ url: `http://127.0.0.1:${proof.port}` }];
    http['services'] = { ...http['services'], [name]: { loadBalancer: { servers } } };
    routers.push({ protocol: 'http', name });
  }
  http['middlewares'] = { ...http['middlewares'], [marker]: { stripPrefix: { prefixes: [`/${digest}`] } } };
  return { text: `${ownerLine(input)}\n${textOf(document)}`, marker, routers };
}

/** Traefik runs every file through Go's template engine before it reads the YAML. */
function textOf(document: Record<string, Record<string, Record<string, Tree>>>): string {
  const filled: Record<string, unknown> = {};
  for (const [protocol, section] of Object.entries(document)) {
    const kept = Object.entries(section).filter(([, objects]) => Object.keys(objects).length > 0);
    if (kept.length > 0) filled[protocol] = Object.fromEntries(kept);
  }
  const yaml = stringify(filled, { aliasDuplicateObjects: false, lineWidth: 0 });
  return yaml.replaceAll('{{', '{{"{{"}}');
}

function sectionOf(protocol: Protocol, input: PinInput): Record<string, Record<string, Tree>> {
  const provided = input.provided[protocol];
  const file = input.fileRoutes[protocol];
  const references = new References(provided, input);
  const services: Record<string, Tree> = {};
  const transports: Record<string, Tree> = { ...file?.serversTransports };
  const connections = input.manner?.connections;
  for (const [name, service] of Object.entries(provided.services)) {
    const transport =
      protocol === 'http'
        ? ownTransport(service, input, connections)
        : waitingTransport(protocol, service, input, connections);
    if (transport) transports[pinnedName(name, input)] = transport;
    const transportName = transport === null ? null : pinnedName(name, input);
    services[pinnedName(name, input)] = serviceOf(protocol, name, service, transportName, references, input);
  }
  for (const [name, service] of Object.entries(file?.services ?? {}))
    services[name] = references.replaceAll(service);

  const routers: Record<string, Tree> = {};
  for (const [name, router] of Object.entries(provided.routers)) {
    routers[pinnedName(name, input)] = routerOf(protocol, router, references, input);
  }
  for (const [name, router] of Object.entries(file?.routers ?? {})) {
    const replaced = references.replaceAll(router);
    // Under its own name it would override its original for as long as the pin is there.
    if (input.manner?.below) routers[pinnedName(name, input)] = lowered(protocol, replaced);
    else routers[name] = replaced;
  }

  const middlewares: Record<string, Tree> = {};
  for (const [name, middleware] of Object.entries(provided.middlewares)) {
    middlewares[pinnedName(name, input)] = middlewareOf(middleware, references);
  }
  Object.assign(middlewares, file?.middlewares);

  overrideRetired(protocol, input, routers, services);
  return { routers, services, middlewares, serversTransports: transports };
}

/** Below their originals, which win where they work: others may be deployed meanwhile. */
function addDependants(
  protocol: Protocol,
  section: Record<string, Record<string, Tree>>,
  input: PinInput,
): void {
  if (input.others === undefined) return;
  const { routers, middlewares } = dependantsOf({
    protocol,
    own: input.provided,
    others: input.others,
    published: input.published ?? {},
    rename: (name) => pinnedName(name, input),
  });
  section['middlewares'] = { ...section['middlewares'], ...middlewares };
  for (const [name, router] of Object.entries(routers))
    section['routers'] = { ...section['routers'], [name]: lowered(protocol, router) };
}

function routerOf(
  protocol: Protocol,
  router: Tree,
  references: References,
  { winsTies, manner, provided }: PinInput,
): Tree {
  let copy = withField(router, 'service', references.service(textField(router, 'service') ?? ''));
  const written = listField(router, 'middlewares');
  const middlewares = protocol === 'http' ? patientOnes(written, { manner, provided }) : written;
  if (written.length > middlewares.length) copy = withoutField(copy, 'middlewares');
  if (middlewares.length > 0)
    copy = withField(
      copy,
      'middlewares',
      middlewares.map((name) => references.middleware(name)),
    );
  const options = textField(subtree(router, 'tls'), 'options');
  if (options && options !== 'default' && !options.includes('@')) {
    copy = withField(copy, 'tls', withField(subtree(router, 'tls'), 'options', `${options}@docker`));
  }
  if (manner?.below) return lowered(protocol, copy);
  // 0 would be the priority of the rule again, which a TCP router that catches all has at -1.
  if (protocol !== 'udp' && !winsTies)
    copy = withField(copy, 'priority', routerPriority(protocol, router) + 1 || 1);
  return copy;
}

/** One below; 0 would mean the length of the rule. */
function lowered(protocol: Protocol, router: Tree): Tree {
  const priority = routerPriority(protocol, router) - 1;
  return withField(router, 'priority', priority === 0 ? -1 : priority);
}

/** To a listener that holds requests, without those that take a long wait for a fault. */
function patientOnes(names: string[], { manner, provided }: Pick<PinInput, 'manner' | 'provided'>): string[] {
  if (manner?.connections !== 'listener') return names;
  return withoutBreakers(names, (name) => definitionOf(name, provided.http.middlewares, manner));
}

/** What a label or a published file says a middleware is. */
function definitionOf(name: string, own: Record<string, Tree>, manner: PinManner): Tree | undefined {
  if (name.endsWith('@file')) return manner.middlewareOf?.(name.slice(0, -'@file'.length));
  return own[name.endsWith('@docker') ? name.slice(0, -'@docker'.length) : name];
}

function serviceOf(
  protocol: Protocol,
  name: string,
  service: ProvidedService,
  transport: string | null,
  references: References,
  input: PinInput,
): Tree {
  let loadBalancer: Tree = { ...service.loadBalancer, servers: service.servers };
  if (transport !== null) loadBalancer = withField(loadBalancer, 'serversTransport', transport);
  if (protocol === 'http') loadBalancer = withCookieName(loadBalancer, name);
  const written = protocol === 'http' ? patientOnes(service.middlewares, input) : service.middlewares;
  const middlewares = written.map((middleware) => references.middleware(middleware));
  return { ...(middlewares.length > 0 ? { middlewares } : {}), loadBalancer };
}

function withCookieName(loadBalancer: Tree, service: string): Tree {
  const sticky = subtree(loadBalancer, 'sticky');
  const key = fieldKey(sticky, 'cookie');
  if (key === undefined || (typeof sticky[key] === 'string' && !/^(true)?$/i.test(String(sticky[key]))))
    return loadBalancer;
  const cookie = subtree(sticky, 'cookie');
  if (textField(cookie, 'name')) return loadBalancer;
  const named = withField(cookie, 'name', stickyCookieName(`${service}@docker`));
  return withField(loadBalancer, 'sticky', withField(sticky, 'cookie', named));
}

function middlewareOf(middleware: Tree, references: References): Tree {
  const chain = subtree(middleware, 'chain');
  const chained = listField(chain, 'middlewares');
  if (chained.length > 0) {
    const names = chained.map((name) => references.middleware(name));
    return withField(middleware, 'chain', withField(chain, 'middlewares', names));
  }
  const errors = subtree(middleware, 'errors');
  const service = textField(errors, 'service');
  return service
    ? withField(middleware, 'errors', withField(errors, 'service', references.service(service)))
    : middleware;
}
