import type { Docker } from '@itsup/docker';

import type { TrackedFiles } from './desired/files/own-files';
import type { AskRow } from './serving/ask-row';
import type { State } from './state/state';

/** Everything deploy needs of the world, so that nothing below reads a global. */
export interface DeployContext {
  /** Canonical absolute path of the workspace. */
  root: string;
  state: State;
  docker: Docker;
  /** The caller's environment; Compose interpolates from it. */
  env: Readonly<Record<string, string | undefined>>;
  system: System;
  reporter: Reporter;
  /** Asks a row through the running Traefik, after its deploy; absent: nobody asks, as on a simulated host. */
  ask?: AskRow;
  /** Absent: there is no git. */
  tracked?: TrackedFiles;
  /** Aborted on an interrupt: running steps are brought to a safe end within three seconds. */
  signal?: AbortSignal;
  /** Version of the product, for the records; absent: they do not say. */
  product?: string;
}

/** Clock and process facts; `createSystem()` gives the real ones. */
export interface System {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `ms` milliseconds, or at once with a rejection when `signal` is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  pid: number;
  hostname: string;
  /** Login name for the records. */
  user: string;
  /** Changes at every boot of the host; null where the host does not tell. */
  bootId: string | null;
  /** Start time of a process in clock ticks since boot, so that a reused pid is told apart; null: not running. */
  processStart(pid: number): Promise<string | null>;
}

/** Where progress goes. Lines hold no secret. */
export interface Reporter {
  /** A line that stays. `stack` is null for the run itself. */
  line(stack: string | null, text: string): void;
  /**
   * What a stack is at now, which may take a while. The same text again is the same wait: whoever shows it counts the
   * time from the first. `detail` is how far it is, and may change as often as it likes.
   */
  status?(stack: string | null, text: string, detail?: string): void;
}
