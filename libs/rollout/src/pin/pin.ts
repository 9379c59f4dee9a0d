import {
  fieldKey,
  nameOf,
  qualified,
  qualifiedBy,
  routerPriority,
  subtree,
  textField,
  withField,
  type Provider,
  type Tree,
} from '@itsup/traefik';
import { createHash } from 'node:crypto';
import { stringify } from 'yaml';

import { ownerLine, pinnedName, stickyCookieName, type PinOwner } from './pin-names';
import type { CopiedNames } from '../provider/copied-names';
import { dependantsOf, type Dependants } from '../provider/dependants';
import { definitionsIn, type Definitions } from '../provider/middlewares';
import { overrideRetired } from './retired-routers';
import { ownTransport, waitingTransport, type Connections, type TransportSource } from './transports';
import {
  emptyConfiguration,
  protocols,
  type Protocol,
  type ProvidedConfiguration,
  type ProvidedService,
} from '../provider/provided-configuration';
import { patient, withoutBreakers } from './without-breakers';
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
  /** What Traefik's docker provider makes of all other containers; absent: routers of others are left alone. */
  others?: ProvidedConfiguration;
  /** What the other files say. */
  published: DynamicConfiguration;
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
    const breakers = breakersOf(protocol, input);
    const dependants = dependantsIn(protocol, input, breakers);
    const section = sectionOf(protocol, { names: dependants.names, breakers }, input);
    document[protocol] = section;
    for (const name of Object.keys(section['routers'] ?? {})) routers.push({ protocol, name });
    addDependants(protocol, section, dependants);
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

/** What is known of all that one protocol's part of a pin is made of. */
interface Known {
  names: CopiedNames;
  breakers: Definitions | null;
}

function sectionOf(protocol: Protocol, known: Known, input: PinInput): Record<string, Record<string, Tree>> {
  const { names, breakers } = known;
  const provided = input.provided[protocol];
  const file = input.fileRoutes[protocol];
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
    services[pinnedName(name, input)] = serviceOf(protocol, name, service, transportName, known);
  }
  const keptInFile = (object: Tree): Tree => names.keptObject(patiently(object, 'file', breakers));
  for (const [name, service] of Object.entries(file?.services ?? {})) services[name] = keptInFile(service);

  const routers: Record<string, Tree> = {};
  for (const [name, router] of Object.entries(provided.routers)) {
    routers[pinnedName(name, input)] = routerOf(protocol, router, known, input);
  }
  for (const [name, router] of Object.entries(file?.routers ?? {})) {
    const kept = keptInFile(router);
    // Under its own name it would override its original for as long as the pin is there.
    if (input.manner?.below) routers[pinnedName(name, input)] = lowered(protocol, kept);
    else routers[name] = kept;
  }

  const middlewares: Record<string, Tree> = {};
  for (const [name, middleware] of Object.entries(provided.middlewares))
    middlewares[pinnedName(name, input)] = names.objectInFile(middleware, 'docker');
  for (const [name, middleware] of Object.entries(file?.middlewares ?? {}))
    middlewares[name] = names.keptObject(middleware);

  overrideRetired(protocol, input, routers, services);
  return { routers, services, middlewares, serversTransports: transports };
}

/** What of others goes with the service, and the names of all that the pin has copies of. */
function dependantsIn(protocol: Protocol, input: PinInput, breakers: Definitions | null): Dependants {
  const rename = (name: string): string => pinnedName(name, input);
  const { provided: own, others, published, fileRoutes } = input;
  if (others === undefined)
    return dependantsOf({ protocol, own, others: emptyConfiguration(), published: {}, rename });
  // What is to be published counts where both define it.
  const middlewares = { ...published[protocol]?.middlewares, ...fileRoutes[protocol]?.middlewares };
  return dependantsOf({
    protocol,
    own,
    others: {
      ...others,
      [protocol]: { ...others[protocol], routers: patientRouters(protocol, input, breakers) },
    },
    published: { ...published, [protocol]: { ...published[protocol], middlewares } },
    rename,
  });
}

