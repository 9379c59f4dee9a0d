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
  /** Of a rollout under way; null: none. */
  rollout: RolloutState | null;
  /** Of those under way beside it; absent: none. */
  rolloutsBeside?: RolloutState[];
}

/** All rollouts that were under way. */
export function rolloutsOf(journal: Pick<JournalFile, 'rollout' | 'rolloutsBeside'> | null): RolloutState[] {
  if (journal === null) return [];
  return [...(journal.rollout === null ? [] : [journal.rollout]), ...(journal.rolloutsBeside ?? [])];
}

/** Durable notes of what is being done. Every act on the engine or on published files runs inside `step`. */
export interface Journal {
  step<T>(name: string, run: () => Promise<T>): Promise<T>;
  /** The same journal for the rollout of one service; others may be under way at the same time. */
  forService(service: string): RolloutJournal;
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
 * Opens the stack's journal, under its lock; `inherited` are the rollouts that a killed deploy left and that are still
 * to be settled.
 */
export async function openJournal(options: {
  state: State;
  stack: string;
  id: string;
  command: string;
  system: System;
  inherited?: readonly RolloutState[];
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
    rollout: null,
  };
  const rollouts = new Map((options.inherited ?? []).map((rollout) => [rollout.service, rollout]));
  const durations: { step: string; ms: number }[] = [];
  let writing: Promise<unknown> = Promise.resolve();
  // One after the other: an earlier state must not come to the disk after a later one.
  const save = (sync: boolean): Promise<void> => {
    const written = writing
      .catch(() => undefined)
      .then(() => {
        const [rollout = null, ...rolloutsBeside] = rollouts.values();
        const noted = { ...content, rollout, ...(rolloutsBeside.length > 0 && { rolloutsBeside }) };
        return writeFileAtomic(file, `${JSON.stringify(noted, null, 2)}\n`, { sync });
      });
    writing = written;
    return written;
  };
  await removeUnfinished(state.stackDir(stack));
  await save(true);
  const step: Journal['step'] = async (name, run) => {
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
  };
  return {
    durations,
    step,
    forService: (service) => ({
      step,
      async save(rollout) {
        if (rollout === null) rollouts.delete(service);
        else rollouts.set(service, rollout);
        await save(true);
      },
    }),
    hasRollout: () => rollouts.size > 0,
    async close() {
      await rm(file, { force: true });
    },
  };
}

function iso(system: System): string {
  return new Date(system.now()).toISOString();
}
