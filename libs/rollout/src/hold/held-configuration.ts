import {
  field,
  listField,
  nameOf,
  qualifiedBy,
  textField,
  withField,
  withoutField,
  type Provider,
  type Tree,
} from '@itsup/traefik';
import type { DynamicConfiguration, RelayKind, RelayTarget } from '../types';
import type { Protocol, ProvidedConfiguration, ProvidedService } from '../provider/provided-configuration';

/** A service of Traefik's that a listener stands in for. */
export interface HeldService {
  protocol: 'http' | 'tcp';
  name: string;
  /** What its listener carries. */
  kind: RelayKind;
  /** Where it leads now, of what listeners speak TLS to. */
  secured: RelayTarget[];
  /** What leads to it. */
  routers: LedHere[];
}

/** What is to be known of Traefik's transport of a name; undefined: the default one. */
export interface TransportFacts {
  /** It checks the certificate of a container, or shows one. */
  verifies(transport: string | undefined): boolean;
  /** The name that it asks a container for; null: none. */
  serverNameOf(transport: string | undefined): string | null;
}

/** A router, by its name and by what it takes. */
interface LedHere {
  name: string;
  claim: string;
}

/**
 * What a pin to the listeners leaves out of a service: what judges the listener, or the wait, as a fault of the
 * service. A TCP service has no more of it than its health check, and keeps its transport.
 */
const LEFT_OUT = {
  http: ['healthCheck', 'passiveHealthCheck', 'sticky', 'serversTransport'],
  tcp: ['healthCheck'],
} as const;

/**
 * The services of Traefik's that lead to containers, in the order of their names; UDP cannot be held.
 *
 * @param fileRoutes published routes that lead to them
 * @returns a sentence when they cannot be held
 */
export function heldServices(
  provided: ProvidedConfiguration,
  { verifies, serverNameOf }: TransportFacts,
  fileRoutes: DynamicConfiguration = {},
): HeldService[] | string {
  const found: HeldService[] = [];
  for (const protocol of ['http', 'tcp'] as const) {
    for (const [name, service] of Object.entries(provided[protocol].services)) {
      const [end] = service.ends;
      if (end === undefined) continue;
      if (end.scheme === 'https' && verifies(textField(service.loadBalancer, 'serversTransport')))
        return `Traefik checks the certificate of ${name}, which a listener cannot do in its place`;
      const routers = routersOf(provided, fileRoutes, protocol)
        .filter((router) => router.service === name)
        .map(({ name: router, claim }) => ({ name: router, claim }));
      const kind = protocol === 'http' && end.scheme === 'h2c' ? 'h2c' : protocol;
      const secured = relayTargets(service, serverNameOf).filter(({ tls }) => tls !== null);
      found.push({ protocol, name, kind, secured, routers });
    }
  }
  return found.length === 0 ? 'no HTTP or TCP route leads to it' : found;
}

/**
 * Where the bytes that were held for services go. A name changes with the port that it is made of: such a service is
 * found again by a router that takes what led to it before, or because it is the only one of its protocol before and
 * after.
 *
 * @param provided of the containers that are ready
 * @param fileRoutes static routes as they are to be published
 * @returns in the order of `held`; none: nobody can tell, and what was meant for one port must not come to another
 */
export function targetsOf(
  provided: ProvidedConfiguration,
  fileRoutes: DynamicConfiguration,
  held: readonly Omit<HeldService, 'kind' | 'secured'>[],
  serverNameOf: TransportFacts['serverNameOf'],
): RelayTarget[][] {
  return held.map(({ protocol, name, routers }) => {
    const { services } = provided[protocol];
    const heirs = new Set(
      routersOf(provided, fileRoutes, protocol)
        .filter((now) => routers.some((before) => before.name === now.name || before.claim === now.claim))
        .map(({ service }) => service),
    );
    const names = Object.keys(services);
    const isAlone = names.length === 1 && held.filter((one) => one.protocol === protocol).length === 1;
    const [heir] = heirs.size > 0 ? heirs : isAlone ? names : [];
    const service = services[name] ?? (heirs.size <= 1 ? services[heir ?? ''] : undefined);
    return service === undefined ? [] : relayTargets(service, serverNameOf);
  });
}

function relayTargets(
  { ends, loadBalancer }: ProvidedService,
  serverNameOf: TransportFacts['serverNameOf'],
): RelayTarget[] {
  const serverName = serverNameOf(textField(loadBalancer, 'serversTransport'));
  return ends.map(({ address, port, scheme }) => ({
    address,
    port,
    tls: scheme === 'https' ? { serverName } : null,
  }));
}

/** The routers of labels and of files, each with the service of the docker provider that it leads to. */
function routersOf(
  provided: ProvidedConfiguration,
  fileRoutes: DynamicConfiguration,
  protocol: HeldService['protocol'],
): (LedHere & { service: string })[] {
  const led = (routers: Record<string, Tree>, own: Provider) =>
    Object.entries(routers).map(([name, router]) => ({
      name,
      claim: JSON.stringify([listField(router, 'entryPoints').sort(), textField(router, 'rule') ?? '']),
      service: nameOf(qualifiedBy(textField(router, 'service') ?? '', own), 'docker') ?? '',
    }));
  return [...led(provided[protocol].routers, 'docker'), ...led(fileRoutes[protocol]?.routers ?? {}, 'file')];
}

/**
 * The routes of a service with the listeners in place of its containers. UDP is left out: it cannot be held.
 *
 * @param listening the listener's port by `keyOf`
 */
export function heldConfiguration(
  provided: ProvidedConfiguration,
  listening: ReadonlyMap<string, number>,
): ProvidedConfiguration {
  const section = (protocol: 'http' | 'tcp'): ProvidedConfiguration[Protocol] => ({
    ...provided[protocol],
    services: Object.fromEntries(
      Object.entries(provided[protocol].services).map(([name, service]) => [
        name,
        heldService(protocol, service, listening.get(keyOf({ protocol, name }))),
      ]),
    ),
  });
  return { http: section('http'), tcp: section('tcp'), udp: { routers: {}, services: {}, middlewares: {} } };
}

/** By which a listener is found. */
export function keyOf({ protocol, name }: Pick<HeldService, 'protocol' | 'name'>): string {
  return `${protocol} ${name}`;
}

function heldService(
  protocol: HeldService['protocol'],
  service: ProvidedService,
  port: number | undefined,
): ProvidedService {
  const [end] = service.ends;
  if (end === undefined || port === undefined) return service;
  const at = `127.0.0.1:${port}`;
  const kept = LEFT_OUT[protocol].reduce((tree, name) => withoutField(tree, name), service.loadBalancer);
  const [first = {}] = service.servers;
  if (protocol === 'tcp') {
    // Who half-closes while he waits is not cut off a tenth of a second later. Where a transport is named, that one
    // says it.
    const loadBalancer =
      field(kept, 'serversTransport') === undefined ? withField(kept, 'terminationDelay', -1) : kept;
    return { ...service, loadBalancer, servers: [withField(first, 'address', at)], ends: [] };
  }
  const scheme = end.scheme === 'h2c' ? 'h2c' : 'http';
  // With `preservePath` the path of a server's address comes before that of a request.
  const path = /^\w+:\/\/[^/]+(\/.*)$/.exec(textField(first, 'url') ?? '')?.[1] ?? '';
  const server = withField(first, 'url', `${scheme}://${at}${path}`);
  return { ...service, loadBalancer: kept, servers: [server], ends: [] };
}
