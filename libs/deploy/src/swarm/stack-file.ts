import type { ComposeUpdateConfig } from '@itsup/docker';

/** A stack file as `docker stack deploy` reads it: a Compose file of the old schema, version 3. */
export interface StackFile {
  version: string;
  services: Record<string, StackService>;
  networks: Record<string, StackNetwork>;
  volumes: Record<string, StackVolume>;
  configs: Record<string, StackFileObject>;
  secrets: Record<string, StackFileObject>;
}

export interface StackService {
  image: string;
  environment: Record<string, string>;
  networks: Record<string, { aliases?: string[] }>;
  ports: StackPort[];
  volumes: StackMount[];
  configs: StackFileReference[];
  secrets: StackFileReference[];
  extra_hosts: string[];
  healthcheck?: Record<string, unknown>;
  deploy: StackDeploy;
  /** Keys that mean the same in both. */
  [kept: string]: unknown;
}

/** One address of the node that the task runs on; never the routing mesh, which hides the client's address. */
export interface StackPort {
  mode: 'host';
  target: number;
  published: number;
  protocol: string;
}

export interface StackMount {
  type: string;
  source?: string;
  target: string;
  read_only?: boolean;
  bind?: { propagation: string };
  volume?: { nocopy: true };
  tmpfs?: { size: number };
}

export interface StackFileReference {
  source: string;
  target?: string;
  uid?: string;
  gid?: string;
  /** The number that the digits are in octal. */
  mode?: number;
}

export interface StackDeploy {
  mode: string;
  /** Of replicated services alone. */
  replicas?: number;
  endpoint_mode: string;
  labels: Record<string, string>;
  restart_policy: Record<string, string | number>;
  update_config?: ComposeUpdateConfig;
  rollback_config?: ComposeUpdateConfig;
  placement: { constraints: string[]; preferences?: unknown[]; max_replicas_per_node?: number };
  resources: {
    limits: Record<string, string | number>;
    reservations: Record<string, string | unknown[]>;
  };
}

export interface StackNetwork {
  name: string;
  external?: true;
  driver?: 'overlay';
  driver_opts?: Record<string, string | number>;
  internal?: boolean;
  attachable?: boolean;
  labels?: Record<string, string>;
  ipam?: { config: { subnet: string }[] };
}

export interface StackVolume {
  name: string;
  external?: true;
  driver?: string;
  driver_opts?: Record<string, string>;
  labels?: Record<string, string>;
}

/** A config or secret, which a deploy has made before. */
export interface StackFileObject {
  name: string;
  external: true;
}
