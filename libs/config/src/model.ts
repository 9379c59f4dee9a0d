import type { IngressRow } from './ingress/ingress-row';
import type { Place, Problem } from './problem/problem';
import type { RouterKind } from './schema/route-kind';

export type { RouterKind };

export type { IngressRow };

/** Everything `projects/` says, validated, with a place for every value that a message may point at. */
export interface Workspace {
  settings: Settings;
  /** Sorted by name, whatever the file system's order; broken ones included, their problems in `problems`. */
  projects: Project[];
  /** Of settings, overrides and all projects. */
  problems: Problem[];
}

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

/** One folder of `projects/`. */
export interface Project {
  name: string;
  /** `projects/<name>`, relative to the workspace root. */
  folder: string;
  /** container: it has a Compose file. external: it has none and its ingress file names a host. */
  kind: 'container' | 'external';
  /** `enabled: false` takes the stack down and its routes away. */
  enabled: boolean;
  paths: PathMode;
  /** Address or name outside Docker; set exactly when `kind` is external. */
  host: string | null;
  /** The ingress file, relative to the workspace root; null when the project has none. */
  ingressFile: string | null;
  ingress: IngressRow[];
  egress: EgressEdge[];
  /** Who else may use what of this project; absent: the file does not say. */
  exports?: Exports;
  compose: ComposeFacts | null;
  /** Tracked files that the artifact or the verdict depends on, relative to the workspace root, sorted. */
  files: string[];
}

/** One entry of `egress:`. */
export interface EgressEdge {
  place: Place;
  /** The project that needs the connection. */
  consumer: string;
  provider: string;
  /** The provider's Compose service. */
  service: string;
}

/** `exports:` of a project: what is not in it, nobody else may use. */
export interface Exports {
  place: Place;
  /** By Compose service. */
  services: ExportEntry[];
  /** By path below the project's domains. */
  paths: ExportEntry[];
}

/** One line of `exports:`. */
export interface ExportEntry {
  /** The Compose service, or the path. */
  name: string;
  /** The projects that may use it. */
  projects: string[];
  place: Place;
}

/** What we need to know of a Compose file, after `extends`, `include` and override files were followed. */
export interface ComposeFacts {
  /** The Compose file and its override, relative to the workspace root, in the order Compose merges them. */
  files: string[];
  /** The file's own top-level `name:`; null when it has none. */
  name: string | null;
  /** What Compose calls the project, with the values of its `.env`; absent: only a variable's value tells. */
  projectName?: string;
  /** Where the name is given: in `.env`, or as `name:`; absent: it is a folder's. */
  projectNamePlace?: Place;
  /** Where relative paths resolve, from the workspace root; absent: in the project's folder. */
  directory?: string;
  /** Profiles that the project's `.env` activates; absent: none. */
  activeProfiles?: string[];
  services: ServiceFacts[];
  /** Keys of the top-level `networks:`. */
  networks: string[];
  /** By key of the top-level `networks:`. A key without facts is a bridge of the project's own. */
  networkFacts?: Record<string, NetworkFacts>;
  /** By key of the top-level `volumes:`. */
  volumeFacts?: Record<string, VolumeFacts>;
  /** Relative bind mounts that lie inside the workspace. */
  binds: BindMount[];
  /** `env_file` entries inside the workspace, whether they exist or not; `project.files` leaves them out. */
  envFiles?: EnvFile[];
  /** Paths of this machine that the files name, for `secrets/` and other projects' folders are not theirs to name. */
  paths?: NamedPath[];
  /** Variables that the files take from the environment and that are credentials by their name. */
  credentials?: NamedVariable[];
  /** Some service, include or extended file could not be read (`${…}` in its path, or outside the workspace). */
  partial?: boolean;
}

/** A network of the top-level `networks:` as written, `${…}` not expanded. */
export interface NetworkFacts {
  /** `name:`; null: Compose's own, `<project>_<key>`. */
  name: string | null;
  /** Made outside the project (or that is a variable): the engine alone knows what it is. */
  external: boolean;
  /** null: the engine's default, a bridge. */
  driver: string | null;
  /** It has no way out (or that is a variable). */
  internal: boolean;
  /** Whether it has a way out is a variable's to say. */
  internalUnknown?: true;
  /** `driver_opts`. */
  options: Record<string, string>;
  /** `ipam.driver`, where there is one. */
  ipamDriver?: string;
  /** The name is a variable of an included file, which may have another value there than in the project's own files. */
  nameUnknown?: boolean;
}

/** A volume of the top-level `volumes:` as written, `${…}` not expanded. */
export interface VolumeFacts {
  /** `name:`; null: Compose's own, `<project>_<key>`. */
  name: string | null;
  /** Made outside the project (or that is a variable). */
  external: boolean;
  /** The name is a variable of an included file, which may have another value there than in the project's own files. */
  nameUnknown?: true;
  place: Place;
}

export interface EnvFile {
  service: string;
  /** Relative to the workspace root. */
  path: string;
  /** `required: false`: Compose does without it. */
  required: boolean;
  place: Place;
}

/** A path that a Compose file names. */
export interface NamedPath {
  /**
   * source: YAML that Compose takes for the project's own. read: text that Compose or the builder reads. mount: what a
   * container gets. build: a folder that an image is built from.
   */
  use: 'source' | 'read' | 'mount' | 'build';
  /** The Compose key, for messages. */
  attribute: string;
  /** As written. */
  path: string;
  /** The folder that it resolves in, from the workspace root; null: Compose alone knows. */
  base: string | null;
  place: Place;
}

/** A variable that a file takes from the environment. */
export interface NamedVariable {
  name: string;
  place: Place;
}

export interface BindMount {
  service: string;
  /** As written. */
  source: string;
  /** Relative to the workspace root; resolved as Compose will (`paths: upstream`: from `upstream/<name>`). */
  path: string;
  place: Place;
}

/** One service, effective. */
export interface ServiceFacts {
  name: string;
  place: Place;
  /** Keys under `networks:`; null when the service declares none and so gets `default`. */
  networks: string[] | null;
  /** `priority` of the networks that have one, by key. */
  networkPriorities?: Record<string, number>;
  /** `network_mode`, as written; null when absent. */
  networkMode: string | null;
  /** Labels as written, `${…}` not expanded, values as strings. */
  labels: Record<string, string>;
  /** Where labels that Traefik reads stand, by their key. */
  labelPlaces?: Record<string, Place>;
  hasDns: boolean;
  hasHealthcheck: boolean;
  image: string | null;
  hasBuild: boolean;
  /** `build.tags`: more names of the image that is built; absent: none. */
  buildTags?: string[];
  containerName: string | null;
  containerNamePlace?: Place;
  profiles: string[];
  /** `provider:`: Compose has a program make it, and no container. */
  isProvider?: true;
  /** Host ports the service publishes itself; ranges expanded; entries with `${…}` left out. */
  publishedPorts: { port: number; protocol: 'tcp' | 'udp'; ip?: string; place: Place }[];
  /**
   * Sources of its mounts as written, in the order of the file: paths, and of named volumes what the file says they are
   * on the engine. Absent: none. A volume of the project's own is left out.
   */
  mounts?: { source: string; place: Place }[];
  /** Keys of the top-level `volumes:` that it mounts; absent: none. */
  volumeKeys?: string[];
  /** Entries of `ports:` with `${…}`, in the short form: `portsOf` says what they come to. */
  variablePorts?: { text: string; place: Place }[];
  /** What it extends could not be read, so an absent fact may be there all the same. */
  partial?: boolean;
}