/** Routers of other containers; those that lead to a listener are as patient as the service's own. */
function patientRouters(
  protocol: Protocol,
  input: PinInput,
  breakers: Definitions | null,
): Record<string, Tree> {
  const routers = input.others?.[protocol].routers ?? {};
  const { services } = input.provided[protocol];
  const leadsHere = (router: Tree): boolean =>
    (nameOf(qualifiedBy(textField(router, 'service') ?? '', 'docker'), 'docker') ?? '') in services;
  return Object.fromEntries(
    Object.entries(routers).map(([name, router]) => [
      name,
      leadsHere(router) ? patiently(router, 'docker', breakers) : router,
    ]),
  );
}

/** Below their originals, which win where they work: others may be deployed meanwhile. */
function addDependants(
  protocol: Protocol,
  section: Record<string, Record<string, Tree>>,
  { routers, middlewares }: Dependants,
): void {
  section['middlewares'] = { ...section['middlewares'], ...middlewares };
  for (const [name, router] of Object.entries(routers))
    section['routers'] = { ...section['routers'], [name]: lowered(protocol, router) };
}

function routerOf(
  protocol: Protocol,
  router: Tree,
  { names, breakers }: Known,
  { winsTies, manner }: PinInput,
): Tree {
  const copy = names.objectInFile(patiently(router, 'docker', breakers), 'docker');
  if (manner?.below) return lowered(protocol, copy);
  // 0 would be the priority of the rule again, which a TCP router that catches all has at -1.
  if (protocol !== 'udp' && !winsTies)
    return withField(copy, 'priority', routerPriority(protocol, router) + 1 || 1);
  return copy;
}

/** One below; 0 would mean the length of the rule. Of UDP routers, which have no priority, the last by name wins. */
function lowered(protocol: Protocol, router: Tree): Tree {
  if (protocol === 'udp') return router;
  const priority = routerPriority(protocol, router) - 1;
  return withField(router, 'priority', priority === 0 ? -1 : priority);
}

/**
 * What middlewares are, where those that take a long wait for a fault are to be left out: on the way to a listener that
 * holds requests; else null.
 */
function breakersOf(
  protocol: Protocol,
  { manner, provided, others, fileRoutes, published }: PinInput,
): Definitions | null {
  if (protocol !== 'http' || manner?.connections !== 'listener') return null;
  return definitionsIn(
    { ...others?.http.middlewares, ...provided.http.middlewares },
    { ...published.http?.middlewares, ...fileRoutes.http?.middlewares },
  );
}

function serviceOf(
  protocol: Protocol,
  name: string,
  service: ProvidedService,
  transport: string | null,
  { names, breakers }: Known,
): Tree {
  let loadBalancer: Tree = { ...service.loadBalancer, servers: service.servers };
  if (transport !== null) loadBalancer = withField(loadBalancer, 'serversTransport', transport);
  if (protocol === 'http') loadBalancer = withCookieName(loadBalancer, name);
  const written = breakers === null ? service.middlewares : patient(service.middlewares, 'docker', breakers);
  const middlewares = written.map((middleware) => names.inFile('middlewares', middleware, 'docker'));
  return { ...(middlewares.length > 0 ? { middlewares } : {}), loadBalancer };
}

/** A router, or a service, as patient as its way: as it is, where that has no need of patience. */
function patiently(object: Tree, own: Provider, breakers: Definitions | null): Tree {
  return breakers === null ? object : withoutBreakers(object, own, breakers);
}

function withCookieName(loadBalancer: Tree, service: string): Tree {
  const sticky = subtree(loadBalancer, 'sticky');
  const key = fieldKey(sticky, 'cookie');
  if (key === undefined || (typeof sticky[key] === 'string' && !/^(true)?$/i.test(String(sticky[key]))))
    return loadBalancer;
  const cookie = subtree(sticky, 'cookie');
  if (textField(cookie, 'name')) return loadBalancer;
  const named = withField(cookie, 'name', stickyCookieName(qualified(service, 'docker')));
  return withField(loadBalancer, 'sticky', withField(sticky, 'cookie', named));
}
