import type { ComposeModel } from './compose-model';

/** One Compose project as every command of it needs it. */
export interface ComposeStack {
  /** Compose project name (`-p`). */
  project: string;
  /** Compose files (`-f`), absolute or relative to `cwd`, later ones on top. */
  files: string[];
  /** Working directory of the child: where words of a command line, COMPOSE_ENV_FILES and nested includes resolve. */
  cwd: string;
  /** Where relative paths of the files resolve (`--project-directory`); default: the folder of the first file. */
  directory?: string;
  /**
   * Variables for interpolation and for Compose itself (`COMPOSE_PROFILES`), on top of the environment of
   * `createDocker`. They reach the child through its environment alone, never argv, and no message repeats a value.
   */
  env: Record<string, string>;
  /**
   * Files of variables (`--env-file`) in place of the `.env` that Compose finds by itself, later ones on top; absolute.
   */
  envFiles?: string[];
  /** What the child gets of the environment of `createDocker`; default: all of it. */
  inherit?: Readonly<Record<string, string>>;
}

export interface ConfigOptions {
  /** Default true. false leaves `${…}` as it is, so that a required variable that is missing is no error. */
  interpolate?: boolean;
  /**
   * Default true. false skips checks between services, networks and volumes (a service with neither image nor build).
   */
  consistency?: boolean;
}

export interface PullOptions {
  /** Leave out services that have a `build`. */
  ignoreBuildable?: boolean;
  /** `missing` asks the registry only for what the engine lacks; default: as the file's pull policies say. */
  policy?: 'missing' | 'always';
}

export interface BuildOptions {
  /** Ask the registry for newer base images. */
  pull?: boolean;
  noCache?: boolean;
}

export interface CreateOptions {
  /** Default: all of the active profiles. */
  services?: string[];
  noRecreate?: boolean;
  forceRecreate?: boolean;
  removeOrphans?: boolean;
  /** `never`: an image that is not on the engine is an error at once. */
  pull?: 'always' | 'missing' | 'never';
  noBuild?: boolean;
  /** Wanted number of containers by service. Only ever scale UP: Compose may pick the new ones to go. */
  scale?: Record<string, number>;
}

export interface UpOptions extends CreateOptions {
  /** Make the containers, and start none. */
  noStart?: boolean;
  /** Leave the services alone that the named ones depend on. */
  noDeps?: boolean;
  /** Return when all are running or healthy; fails as soon as one ends or is unhealthy. */
  wait?: boolean;
  /** Seconds. */
  waitTimeout?: number;
  quietPull?: boolean;
  /** Seconds that a replaced container gets between its stop signal and SIGKILL. */
  timeoutSeconds?: number;
}

export interface DownOptions {
  /** Also the named and anonymous volumes of the project: data is gone. */
  volumes?: boolean;
  removeOrphans?: boolean;
  timeoutSeconds?: number;
}

/**
 * The commands of one stack. All reject with `DockerError`; those that start, stop or fetch something send their
 * progress line by line to `onLine`. None prints.
 */
export interface Compose {
  readonly stack: ComposeStack;
  /** Validates the files; needs no engine. Rejects with `compose-invalid` or `variable-missing`. */
  configQuiet(options?: ConfigOptions): Promise<void>;
  /** The canonical model; needs no engine. Holds secrets in the clear. */
  configJson(options?: ConfigOptions): Promise<ComposeModel>;
  /**
   * The canonical model as YAML: unlike the JSON it keeps the extensions (`x-…`) of services. Holds secrets in the
   * clear.
   */
  configYaml(options?: ConfigOptions): Promise<string>;
  /**
   * Compose's config hash by service. It is what `up` writes into the label `com.docker.compose.config-hash`, but for a
   * service whose container uses another one's (`network_mode: service:…`) and, before Compose 5.5.0, for one with
   * `env_file`.
   */
  configHashes(): Promise<Record<string, string>>;
  /**
   * What `up` would write into that label of these services, while the containers are there.
   *
   * @param containers the id of the container by service: the first by name. Services that use one which is not among
   * them are left out.
   */
  createdHashes(
    services: readonly string[],
    containers: Readonly<Record<string, string>>,
  ): Promise<Record<string, string>>;
  pull(services?: string[], options?: PullOptions): Promise<void>;
  build(services?: string[], options?: BuildOptions): Promise<void>;
  /** `up --detach`. */
  up(options?: UpOptions): Promise<void>;
  /** Creates containers without starting them. */
  create(options?: CreateOptions): Promise<void>;
  restart(services?: string[], options?: { timeoutSeconds?: number }): Promise<void>;
  stop(services?: string[], options?: { timeoutSeconds?: number }): Promise<void>;
  /** Removes stopped containers of the services (with `stop`: running ones too), never a named volume. */
  rm(services?: string[], options?: { stop?: boolean }): Promise<void>;
  down(options?: DownOptions): Promise<void>;
  /** What the services printed, interleaved and prefixed by container; `tail` lines of each. */
  logs(options?: { services?: string[]; tail?: number }): Promise<string>;
  /** Any Compose command with this process's terminal; resolves with its exit code. */
  passthrough(args: string[]): Promise<number>;
}
