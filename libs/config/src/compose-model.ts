import type { Place } from './problem/problem';

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
  /** Of a bind: where it is in the container. */
  target?: string;
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
