import type { DockerError } from '../fault/docker-error';

/** Versions of the three parts; a missing part is null and the error says why and what to do. */
export interface Versions {
  client: string | null;
  clientError: DockerError | null;
  server: string | null;
  serverError: DockerError | null;
  /** Also given when it is too old. */
  compose: string | null;
  composeError: DockerError | null;
}

/** Where the engine runs, seen from this process. */
export type EngineLocation =
  /** Same kernel, same file system: bind mounts, addresses and packet filter are this host's. */
  | 'local'
  /** A virtual machine on this host (Docker Desktop, Colima): neither addresses nor packet filter are this host's. */
  | 'virtual-machine'
  | 'remote';

export interface Engine {
  /** The engine's own id. */
  id: string;
  version: string;
  /** Docker context in use. */
  context: string;
  /** `unix:///var/run/docker.sock`, `ssh://user@host`, `tcp://…`. */
  endpoint: string;
  location: EngineLocation;
  /** The engine runs as a user: its `host` network is not this host's, and the packet filter is out of reach. */
  rootless: boolean;
  /** Containers keep running while the engine restarts. */
  liveRestore: boolean;
  securityOptions: string[];
  /** As configured; empty: the engine's defaults. */
  addressPools: { base: string; size: number }[];
  hostName: string;
  operatingSystem: string;
  kernel: string;
  architecture: string;
  rootDir: string;
}
