import type { ContainerDetails } from './container';

/** One event of the engine. */
export interface EngineEvent {
  type: 'container' | 'network' | 'image' | 'volume' | string;
  /** `start`, `die`, `health_status: healthy`, `connect` … */
  action: string;
  /** Id of the container, network, …. */
  id: string;
  attributes: Record<string, string>;
  /** Milliseconds since the epoch. */
  timeMs: number;
}

export interface EventsOptions {
  /**
   * `type=container`, `container=<id>`, `event=start`, `label=key=value`: same keys are alternatives, different ones
   * all hold.
   */
  filters?: string[];
  /** Also what happened since then: milliseconds since the epoch. Closes the gap between a listing and the stream. */
  sinceMs?: number;
  signal?: AbortSignal;
}

export interface WatchOptions {
  /** Longest time without a look when no event comes, a function: asked after each look; default 1000. */
  intervalMs?: number | (() => number);
  signal?: AbortSignal;
}

/** What the engine knows about the watched containers at one moment; one that is gone is left out. */
export type ContainerSnapshot = ContainerDetails[];
