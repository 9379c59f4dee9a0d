import { NETWORK_LABEL, PROXYNET } from '@itsup/routing';
import {
  enabledByLabels,
  isTree,
  labelConfiguration,
  labelFault,
  listField,
  subtree,
  textField,
  unnamedService,
  unnamedServiceOfContainer,
  withoutField,
  type Tree,
} from '@itsup/traefik';

import { composeOwner } from '@itsup/docker';
import type { ContainerFacts } from '../types';
import {
  emptyConfiguration,
  protocols,
  type Protocol,
  type ProvidedConfiguration,
  type ProvidedSection,
  type ProvidedService,
} from './provided-configuration';

/** A container's address as Traefik takes it. */
interface Whereabouts {
  address: string;
  /** Addresses that Traefik takes as well: it picks any of them, anew at each event. */
  others: string[];
  uncertain: string | null;
}

export interface ReadingOptions {
  /**
   * The types are those of the Traefik that runs: a container with a label that it cannot read is left out, as Traefik
   * leaves it out. Default: nobody knows them.
   */
  knowsTypes?: boolean;
  /** Traefik reads containers that no label enables (`exposedByDefault`). Default: it does not. */
  isExposed?: boolean;
}

/**
 * Follows Traefik 3.7 (pkg/provider/docker/config.go, pkg/provider/configuration.go): containers that are disabled, not
 * running or not healthy are left out; a service without labels is named `service-project`; a router without a service
 * gets the only one there is; a router without a rule would get the default rule, which matches nothing here, and is
 * left out. Where Traefik drops both of two definitions that differ, the youngest container's wins: a pin is there to
 * serve.
 *
 * @param network the docker provider's `network`, for containers without `traefik.docker.network`
 */
export function provideConfiguration(
  containers: readonly ContainerFacts[],
  network: string | null,
  { knowsTypes = false, isExposed = false }: ReadingOptions = {},
): ProvidedConfiguration {
  const provided = emptyConfiguration();
  const serving = containers
    .filter((container) => isServing(container) && !(knowsTypes && labelFault(container.labels) !== null))
    .sort((a, b) => b.startedAt - a.startedAt || (a.id < b.id ? -1 : 1));
  for (const container of serving) {
    const single = provideOne(container, network, isExposed);
    for (const protocol of protocols) merge(provided[protocol], single[protocol]);
  }
  return provided;
}

/** Whether Traefik's docker provider would send traffic to it. */
export function isServing(container: ContainerFacts): boolean {
  return (
    container.status === 'running' && (container.health === null || container.health.status === 'healthy')
  );
}

/**
 * Whether Traefik's docker provider takes routes from a container with these labels. One that is exposed by default
 * gets a service without a word of its own too, but no router (the default rule matches nothing here): whatever runs
 * on the host is not waited for like what is served.
 *
 * @param isExposed Traefik reads what no label enables
 */
export function isRouted(labels: Readonly<Record<string, string>>, isExposed: boolean): boolean {
  const enabled = enabledByLabels(labels);
  if (enabled !== null) return enabled;
  if (!isExposed) return false;
  const tree = labelConfiguration(labels) ?? {};
  return protocols.some((protocol) => Object.keys(subtree(tree, protocol)).length > 0);
}

/** The same container, for who leads traffic to it without asking what the engine thinks of its health. */
export function regardlessOfHealth(container: ContainerFacts): ContainerFacts {
  return { ...container, health: null };
}

function merge(target: ProvidedSection, source: ProvidedSection): void {
  for (const [name, router] of Object.entries(source.routers)) target.routers[name] ??= router;
  for (const [name, middleware] of Object.entries(source.middlewares))
    target.middlewares[name] ??= middleware;
  for (const [name, service] of Object.entries(source.services)) {
    const known = target.services[name];
    if (!known) target.services[name] = service;
    else {
      known.servers.push(...service.servers);
      known.ends.push(...service.ends);
      if (service.instead) known.instead = { ...known.instead, ...service.instead };
      if (service.uncertain !== undefined) known.uncertain ??= service.uncertain;
    }
  }
}

function provideOne(
  container: ContainerFacts,
  network: string | null,
  isExposed: boolean,
): ProvidedConfiguration {
  const provided = emptyConfiguration();
  if (!isRouted(container.labels, isExposed)) return provided;
  const whereabouts = whereaboutsOf(container, network);
  if (whereabouts === null) return provided;

  const tree = labelConfiguration(container.labels);
  if (tree === null) return provided;
  const written = (protocol: Protocol, kind: string): Tree => subtree(subtree(tree, protocol), kind);
  const isWritten = (protocol: Protocol, kinds: string[]): boolean =>
    kinds.some((kind) => Object.keys(written(protocol, kind)).length > 0);
  const tcpOrUdp = isWritten('tcp', ['routers', 'services']) || isWritten('udp', ['routers', 'services']);

  for (const protocol of protocols) {
    const used =
      protocol === 'http'
        ? !tcpOrUdp || isWritten('http', ['routers', 'services', 'middlewares'])
        : isWritten(protocol, ['routers', 'services']);
    if (!used) continue;
    const section = provided[protocol];
    section.middlewares = treesOf(written(protocol, 'middlewares'));
    const services = treesOf(written(protocol, 'services'));
    if (Object.keys(services).length === 0) services[defaultServiceName(container)] = {};
    for (const [name, definition] of Object.entries(services)) {
      const service = provideService(protocol, definition, container, whereabouts);
      if (service === null) return emptyConfiguration();
      section.services[name] = service;
    }
    section.routers = linkRouters(
      protocol,
      treesOf(written(protocol, 'routers')),
      Object.keys(section.services),
    );
  }
  return provided;
}

