import type { RouterKind } from '@itsup/config';

/** The way of a request through the whole workspace, project by project, as a graph that can be drawn. */
export interface Topology {
  /** The proxy first, then the projects by name. */
  groups: TopologyGroup[];
  /** From the consumer's side of an egress network to the provider's, by ids of network nodes. */
  edges: TopologyEdge[];
}

/** What belongs to one project, or to the proxy. Ids are unique in the whole topology. */
export interface TopologyGroup {
  name: string;
  kind: 'proxy' | 'container' | 'external';
  enabled: boolean;
  /** Number of errors: it cannot be deployed. */
  errors: number;
  doors: DoorNode[];
  routers: RouterNode[];
  services: ServiceNode[];
  networks: NetworkNode[];
  /** Door → router → service → network, by id. */
  links: [from: string, to: string][];
}

/** Where requests come in: a name or a port. */
export interface DoorNode {
  id: string;
  /** `https://app.example.com`, `tls://mqtt.example.com`, `udp :53`. */
  label: string;
  /** What a browser can open; null: a name that is no address, or no HTTP. */
  url: string | null;
  entryPoint: string;
  /** Plain HTTP on the same name is sent here. */
  redirected: boolean;
}

export interface RouterNode {
  id: string;
  /** With its provider. */
  name: string;
  kind: RouterKind;
  rule: string | null;
  middlewares: string[];
  tls: 'none' | 'terminated' | 'passthrough';
}

export interface ServiceNode {
  id: string;
  name: string;
  kind: 'container' | 'external' | 'proxy';
  /** Image, or what else tells it apart; empty: nothing does. */
  detail: string;
}

export interface NetworkNode {
  id: string;
  label: string;
  /** The engine's name, where it differs from the label. */
  name: string;
  /**
   * proxynet: shared by services with a fixed address. proxy: the project's own, added because Traefik reaches none of
   * the service's. mode: no network of its own (`network_mode`). consumes, provides: the two sides of an egress edge.
   */
  kind: 'proxynet' | 'proxy' | 'own' | 'mode' | 'consumes' | 'provides';
}

export interface TopologyEdge {
  from: string;
  to: string;
  consumer: string;
  provider: string;
  service: string;
  network: string;
}
