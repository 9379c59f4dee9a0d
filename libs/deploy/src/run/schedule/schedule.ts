import { PROXY_STACK, type StackOutcome } from '../../requests';

export interface Schedule {
  /** Stacks in an order in which each comes after those it waits for. */
  order: string[];
  parallel: number;
  /** What a stack waits for; those outside of the run are not waited for. */
  after(stack: string): { stack: string; mayFail: boolean }[];
  isInterrupted(): boolean;
  run(stack: string): Promise<StackOutcome>;
  onOutcome(outcome: StackOutcome): void;
}

/** Runs the stacks as parallel as their dependencies let them. A failed one skips its dependants, and nobody else. */
export async function schedule(schedule: Schedule): Promise<StackOutcome[]> {
  const { order, parallel, after } = schedule;
  const wanted = new Set(order);
  const done = new Map<string, StackOutcome>();
  const waiting = [...order];
  const running = new Map<string, Promise<void>>();
  const finish = (outcome: StackOutcome): void => {
    done.set(outcome.stack, outcome);
    schedule.onOutcome(outcome);
  };
  const start = (stack: string): void => {
    const run = schedule.run(stack).then((outcome) => {
      running.delete(stack);
      finish(outcome);
    });
    running.set(stack, run);
  };
  while (waiting.length > 0 || running.size > 0) {
    let moved = false;
    for (let index = 0; index < waiting.length && running.size < parallel; index += 1) {
      const stack = waiting[index] ?? '';
      const needs = after(stack).filter((need) => wanted.has(need.stack));
      const broken = needs.find(({ stack: other, mayFail }) => !mayFail && hasFailed(done.get(other)));
      if (schedule.isInterrupted() || broken !== undefined) {
        finish(skipped(stack, schedule.isInterrupted() ? null : (broken?.stack ?? null)));
      } else if (needs.every((need) => done.has(need.stack))) {
        start(stack);
      } else continue;
      waiting.splice(index, 1);
      index -= 1;
      moved = true;
    }
    if (running.size > 0) await Promise.race(running.values());
    // A circle: somebody has to be first.
    else if (!moved && waiting.length > 0) start(waiting.shift() ?? '');
  }
  return order.map((stack) => done.get(stack) ?? skipped(stack, null));
}

function hasFailed(outcome: StackOutcome | undefined): boolean {
  return outcome?.status === 'failed' || outcome?.status === 'skipped';
}

function skipped(stack: string, because: string | null): StackOutcome {
  return {
    stack,
    status: 'skipped',
    plan: null,
    durationMs: 0,
    problems: [
      {
        code: because === null ? 'interrupted' : 'provider-failed',
        severity: 'error',
        project: stack,
        message:
          because === null
            ? `${stack} was not started: the run was interrupted`
            : because === PROXY_STACK
              ? `${stack} was not deployed, because the proxy failed, which was to listen on its ports; what ran keeps running`
              : `${stack} was not deployed, because ${because}, which it reaches by egress, failed`,
        help:
          because === null
            ? `run: itsup deploy ${stack}`
            : `correct ${because}, then run: itsup deploy ${stack}`,
      },
    ],
  };
}
