import path from 'node:path';

import type { Problem } from '@itsup/config';
import type { RolloutState } from '@itsup/rollout';

import type { StackPlan } from '../plan/model';
import { openJournal, readJournal, rolloutsOf, type Journal, type StepHook } from '../state/journal';
import { acquireLock, LOCK_WAIT_MS } from '../state/lock';
import { newRecordId, pruneRecords, writeRecord } from '../state/records';
import { failureProblems } from './failure/failure-problems';
import { hiddenPlan } from './secrets/hidden-plan';
import type { StackRun } from './secrets/hide-secrets';
import type { DeployRecord, StackOutcome } from '../requests';

/** What is done to one stack, for its lock, its journal and its record. */
export interface StackTask {
  stack: string;
  command: DeployRecord['command'];
  /** Milliseconds to wait for another command's lock; absent: ten minutes. */
  lockWaitMs?: number | undefined;
  commit: string | null;
  /** Tests stop a command at a step with it. */
  hook?: StepHook;
}

/** A stack under its lock. `plan`, `unsettled` and `unserved` are for the act to set. */
export interface HeldStack {
  /** Of the journal and the record. */
  id: string;
  journal: Journal;
  /** Rollouts that a killed command left. */
  unfinished: RolloutState[];
  /** Somebody else had the lock: what was read before may be of yesterday. */
  waited: boolean;
  /** For the record and the outcome, also of an act that fails. */
  plan: StackPlan | null;
  /** A rollout that a killed command left is not settled yet, so a failure keeps the journal. */
  unsettled: boolean;
  /** What of it is deployed and not served: the act is done, and ends as a failure when one of them is an error. */
  unserved: Problem[];
}

/**
 * Does something to one stack under its lock, with a journal while it lasts and a record of how it ended; the journal
 * stays where the next command has something to settle.
 * @param act resolves with what came of it; `unchanged` leaves no record
 * @returns never rejects: whatever goes wrong is in the outcome
 */
export async function withStack(
  run: StackRun,
  task: StackTask,
  act: (held: HeldStack) => Promise<'deployed' | 'down' | 'unchanged'>,
): Promise<StackOutcome> {
  const { context } = run;
  const { state, system } = context;
  const { stack, command } = task;
  const began = system.now();
  const outcome = (status: StackOutcome['status'], plan: StackPlan | null, problems: Problem[] = []) => ({
    stack,
    status,
    plan: plan && hiddenPlan(plan, run.hide),
    problems,
    durationMs: system.now() - began,
  });
  try {
    let waited = false;
    const lock = await acquireLock({
      file: path.join(state.stackDir(stack), 'lock'),
      what: `stack ${stack}`,
      command,
      waitMs: task.lockWaitMs ?? LOCK_WAIT_MS,
      system,
      ...(context.signal && { signal: context.signal }),
      onWait: (holder) => {
        waited = true;
        context.reporter.line(stack, `waits for the ${holder}`);
      },
    });
    try {
      const id = newRecordId(system.now());
      // Killed again, they are still there.
      const unfinished = rolloutsOf(await readJournal(state, stack));
      const { hook } = task;
      const journal = await openJournal({
        state,
        stack,
        id,
        command,
        system,
        inherited: unfinished,
        ...(hook && { hook }),
      });
      const held: HeldStack = {
        id,
        journal,
        unfinished,
        waited,
        plan: null,
        unsettled: unfinished.length > 0,
        unserved: [],
      };
      const startedAt = system.now();
      const record = (result: DeployRecord['outcome'], problems: Problem[]): DeployRecord => ({
        id,
        stack,
        command,
        outcome: result,
        startedAt: new Date(startedAt).toISOString(),
        durationMs: system.now() - startedAt,
        by: `${system.user}@${system.hostname}`,
        commit: task.commit,
        ...(run.context.product !== undefined && { product: run.context.product }),
        services: (held.plan?.services ?? []).map(({ service, action, reasons }) => ({
          service,
          action,
          reasons: reasons.map(run.hide),
        })),
        steps: journal.durations,
        problems: problems.map(({ message }) => message),
        restorable: result === 'deployed',
      });
      try {
        const result = await act(held);
        const { unserved } = held;
        const isServed = !unserved.some(({ severity }) => severity === 'error');
        if (result !== 'unchanged') {
          const ended = record(isServed ? result : 'failed', isServed ? [] : unserved);
          // Of a host outside Docker there is nothing here to go back to.
          const restorable = result === 'deployed' && held.plan?.kind !== 'external';
          await writeRecord(state, { ...ended, restorable });
          await pruneRecords(state, stack);
        }
        await journal.close();
        return outcome(isServed ? result : 'failed', held.plan, unserved);
      } catch (error) {
        const problems = failureProblems(run, { stack }, error);
        const result = context.signal?.aborted === true ? 'interrupted' : 'failed';
        await writeRecord(state, record(result, problems)).catch(() => undefined);
        // A rollout that is not settled keeps its journal: the next deploy finishes it.
        if (!held.unsettled && !journal.hasRollout()) await journal.close();
        return outcome('failed', held.plan, problems);
      }
    } finally {
      await lock.release();
    }
  } catch (error) {
    return outcome('failed', null, failureProblems(run, { stack }, error));
  }
}
