import type { DynamicConfiguration } from './dynamic';
import type { DrainOptions } from './request';
import type { RolloutStep } from './steps';

/** What the journal keeps of a rollout in progress; JSON. */
export interface RolloutState {
  project: string;
  composeProject: string;
  service: string;
  replicas: number;
  /** Ids of the containers that served when the rollout began. */
  old: string[];
  /**
   * forward: from `switch` on, recovery finishes the rollout when the new containers are fit. back: recovery removes
   * the new ones.
   */
  direction: 'back' | 'forward';
  /** As in the request. */
  fileRoutes: DynamicConfiguration | null;
  drain: DrainOptions;
  /** As in the request. Absent: an earlier version wrote the state; as null. */
  startDeadlineMs?: number | null;
  /** The service is being scaled: `old` stay, these are removed. Absent: it is being replaced. */
  scale?: { surplus: string[] };
  /** The service leaves this network while it serves: `old` stay. */
  move?: { network: string };
  /** It is replaced while whoever comes waits; forward: the old ones are being stopped. */
  recreate?: Record<string, never>;
}

/** The stack's journal as a rollout sees it. */
export interface RolloutJournal {
  /** Records that the step began (durably, before `run` is called) and that it ended. */
  step<T>(name: RolloutStep, run: () => Promise<T>): Promise<T>;
  /** Durable when it resolves. null: nothing is in progress any more. */
  save(state: RolloutState | null): Promise<void>;
}

export interface RolloutOutcome {
  /**
   * done: only the wanted containers run and the label routes serve. failed: the old containers serve and nothing of
   * the new is left (unless `leftover` says otherwise). interrupted: Ctrl-C; the old containers serve and the next
   * deploy cleans up. unready: the new containers run and were left running, the old ones are gone.
   */
  result: 'done' | 'failed' | 'interrupted' | 'unready';
  /** One line; empty when done. */
  reason: string;
  /** Health log and last lines of the container that failed; empty when there is nothing to show. */
  details: string[];
  /** What the next deploy will finish; null: nothing is left over. */
  leftover: string | null;
  /** Milliseconds by step, in the order they ran. */
  durations: { step: RolloutStep; ms: number }[];
}
