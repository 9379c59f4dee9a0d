/** Whether and how the engine is part of a swarm. */
export interface SwarmState {
  /** `inactive`, `pending`, `active`, `error` or `locked`, as the engine says it. */
  state: string;
  /** The engine answers questions about services; only a manager does. */
  isManager: boolean;
  /** Of this engine; empty outside a swarm. */
  nodeId: string;
  /** Address by which other nodes reach it; empty outside a swarm. */
  address: string;
  /** What the engine says is wrong; empty: nothing. */
  error: string;
}

export interface SwarmNode {
  id: string;
  /** Its object's version, which an update has to name. */
  version: number;
  hostName: string;
  role: 'manager' | 'worker';
  /** drain: it gets no tasks and gives up those that it has. */
  availability: 'active' | 'pause' | 'drain';
  /** `ready`, `down`, `unknown`, `disconnected`. */
  state: string;
  address: string;
  isLeader: boolean;
  labels: Record<string, string>;
  engineVersion: string;
}

export interface SwarmService {
  id: string;
  version: number;
  name: string;
  /** The stack that it is of (`com.docker.stack.namespace`); null: of none. */
  stack: string | null;
  /** Of the service, not of its containers. */
  labels: Record<string, string>;
  image: string;
  /** `Replicated`, `Global`, `ReplicatedJob`, `GlobalJob`. */
  mode: string;
  /** null: one on each node. */
  replicas: number | null;
  /** When a task that ended is replaced: `any`, `on-failure`, `none`. */
  restarts: string;
  /** What its tasks are made from. */
  taskSpec: unknown;
  /** Names of the configs and secrets that its tasks get. */
  files: string[];
  /** The last update; null: none since it was made. */
  update: { state: string; message: string; startedAt: string | null } | null;
}

export interface SwarmTask {
  id: string;
  serviceId: string;
  /** 0: of a global service. */
  slot: number;
  /** Empty: not placed yet. */
  nodeId: string;
  /** `new`, `pending`, …, `starting` (its health check has not passed), `running`, `complete`, `failed`, `rejected`. */
  state: string;
  /** `running`, or `shutdown` for one that is being replaced. */
  desiredState: string;
  /** Why it is not running, in the engine's words; empty: no reason. */
  error: string;
  message: string;
  exitCode: number | null;
  image: string;
  /** By the network's name. */
  addresses: Record<string, string>;
  /** What it was made from. */
  spec: unknown;
  /** ISO 8601: of its state. */
  since: string;
  createdAt: string;
}

/** A config or a secret, without its content. */
export interface SwarmFile {
  id: string;
  name: string;
  labels: Record<string, string>;
}

export type SwarmFileKind = 'config' | 'secret';

/** Everything the product asks of an engine in swarm mode. Like `Docker`, it rejects with `DockerError` alone. */
export interface Swarm {
  /**
   * What `docker stack deploy` would read in a stack file: variables expanded, checked by its schema. Asks no engine.
   * Rejects with `stack-invalid` for what the CLI objects to.
   *
   * @param text of the stack file, which may hold values of secrets: it goes to standard input
   * @returns the CLI's reading as YAML, and what it says beside it, line by line; null: the CLI is too
   * old to have the command
   */
  readStackFile(text: string): Promise<{ yaml: string; remarks: string[] } | null>;

  state(): Promise<SwarmState>;
  /** Makes this engine the first manager of a swarm. `address`: what other nodes reach it by; default: its only one. */
  init(options?: { address?: string }): Promise<void>;
  /** The command that brings another machine into the swarm; it holds a secret. */
  joinCommand(role: SwarmNode['role']): Promise<string>;

  /** Of every stack, in one question each; a manager alone answers them. */
  listNodes(): Promise<SwarmNode[]>;
  listServices(): Promise<SwarmService[]>;
  listTasks(): Promise<SwarmTask[]>;
  /** @param label `key=value` that each of them has */
  listFiles(kind: SwarmFileKind, label?: string): Promise<SwarmFile[]>;

  setAvailability(node: string, availability: SwarmNode['availability']): Promise<void>;
  setNodeLabel(node: string, label: string, value: string): Promise<void>;

  /** The content goes through the engine's socket. One of that name that is there is no error: names hold digests. */
  createFile(kind: SwarmFileKind, file: NewSwarmFile): Promise<void>;
  /** @returns whether it is gone: one that a service uses stays */
  removeFile(kind: SwarmFileKind, name: string): Promise<boolean>;

  /**
   * Brings a stack to what the file says, without waiting for its tasks. Images are taken as they are named: no
   * registry is asked what they stand for.
   * @param options `prune`: services of the stack that the file does not have go
   */
  deployStack(name: string, text: string, options: { prune: boolean }): Promise<void>;
  /** Replaces the labels of a service; its tasks stay as they are. */
  setServiceLabels(service: string, labels: Readonly<Record<string, string>>): Promise<void>;
  /** A stack that is gone is no error. Its volumes stay. */
  removeStack(name: string): Promise<void>;

  /** Makes a network of the whole swarm; one of that name that is there is no error. */
  createOverlay(spec: { name: string; internal?: boolean; labels: Record<string, string> }): Promise<void>;

  /** What a task, or all tasks of a service, printed; `tail` default 100 lines. */
  logs(serviceOrTask: string, options?: { tail?: number }): Promise<string>;
  /** Shows the logs of services on this process's terminal, until they end or it is interrupted. */
  showLogs(services: string[], options: { tail: number; follow: boolean }): Promise<number>;
}

export interface NewSwarmFile {
  name: string;
  content: Uint8Array;
  labels: Record<string, string>;
}
