import type { ContainerSpec, Docker, HelperImage } from '@itsup/docker';
import type { HttpGet, StoredCertificate } from '@itsup/traefik';

import type { Clock } from '../types';
import type { StoredNames } from './temporary/demanded-names';

/** In the order they run. A test kills the deploy at each of them, so a new step belongs into this list. */
export const handoverSteps = [
  'trial',
  'start-temporary',
  'await-temporary',
  'redirect',
  'probe',
  'drain-old',
  'hold',
  'replace',
  'await-final',
  'restore',
  'drain-temporary',
  'remove-temporary',
] as const;
export type HandoverStep = (typeof handoverSteps)[number];

/** A TCP connection of ours. */
export interface HeldConnection {
  /** The port of this end. */
  localPort: number;
  close(): void;
}

/** What a hand-over does to the world, and what it takes from it. */
export interface HandoverContext {
  docker: Pick<
    Docker,
    | 'packetFilter'
    | 'connections'
    | 'listeners'
    | 'runDetached'
    | 'run'
    | 'listContainers'
    | 'inspectContainers'
    | 'exec'
    | 'logs'
    | 'stop'
    | 'remove'
  >;
  get: HttpGet;
  /** What Traefik's API asks for; null: nothing is known of it. */
  apiSecret: string | null;
  /** Opens a TCP connection and holds it; rejects when refused or timed out. */
  connect(address: string, port: number, timeoutMs: number): Promise<HeldConnection>;
  clock: Clock;
  /** A signal that aborts after so many milliseconds. Default: `AbortSignal.timeout`. */
  deadline?(ms: number): AbortSignal;
  /** What is done and what is waited for, in words; `elapsedMs` and `limitMs` while waiting. */
  report(event: HandoverEvent): void;
  signal: AbortSignal;
  limits?: Partial<HandoverLimits>;
}

export type HandoverEvent =
  | { type: 'step'; step: HandoverStep }
  | { type: 'waiting'; step: HandoverStep; what: string; elapsedMs: number; limitMs: number }
  | { type: 'note'; text: string };

/** All in milliseconds. */
export interface HandoverLimits {
  interval: number;
  /** How long a new configuration may take to come up in the trial. */
  trialTimeout: number;
  /** How long an instance may take to show everything that the other one serves. */
  readyTimeout: number;
  /**
   * How long the temporary instance serves on after its last connection. Connection tracking remembers one that was
   * reset for `nf_conntrack_tcp_timeout_close`, and leads the client's next one from the same port to where it went.
   */
  linger: number;
  /**
   * How long connections may take to leave the instance that goes; null: as long as its kept connections may live, and
   * five seconds.
   */
  drain: number | null;
  /**
   * How long the temporary instance serves on for certificates that the final one asks for anew, as after a change of
   * authority. What has not come by then has time to come later.
   */
  certificates: number;
  /** How long the way back may take after Ctrl-C, all in all. */
  interruptTimeout: number;
}

export const defaultHandoverLimits: HandoverLimits = {
  interval: 100,
  trialTimeout: 30_000,
  readyTimeout: 60_000,
  drain: null,
  certificates: 60_000,
  linger: 10_000,
  interruptTimeout: 2_500,
};

/** The running Traefik is to be replaced by one with this static configuration or in this image. */
export interface HandoverRequest {
  /** Text of the static configuration as the running instance has it, and as it will be published. */
  current: string;
  next: string;
  /** How Compose runs Traefik, for the temporary instance. */
  container: TraefikContainer;
  /** A folder of this host that only deploys use; what is in it is written anew. */
  folder: string;
  /** The folder that every Traefik watches, on this host. */
  dynamicFolder: string;
  /**
   * The certificates that the temporary instance serves. It gets them as files and has no resolver: one that asked
   * would obtain what nobody keeps, and answer for challenges of the other.
   */
  certificates(): Promise<StoredCertificate[]>;
  /** What acme.json holds for the instance that was just started on the public ports. */
  stored(): Promise<readonly StoredNames[]>;
  /** The running instance runs as another user than the next one. */
  changesUser: boolean;
  /**
   * The running instance reads another folder than the next one will: the one that it was started with is gone, or
   * belongs to another state folder. Then what it has of files and certificates is no measure for the next one.
   */
  readsOtherFiles?: boolean;
  /** An image on the engine with `nsenter`, where this process is not root. */
  helperImage?: HelperImage;
  /** Publishes the static configuration: the final instance reads it. */
  publish(): Promise<void>;
  /**
   * Replaces the container: `docker compose up --detach --no-deps --force-recreate traefik`. Must not wait for health.
   * `graceSeconds` between the stop signal and SIGKILL; default: the container's own.
   */
  replace(graceSeconds?: number): Promise<void>;
}

export interface TraefikContainer {
  image: string;
  /** `source:target[:ro]`. A mount over /acme is replaced by the copy. */
  binds: string[];
  env: Record<string, string>;
  /** What it may: the others may no more. */
  limits: Pick<
    ContainerSpec,
    'user' | 'capDrop' | 'capAdd' | 'securityOpt' | 'readOnly' | 'tmpfs' | 'pidsLimit'
  >;
}

/** The journal as a hand-over sees it. */
export interface HandoverJournal {
  step<T>(name: HandoverStep, run: () => Promise<T>): Promise<T>;
}

export interface HandoverOutcome {
  /**
   * done: the new instance serves alone. failed and interrupted: the old one serves, unless `leftover` says otherwise.
   */
  result: 'done' | 'failed' | 'interrupted';
  reason: string;
  details: string[];
  /** What the next deploy will finish; null: nothing is left over. */
  leftover: string | null;
  durations: { step: HandoverStep; ms: number }[];
}

/**
 * redirect: packets are led to the temporary instance and back; loses nothing. reuse-port: the instances share the
 * ports, for want of the packet filter; some requests meet an instance that is starting or closing. restart: they
 * cannot even share the ports.
 */
export type HandoverMode = 'redirect' | 'reuse-port' | 'restart';

/** Kept in the hand-over's folder while there is a temporary instance. */
export interface HandoverState {
  version: 1;
  mode: HandoverMode;
  /** Address of the temporary instance's API. */
  api: string;
  /** Of the instance on the public ports, before and after. */
  publicApis: string[];
  /** replacing: the instance on the public ports may be the old one, none, or the new one. */
  phase: 'temporary' | 'replacing' | 'replaced';
  /** Public and shadow port by entry point. */
  shadows: Shadow[];
}

/** One entry point and where its temporary twin listens. */
export interface Shadow {
  entryPoint: string;
  /** Address that the entry point is bound to; empty: all. */
  host: string;
  protocol: 'tcp' | 'udp';
  port: number;
  shadowPort: number;
}
