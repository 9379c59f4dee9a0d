import type { Place, Problem, RouterKind } from '@itsup/config';

/**
 * What one ingress row becomes, in Traefik's words. Labels (artifact of the project), file routers (proxy), `explain`
 * and `topology` are all rendered from this. A rollout's pin is not: it is made of the labels that containers have.
 */
export interface Route {
  project: string;
  /** Compose service; null for an external host. */
  service: string | null;
  /** Address outside Docker; null for a container. */
  host: string | null;
  kind: RouterKind;
  /** labels: the container's labels carry the router. file: a static router in proxy/traefik/dynamic. */
  via: 'labels' | 'file';
  /** Of the ingress row. */
  place: Place;
  /** Port of the container or external host. */
  port: number;
  domains: string[];
  pathPrefix: string | null;
  hostport: number | null;
  /** `{project}-{service}-{port}`, the Traefik service's name without a provider. */
  serviceName: string;
  /** The container serves it through the docker provider (`name@docker`); else the definition is in the file. */
  servedBy: 'docker' | 'file';
  /** By router name: the route's own router and, for TLS http routes, its `-redirect` twin on `web`. */
  routers: Record<string, TraefikRouter>;
  /** Traefik's `loadBalancer` object of the service, without servers. */
  loadBalancer: Record<string, unknown>;
  /** Servers of an external host; empty for containers. */
  servers: { url?: string; address?: string }[];
  /** Traefik scheme label for containers that speak https or h2c. */
  scheme: 'http' | 'https' | 'h2c';
  /** Middlewares that this route defines itself (strip prefix, allow list, headers), by name. */
  middlewares: Record<string, Record<string, unknown>>;
  /** TCP transports (PROXY protocol) that this route defines itself, by name. */
  serversTransports: Record<string, Record<string, unknown>>;
}

/** A router as Traefik's dynamic configuration has it; `service` and `middlewares` provider-qualified where needed. */
export interface TraefikRouter {
  rule?: string;
  entryPoints: string[];
  service: string;
  middlewares?: string[];
  priority?: number;
  tls?: {
    certResolver?: string;
    passthrough?: boolean;
    options?: string;
    domains?: { main: string; sans?: string[] }[];
  };
}

/** One of Traefik's entry points beyond the two built-in ones. */
export interface EntryPoint {
  /** `tcp-5432`, `udp-53`, `http-9000`. */
  name: string;
  port: number;
  protocol: 'tcp' | 'udp';
  /** What its routers speak: two kinds on one port are a conflict. */
  kind: RouterKind;
}

/** What the artifact adds to one service of a project. */
export interface ServiceAdditions {
  service: string;
  /** Only keys that the operator did not write; sorted. */
  labels: Record<string, string>;
  /**
   * The network that `traefik.docker.network` names, as a text that Compose interpolates. null: Traefik does not come
   * to the service, or the operator wrote the label.
   */
  traefikNetwork: string | null;
  /** Networks the service joins on top of its own, by their keys in the Compose file. Empty: none. */
  networks: { name: string; ipv4Address?: string }[];
  /** The service declares no networks, so joining ours would cut it from `default`: the artifact names that too. */
  keepDefault: boolean;
  /** null: leave the service's resolvers alone. */
  dns: string[] | null;
}

/** A network that the artifact declares. */
export interface NetworkDeclaration {
  /** Its key in the Compose file. */
  key: string;
  /** Its name on the engine; null: Compose's own, `<project>_<key>`. */
  name: string | null;
  /**
   * proxynet: made elsewhere, shared. edge: this stack's way to one service of another. proxy: this stack's own, for
   * services on no network that Traefik reaches.
   */
  kind: 'proxynet' | 'edge' | 'proxy';
}

/** Everything that follows from one project alone (and the settings). */
export interface ProjectRouting {
  project: string;
  /** Sorted by service name; services that get nothing are left out. */
  additions: ServiceAdditions[];
  /** Sorted by key. */
  networks: NetworkDeclaration[];
  /** Sorted by router name. */
  routes: Route[];
  edges: Edge[];
  problems: Problem[];
}

/** An egress edge with its network. */
export interface Edge {
  consumer: string;
  provider: string;
  service: string;
  /** `{consumer}--{provider}--{service}`; hashed when that is over 63 characters. */
  network: string;
  place: Place;
  /** It closes a circle of egress: the consumer is deployed without waiting for the provider. */
  unordered?: true;
}

/** The whole workspace's routing: what the proxy serves, and every conflict. */
export interface WorkspaceRouting {
  projects: ProjectRouting[];
  /** Hostport entry points, sorted by name; the built-in `web` and `web-secure` are not among them. */
  entryPoints: EntryPoint[];
  /** Problems between projects: conflicts, egress to nothing, circles, addresses. */
  problems: Problem[];
  /** Of these problems those of egress edges: each is its consumer's, and follows from its file and the provider's. */
  edgeProblems: Problem[];
  /** Of these problems the conflicts, with those who take part: who fails depends on what is deployed. */
  disputes: Dispute[];
  /** By project, the keys of all that it claims in the table of ownership, sorted. */
  holdings: ReadonlyMap<string, readonly string[]>;
}

/** A conflict between projects, or of one with the proxy. */
export interface Dispute {
  problem: Problem;
  parties: DisputeParty[];
  /** Of the projects, those that take what another one has; empty: neither is more in the wrong. */
  takers: string[];
}

/** One that takes part in a dispute. */
export interface DisputeParty {
  /** null: the proxy itself. */
  project: string | null;
  label: string;
  /** null: what the proxy has by default stands in no file. */
  place: Place | null;
  /** The keys of what it claims, in `holdings` too. */
  holds?: readonly string[];
}
