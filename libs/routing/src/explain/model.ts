import type { Place, Problem, RouterKind } from '@itsup/config';
import type { Question } from './question';

/** One of Traefik's entry points, the built-in ones included. */
export interface Door {
  /** `web`, `web-secure`, `tcp-5432`. */
  name: string;
  port: number;
  protocol: 'tcp' | 'udp';
  kind: RouterKind;
}

/** A router as Traefik sees it, labels of the operator included. */
export interface RouterFact {
  /** With its provider: `blog-web-8080@docker`. */
  name: string;
  kind: RouterKind;
  entryPoints: string[];
  /** null: UDP has none, and neither has a router whose label leaves it out. */
  rule: string | null;
  priority: number;
  /** false: the length of the rule, as Traefik counts. */
  priorityIsWritten: boolean;
  tls: 'none' | 'terminated' | 'passthrough';
  certResolver: string | null;
  /** In the order a request meets them, the entry point's not among them. */
  middlewares: string[];
  /** With its provider. */
  service: string;
  /** It sends plain HTTP on to HTTPS. */
  redirects: boolean;
  /** The host name or URL that every request is sent on to, so that the service is never asked; null: it is. */
  sentTo: string | null;
  target: Target;
  /** Of the ingress row; null: the proxy's own, or labels that the operator wrote. */
  place: Place | null;
}

/** What a router leads to. */
export interface Target {
  /** null: the proxy itself. */
  project: string | null;
  /** Compose service; null: an external host, or the proxy itself. */
  service: string | null;
  /** Address outside Docker; null: a container. */
  host: string | null;
  port: number | null;
  scheme: 'http' | 'https' | 'h2c';
}

/** One way to ask what the question asks for. */
export interface Connection {
  entryPoint: Door;
  tls: boolean;
  /** The port that was asked for; another one than the entry point's when a router in front maps it (443 → 8443). */
  port: number;
  /** Of the Host header and SNI; null: the question names none. */
  host: string | null;
  path: string | null;
}

/** Why a router that has to do with the question does not serve the connection. */
export type LossReason =
  | 'priority'
  | 'chance'
  | 'same'
  | 'path'
  | 'condition'
  | 'plain-only'
  | 'tls-only'
  | 'tls-precedence'
  | 'invalid-rule';

export interface Loss {
  router: RouterFact;
  reason: LossReason;
  /** The sentence for people. */
  text: string;
}

/** What becomes of one connection. */
export interface ConnectionAnswer {
  connection: Connection;
  /**
   * served: the router's service gets it. redirected: Traefik sends the client to HTTPS. depends: only on more than the
   * question says, see `conditional`. unserved: Traefik answers 404 or closes the connection.
   */
  outcome: 'served' | 'redirected' | 'depends' | 'unserved';
  router: RouterFact | null;
  /** Of the entry point, met before the router's own. */
  entryPointMiddlewares: string[];
  /** Routers asked before `router` that take it if something holds which the question does not say. */
  conditional: { router: RouterFact; dependsOn: string[] }[];
  /** Routers with the same claim that lose, nearest first. */
  losses: Loss[];
  /** Conflicts over what `router` has: it serves nothing for sure while there is one. */
  disputes: Problem[];
}

/** The model's answer. */
export interface Explanation {
  question: Question;
  /** Empty: nothing listens on the port. */
  answers: ConnectionAnswer[];
  /** Near misses and what is wrong with the sources, most telling first. */
  hints: Problem[];
  /** Of the middlewares in the answers, those that bound how often one client may ask, by their qualified names. */
  limits: Record<string, RequestLimit>;
}

/** So many requests of one client in a period on average, and so many at once; what is beyond is answered with 429. */
export interface RequestLimit {
  average: number;
  burst: number;
  /** `1s`. */
  period: string;
}
