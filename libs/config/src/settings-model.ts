import type { Place } from './problem/problem';

/** `projects/itsup.yml` with its defaults, plus the two native Traefik files beside it. */
export interface Settings {
  /** Host name of the dashboard (`traefik.domain`; itsUP's `traefikDomain`), null: no dashboard. */
  traefikDomain: string | null;
  /** `user:hash` lines of htpasswd for the dashboard; from `traefik.admin`. Empty: the dashboard stays off. */
  traefikAdmin: string[];
  /** Addresses or CIDRs of proxies in front of this host whose forwarded headers are trusted (`routerIP`). */
  trustedIps: string[];
  letsEncrypt: LetsEncrypt;
  /** Host ports of the two built-in entry points. */
  entryPoints: { web: number; webSecure: number };
  /** Strict-Transport-Security of every HTTPS answer; null: none. */
  hsts: { maxAge: number; includeSubDomains: boolean; preload: boolean } | null;
  /** Of one client on all sites, requests a second; null: none. */
  rateLimit: { average: number; burst: number } | null;
  /** Headers of every HTTPS answer over the defaults; an empty value removes one. */
  headers: Record<string, string>;
  /** Ports of the loopback that the proxy's own services use; the same section of `itsup.yml`. */
  internalPorts: InternalPorts;
  /**
   * Where `itsup.yml` says what a route can collide with; what it leaves out, and what has its default, has no place.
   */
  places?: { traefikDomain?: Place; web?: Place; webSecure?: Place; engine?: Place } & Partial<
    Record<keyof InternalPorts, Place>
  >;
  versions: { traefik: string; dockerproxy: string; dns: string; crowdsec: string; crowdsecPlugin: string };
  dns: {
    /** false: no honeypot service, and no `dns:` is added to any container. */
    enabled: boolean;
    /** Resolvers the honeypot forwards to, and the ones a container falls back on when the honeypot is down. */
    resolvers: string[];
  };
  /** The network of the honeypot and of services with a fixed address. */
  proxynet: {
    /** A private IPv4 network of at least a /23; everything else about it follows from it. */
    subnet: string;
  };
  crowdsec: {
    enabled: boolean;
    collections: string[];
    /** Clients that it never judges. */
    clientTrustedIps: string[];
  };
  /** Where relative paths of Compose files resolve; see routing.md. A project may override it. */
  paths: PathMode;
  /** `strict`: what a project shares with another one has to be named in its `exports`. */
  isolation: Isolation;
  /** What runs the projects. */
  engine: EngineKind;
  /** `alert.command`: a line for the shell, run after a failed deploy; absent: none. */
  alertCommand?: string;
  /** `projects/traefik.yml`: merged over the generated static file; null when absent. */
  traefikOverride: YamlFile | null;
  /** `projects/middlewares.yml`: merged over the generated dynamic middlewares; null when absent. */
  middlewaresOverride: YamlFile | null;
  /** Every file read for the settings, relative to the workspace root. */
  files: string[];
}

/** Of Traefik's API and health, and where Traefik reaches CrowdSec, whichever of its instances is healthy. */
export interface InternalPorts {
  traefik: number;
  crowdsecLapi: number;
  crowdsecAppsec: number;
}

export interface LetsEncrypt {
  /** null: no resolver is generated unless LETSENCRYPT_EMAIL is set when deploying. */
  email: string | null;
  /** Use the staging directory of Let's Encrypt. */
  staging: boolean;
  /** Directory of another authority; null: Let's Encrypt's. */
  caServer: string | null;
  /** PEM: what the authority's own certificate is checked by; null: what everybody trusts. */
  caCertificates: string | null;
  /** Seconds that a deploy waits for certificates; 0: not at all, and what is missing fails nothing. */
  wait: number;
  /** Additional resolvers by name; `letsencrypt` is the default HTTP-01 one. */
  resolvers: Record<string, { dnsChallenge: Record<string, unknown> }>;
}

/** A YAML file kept with its text, so that a merge can keep the operator's comments. */
export interface YamlFile {
  file: string;
  text: string;
  /** The parsed value; a mapping. */
  data: Record<string, unknown>;
}

/** Containers on this machine, or services of a Docker Swarm. */
export type EngineKind = 'compose' | 'swarm';

export type PathMode = 'source' | 'upstream';

/** How far the projects of one host trust each other: what is an error with `strict` is a note otherwise. */
export type Isolation = 'standard' | 'strict';
