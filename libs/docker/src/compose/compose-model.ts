/**
 * The canonical model, as `docker compose config --format json` prints it: short forms expanded, paths absolute,
 * variables filled in. Only what the product reads is typed; everything else is there under its own name.
 * It holds secrets in the clear (`environment`, `args`): digest it, never print it.
 */
export interface ComposeModel {
  name: string;
  services: Record<string, ComposeService>;
  networks?: Record<string, ComposeNetwork | null>;
  volumes?: Record<string, ComposeVolume | null>;
  configs?: Record<string, ComposeFileObject>;
  secrets?: Record<string, ComposeFileObject>;
  models?: Record<string, ComposeAiModel>;
  [extension: `x-${string}`]: unknown;
}

/** A model that Docker Model Runner serves. */
export interface ComposeAiModel {
  name?: string;
  model?: string;
  context_size?: number;
  runtime_flags?: string[];
}

export interface ComposeService {
  image?: string;
  build?: ComposeBuild;
  command?: string[] | null;
  entrypoint?: string[] | null;
  container_name?: string;
  network_mode?: string;
  networks?: Record<string, ComposeServiceNetwork | null>;
  /** `service:name`; of containers of others, `container:name`. */
  links?: string[];
  external_links?: string[];
  ports?: ComposePort[];
  expose?: string[];
  volumes?: ComposeMount[];
  tmpfs?: string[];
  environment?: Record<string, string | null>;
  labels?: Record<string, string>;
  healthcheck?: ComposeHealthcheck;
  depends_on?: Record<string, ComposeDependency>;
  deploy?: ComposeDeploy;
  scale?: number;
  profiles?: string[];
  restart?: string;
  pull_policy?: string;
  /** Go duration, e.g. `1m30s`. */
  stop_grace_period?: string;
  stop_signal?: string;
  configs?: ComposeFileReference[];
  secrets?: ComposeFileReference[];
  /** By the name of the model; null: without options. */
  models?: Record<string, { endpoint_var?: string; model_var?: string } | null>;
  dns?: string[];
  pid?: string;
  ipc?: string;
  volumes_from?: string[];
  pre_start?: ComposeHook[];
  post_start?: ComposeHook[];
  pre_stop?: ComposeHook[];
  use_api_socket?: boolean;
  devices?: unknown[];
  privileged?: boolean;
  mac_address?: string;
  read_only?: boolean;
  user?: string;
  cap_add?: string[];
  cap_drop?: string[];
  security_opt?: string[];
  pids_limit?: number;
  hostname?: string;
  /** `name=address`; older versions of Compose print `name:address`. */
  extra_hosts?: string[];
  /** `os/arch`, `os/arch/variant`. */
  platform?: string;
  /** Cores. */
  cpus?: number | string;
  /** Bytes. */
  mem_limit?: string | number;
  mem_reservation?: string | number;
  'x-itsup'?: unknown;
  [extension: `x-${string}`]: unknown;
}

/** A command around the start or the stop of a container. `pre_start` runs in one of its own. */
export interface ComposeHook {
  command?: string[];
  user?: string;
  privileged?: boolean;
  working_dir?: string;
  environment?: Record<string, string | null>;
  /** Of `pre_start`; default: the service's. */
  image?: string;
  per_replica?: boolean;
}

export interface ComposeBuild {
  /** Absolute path of the context, or the address of a remote one. */
  context?: string;
  /** Relative to the context unless absolute. */
  dockerfile?: string;
  dockerfile_inline?: string;
  args?: Record<string, string | null>;
  target?: string;
  additional_contexts?: Record<string, string>;
  platforms?: string[];
  /** More names of the image. */
  tags?: string[];
  [key: string]: unknown;
}

export interface ComposePort {
  mode?: string;
  host_ip?: string;
  target: number;
  /** A port or a range (`8080`, `8000-8010`); absent: the engine picks one. */
  published?: string;
  protocol?: string;
  app_protocol?: string;
}

export interface ComposeMount {
  type: 'bind' | 'volume' | 'tmpfs' | 'npipe' | 'cluster' | 'image';
  /** Absolute path of a bind, name of a volume as the file has it; absent: anonymous. */
  source?: string;
  target: string;
  read_only?: boolean;
  bind?: { create_host_path?: boolean; propagation?: string; selinux?: string; recursive?: string };
  volume?: { nocopy?: boolean; subpath?: string; labels?: Record<string, string> };
  /** Bytes; the mode of its folder. */
  tmpfs?: { size?: string | number; mode?: string | number };
}

export interface ComposeServiceNetwork {
  aliases?: string[];
  ipv4_address?: string;
  ipv6_address?: string;
  link_local_ips?: string[];
  mac_address?: string;
  priority?: number;
  gw_priority?: number;
  interface_name?: string;
  driver_opts?: Record<string, string>;
}

export interface ComposeHealthcheck {
  test?: string[];
  /** Go durations. */
  interval?: string;
  timeout?: string;
  start_period?: string;
  start_interval?: string;
  retries?: number;
  disable?: boolean;
}

export interface ComposeDependency {
  condition: 'service_started' | 'service_healthy' | 'service_completed_successfully';
  required?: boolean;
  restart?: boolean;
}

export interface ComposeDeploy {
  replicas?: number;
  mode?: string;
  endpoint_mode?: string;
  labels?: Record<string, string>;
  resources?: {
    limits?: { cpus?: number | string; memory?: string | number; pids?: number };
    reservations?: {
      cpus?: number | string;
      memory?: string | number;
      generic_resources?: unknown[];
      devices?: unknown[];
    };
  };
  placement?: { constraints?: string[]; preferences?: unknown[]; max_replicas_per_node?: number };
  restart_policy?: { condition?: string; delay?: string; max_attempts?: number; window?: string };
  update_config?: ComposeUpdateConfig;
  rollback_config?: ComposeUpdateConfig;
}

/** Durations are Go's, e.g. `1m30s`. */
export interface ComposeUpdateConfig {
  parallelism?: number;
  delay?: string;
  failure_action?: string;
  monitor?: string;
  max_failure_ratio?: number;
  order?: string;
}

export interface ComposeNetwork {
  name?: string;
  driver?: string;
  external?: boolean;
  internal?: boolean;
  attachable?: boolean;
  enable_ipv4?: boolean;
  enable_ipv6?: boolean;
  driver_opts?: Record<string, string | number>;
  labels?: Record<string, string>;
  ipam?: {
    driver?: string;
    options?: Record<string, string>;
    config?: {
      subnet?: string;
      gateway?: string;
      ip_range?: string;
      aux_addresses?: Record<string, string>;
    }[];
  };
}

export interface ComposeVolume {
  name?: string;
  driver?: string;
  driver_opts?: Record<string, string>;
  external?: boolean;
  labels?: Record<string, string>;
}

/** A top-level config or secret: its content is in exactly one of `file`, `environment` and `content`. */
export interface ComposeFileObject {
  name?: string;
  /** Absolute path. */
  file?: string;
  /** Name of the variable that holds the content. */
  environment?: string;
  content?: string;
  external?: boolean;
  template_driver?: string;
  driver?: string;
  driver_opts?: Record<string, string>;
}

export interface ComposeFileReference {
  source: string;
  target?: string;
  uid?: string;
  gid?: string;
  mode?: string | number;
}
