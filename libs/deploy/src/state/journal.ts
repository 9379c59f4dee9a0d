import { rm } from 'node:fs/promises';
import path from 'node:path';

import type { RolloutJournal, RolloutState } from '@itsup/rollout';
import type { System } from '../context';
import type { State } from './state';
import { readJsonOrNull, removeUnfinished, writeFileAtomic } from './atomic-file';

/** A deploy in progress, as the next one finds it when this one is killed. Holds no secret. */
export interface JournalFile {
  version: 1;
  id: string;
  command: string;
  by: string;
  startedAt: string;
  /** In the order they began; the last one may not have ended. */
  steps: { name: string; state: 'begun' | 'done' | 'failed'; at: string }[];
  /** Of the rollout under way; null: none. */
  rollout: RolloutState | null;
}

/** Durable notes of what is being done. Every act on the engine or on published files runs inside `step`. */
export interface Journal extends RolloutJournal {
  step<T>(name: string, run: () => Promise<T>): Promise<T>;
  /** Milliseconds by step, in the order they ended. */
  readonly durations: { step: string; ms: number }[];
  /** A rollout is under way or was left unsettled. */
  hasRollout(): boolean;
  /** Nothing is in progress any more. */
  close(): Promise<void>;
}

/** Called before a step runs and after it ended; a test throws here to stop a deploy between any two steps. */
export type StepHook = (moment: 'before' | 'after', step: string) => void | Promise<void>;

export function journalPath(state: State, stack: string): string {
  return path.join(state.stackDir(stack), 'journal.json');
}

/** What a killed deploy left; null: the last one ended. */
export function readJournal(state: State, stack: string): Promise<JournalFile | null> {
  return readJsonOrNull<JournalFile>(journalPath(state, stack), 1);
}

/**
 * Opens the stack's journal, under its lock; `inherited` is the rollout that a killed deploy left and that is still to
 * be settled.
 */
export async function openJournal(options: {
  state: State;
  stack: string;
  id: string;
  command: string;
  system: System;
  inherited?: RolloutState | null;
  hook?: StepHook;
}): Promise<Journal> {
  const { state, stack, system, hook } = options;
  const file = journalPath(state, stack);
  const content: JournalFile = {
    version: 1,
    id: options.id,
    command: options.command,
    by: `${system.user}@${system.hostname}`,
    startedAt: iso(system),
    steps: [],
    rollout: options.inherited ?? null,
  };
  const durations: { step: string; ms: number }[] = [];
  const save = (sync: boolean): Promise<void> =>
    writeFileAtomic(file, `${JSON.stringify(content, null, 2)}\n`, { sync });
  await removeUnfinished(state.stackDir(stack));
  await save(true);
  return {
    durations,
    async step(name, run) {
      const entry: JournalFile['steps'][number] = { name, state: 'begun', at: iso(system) };
      content.steps.push(entry);
      // What recovery needs is the rollout's state; steps tell a person how far it came.
      await save(false);
      await hook?.('before', name);
      const began = system.now();
      try {
        const result = await run();
        await hook?.('after', name);
        entry.state = 'done';
        durations.push({ step: name, ms: system.now() - began });
        return result;
      } catch (error) {
        entry.state = 'failed';
        throw error;
      }
    },
    async save(rollout) {
      content.rollout = rollout;
      await save(true);
    },
    hasRollout: () => content.rollout !== null,
    async close() {
      await rm(file, { force: true });
    },
  };
}

function iso(system: System): string {
  return new Date(system.now()).toISOString();
}