/** null: no port is known, for which Traefik drops everything that the container says. */
function provideService(
  protocol: Protocol,
  service: Tree,
  container: ContainerFacts,
  { address, others, uncertain }: Whereabouts,
): ProvidedService | null {
  const loadBalancer = subtree(service, 'loadbalancer');
  const middlewares = listField(service, 'middlewares');
  const written = subtree(loadBalancer, 'server');
  const rest = withoutField(withoutField(withoutField(written, 'port'), 'scheme'), 'url');
  const definition = withoutField(loadBalancer, 'server');
  const url = textField(written, 'url');
  if (protocol === 'http' && url)
    return { loadBalancer: definition, middlewares, servers: [{ ...rest, url }], ends: urlEnds(url) };

  const port =
    textField(written, 'port') ??
    (container.exposedPorts[0] === undefined ? undefined : String(container.exposedPorts[0]));
  if (!port) return null;
  const scheme = protocol === 'http' ? (textField(written, 'scheme') ?? 'http') : protocol;
  const serverAt = (at: string): string => {
    const host = at.includes(':') ? `[${at}]` : at;
    return protocol === 'http' ? `${scheme}://${host}:${port}` : `${host}:${port}`;
  };
  const server = serverAt(address);
  return {
    loadBalancer: definition,
    middlewares,
    servers: [protocol === 'http' ? { ...rest, url: server } : { ...rest, address: server }],
    ends: [address, ...others].map((at) => ({ address: at, port: Number(port), scheme })),
    ...(others.length > 0 && { instead: Object.fromEntries(others.map((at) => [serverAt(at), server])) }),
    ...(uncertain !== null && { uncertain }),
  };
}

function urlEnds(url: string): ProvidedService['ends'] {
  const match = /^(\w+):\/\/(?:(\d+\.\d+\.\d+\.\d+)|\[([0-9A-Fa-f:]+)\]):(\d+)/.exec(url);
  return match
    ? [{ address: match[2] ?? match[3] ?? '', port: Number(match[4]), scheme: match[1] ?? 'http' }]
    : [];
}

function linkRouters(
  protocol: Protocol,
  routers: Record<string, Tree>,
  services: string[],
): Record<string, Tree> {
  const linked: Record<string, Tree> = {};
  for (const [name, router] of Object.entries(routers)) {
    if (protocol !== 'udp' && !textField(router, 'rule')) continue;
    if (textField(router, 'service')) linked[name] = router;
    else if (services.length === 1)
      linked[name] = { ...withoutField(router, 'service'), service: services[0] };
  }
  return linked;
}

function treesOf(tree: Tree): Record<string, Tree> {
  return Object.fromEntries(
    Object.entries(tree).filter((entry): entry is [string, Tree] => isTree(entry[1])),
  );
}

function defaultServiceName(container: ContainerFacts): string {
  const { project, service } = composeOwner(container.labels);
  return service !== '' && project !== ''
    ? unnamedService(service, project)
    : unnamedServiceOfContainer(container.name);
}

function labelOf(container: ContainerFacts, key: string): string | undefined {
  return textField(container.labels, key);
}

/**
 * Traefik takes the address on the network that the label names. Where the container is not on it, it takes any of the
 * others, anew at each event (tried: 9 times one and 3 times the other); with one left that is no question. A container
 * that was moved off proxynet while it served keeps a label that says so until its next change, and any network that is
 * left serves it; anything else is a fault.
 */
function whereaboutsOf(container: ContainerFacts, network: string | null): Whereabouts | null {
  const wanted = labelOf(container, NETWORK_LABEL) ?? network;
  const address = wanted === null ? undefined : container.addresses[wanted];
  if (address !== undefined) return { address, others: [], uncertain: null };
  const names = Object.keys(container.addresses).sort();
  const [first, ...others] = names.flatMap((name) => container.addresses[name] ?? []);
  if (first === undefined) return null;
  const isFault = others.length > 0 && wanted !== PROXYNET;
  const why =
    wanted === null
      ? `${container.name} has no label ${NETWORK_LABEL}`
      : `${container.name} is not on the network ${wanted} that ${NETWORK_LABEL} names`;
  return {
    address: first,
    others,
    uncertain: isFault ? `${why}: Traefik comes by any of ${names.join(', ')}, at random` : null,
  };
}
