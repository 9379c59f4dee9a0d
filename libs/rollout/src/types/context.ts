import type { HttpGet } from '@itsup/traefik';

import type { RolloutDocker } from './engine';
import type { Relay, RelayKind } from './relay';
import type { RolloutStep } from './steps';

/**
 * What a rollout needs and what it tells. Everything that touches the engine, Traefik, files, time or the terminal
 * comes in through these interfaces, so that the step engine runs unchanged against a simulation that kills it at every
 * step.
 */

/** What all rollouts of one deploy share. */
export interface RolloutContext {
  docker: RolloutDocker;
  get: HttpGet;
  /** Opens and closes a TCP connection; false when refused or timed out. */
  tcpProbe(address: string, port: number, timeoutMs: number): Promise<boolean>;
  clock: Clock;
  /** A signal that aborts after so many milliseconds. Default: `AbortSignal.timeout`. */
  deadline?(ms: number): AbortSignal;
  /** null: the namespace cannot be read (remote engine); the drain then waits its whole deadline. */
  connections: ConnectionTable | null;
  /** null: there is no proxy on this host, and steps 3, 6 and 9 fall away. */
  proxy: ProxyAccess | null;
  /**
   * Where pins are also when no proxy runs: one that an earlier deploy left would override the labels as soon as
   * Traefik is back. Default: the proxy's.
   */
  pinFolder?: string;
  /** Opens a listener on the loopback of this host; absent: Traefik does not reach any of ours. */
  openRelay?(kind: RelayKind): Promise<Relay>;
  report(event: RolloutEvent): void;
  /** Ctrl-C. The pin goes back to the old containers and the rollout ends as interrupted within three seconds. */
  signal: AbortSignal;
  /** Overrides for tests and for the operator; see `defaultLimits`. */
  limits?: Partial<RolloutLimits>;
}

export interface Clock {
  /** Milliseconds, monotonic enough to subtract. */
  now(): number;
  /** Rejects with the signal's reason as soon as it aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Established connections to containers. */
export interface ConnectionTable {
  /**
   * From the host's network namespace, where Traefik lives: TCP connections and connected UDP sockets with one of these
   * remote ends.
   */
  countTo(ends: { address: string; port: number }[]): Promise<number>;
  /** The TCP connections among these, each by a name that is its own while it lasts. */
  listTo(ends: { address: string; port: number }[]): Promise<string[]>;
  /**
   * How many established TCP connections these processes' network namespaces have at a port that listens there, whoever
   * opened them: Traefik, siblings, consumers of other stacks. What a container opens to itself does not count.
   * @param addresses count those alone that come to one of these addresses; default: all
   */
  countInto?(pids: number[], addresses?: readonly string[]): Promise<number>;
}

/** Where Traefik reads and where it answers. */
export interface ProxyAccess {
  /** Absolute path of the published dynamic folder; the pin is written into it. */
  dynamicFolder: string;
  /**
   * Base addresses of the APIs of every running instance, `http://127.0.0.1:26482`; all of them have to acknowledge.
   */
  apis(): Promise<string[]>;
  /** What the APIs ask for; null: nothing is known of it. */
  apiSecret: string | null;
  /** `libs/traefik` knows the types of the Traefik that runs, so what goes to it can be judged before. */
  knowsTypes?: boolean;
  /** What Traefik has said since then (milliseconds since the epoch) of a file that it cannot read; null: nothing. */
  faultInLog?(since: number): Promise<string | null>;
  /** The published static configuration, parsed: the pin follows its precedence, network and default transport. */
  staticConfiguration: Readonly<Record<string, unknown>>;
}

/** All in milliseconds. */
export interface RolloutLimits {
  /** Between two looks at Traefik's API. */
  ackInterval: number;
  /** How long Traefik may take to serve what was written. */
  ackTimeout: number;
  /** After the last acknowledgement: entry points other than the API's switch microseconds later. */
  ackMargin: number;
  /** Between two looks at the containers, while the wait is young. */
  healthInterval: number;
  /** On top of the budget that the health check gives; also the whole budget without a health check. */
  startAllowance: number;
  /** A container without a health check has to run this long without a restart, its port answering. */
  stability: number;
  /** How long a healthy container's routed port may take to answer. */
  portTimeout: number;
  /** How long Traefik's docker provider may take to show the new labels. */
  providerTimeout: number;
  /** How long the engine may not answer, e.g. because it is being restarted. */
  engineTimeout: number;
  /** How long the pin's way back may take after Ctrl-C, all in all. */
  interruptTimeout: number;
}

export type RolloutEvent =
  | { type: 'step'; project: string; service: string; step: RolloutStep }
  /** Sent about once a second while something is awaited. `limitMs`: when the wait ends by itself. */
  | {
      type: 'waiting';
      project: string;
      service: string;
      step: RolloutStep;
      what: string;
      elapsedMs: number;
      limitMs: number;
    }
  | { type: 'note'; project: string; service: string; text: string };
