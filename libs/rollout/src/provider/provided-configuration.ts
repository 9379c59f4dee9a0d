import type { Tree } from '@itsup/traefik';

export const protocols = ['http', 'tcp', 'udp'] as const;
export type Protocol = (typeof protocols)[number];

/** What Traefik's docker provider makes of the containers of one Compose service. */
export type ProvidedConfiguration = Record<Protocol, ProvidedSection>;

export interface ProvidedSection {
  /** By name without provider; every one names its service. */
  routers: Record<string, Tree>;
  services: Record<string, ProvidedService>;
  middlewares: Record<string, Tree>;
}

export interface ProvidedService {
  /** `loadBalancer` without its servers. */
  loadBalancer: Tree;
  /** Middlewares of the service itself (Traefik 3.7). */
  middlewares: string[];
  /** With `url` (http) or `address` (tcp, udp), one a container. */
  servers: Tree[];
  /** Where those servers are, for probes and for the drain; an `url` label that names a host is left out. */
  ends: { address: string; port: number; scheme: string }[];
  /** Servers that Traefik may have instead of those, with the one of them that each stands for. */
  instead?: Record<string, string>;
  /** Why nobody can tell which servers Traefik has, in words; absent: everybody can. */
  uncertain?: string;
}

export function emptyConfiguration(): ProvidedConfiguration {
  const section = (): ProvidedSection => ({ routers: {}, services: {}, middlewares: {} });
  return { http: section(), tcp: section(), udp: section() };
}

/** Whether nothing at all is routed to the service. */
export function isEmpty(provided: ProvidedConfiguration): boolean {
  return protocols.every((protocol) => Object.keys(provided[protocol].services).length === 0);
}

/** Names of the services, for whoever looks for routers that lead to them. */
export function serviceNames(provided: ProvidedConfiguration): Record<Protocol, string[]> {
  return {
    http: Object.keys(provided.http.services),
    tcp: Object.keys(provided.tcp.services),
    udp: Object.keys(provided.udp.services),
  };
}

/** Where Traefik's connections to these containers end. */
export function endsOf(provided: ProvidedConfiguration): ProvidedService['ends'] {
  return servicesOf(provided).flatMap(({ ends }) => ends);
}

/** Why nobody can tell what Traefik makes of these containers, in words; undefined: everybody can. */
export function uncertaintyOf(provided: ProvidedConfiguration): string | undefined {
  return servicesOf(provided).find(({ uncertain }) => uncertain !== undefined)?.uncertain;
}

function servicesOf(provided: ProvidedConfiguration): ProvidedService[] {
  return protocols.flatMap((protocol) => Object.values(provided[protocol].services));
}
