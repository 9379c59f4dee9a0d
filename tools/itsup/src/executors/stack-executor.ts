import { join } from 'node:path';
import type { ExecutorContext, TaskGraph } from '@nx/devkit';
import type { StackOptions } from '../inference/targets';
import { keepCompiledCode } from '../build/compile-cache';
import { unlikeInferred } from './unlike-inferred';
import { interruption } from '../terminal/interruption';
import { isOwnOutput } from '../terminal/own-output';
import { runAction, type StackAction, type TaskOutcome } from './run-action';

export interface StackExecutor<Options> {
  /** For Nx without batches: the same with one stack. */
  single: (options: Options, context: ExecutorContext) => Promise<{ success: boolean }>;
  batch: (
    graph: TaskGraph,
    options: Record<string, Options>,
    overrides: unknown,
    context: ExecutorContext,
  ) => AsyncGenerator<TaskOutcome>;
}

/** Options of an executor that does one of several things. */
export interface StepOptions extends StackOptions {
  /** Which one; set by the plugin. */
  step: string;
}

/** One of the things that it does. */
export interface Step<Options> {
  /** What the operator may say to it. */
  flags: string[];
  /** Loads the code when it is needed. */
  load(): Promise<StackAction<Options>>;
}

/**
 * Both implementations of an executor from one action: Nx runs all tasks of a target in one process, where a fork for
 * each would cost a quarter of a second. A task's failure is its own.
 *
 * @param flags what the operator may say to it
 */
export function stackExecutor<Options extends StackOptions>(
  action: StackAction<Options>,
  flags: string[] = [],
): StackExecutor<Options> {
  return executorOf({ only: { flags, load: () => Promise.resolve(action) } }, () => 'only');
}

/**
 * The same of several steps, of which a later one may depend on an earlier one. A batch does each step for all its
 * stacks before the next; what depends on a task that failed is skipped, as Nx does between batches.
 */
export function stepExecutor<Options extends StepOptions>(
  steps: Record<string, Step<Options>>,
): StackExecutor<Options> {
  return executorOf(steps, ({ step }) => step);
}

function executorOf<Options extends StackOptions>(
  steps: Record<string, Step<Options>>,
  stepOf: (options: Options) => string,
): StackExecutor<Options> {
  const run = (
    context: ExecutorContext,
    given: Record<string, Options>,
    graph?: TaskGraph,
  ): AsyncGenerator<TaskOutcome> => {
    const options = Object.fromEntries(
      Object.entries(given).map(([task, own]) => {
        const refusal = own.refusal ?? unlikeInferred(context, graph?.tasks[task]?.target, own);
        return [task, refusal === undefined ? own : { ...own, refusal }];
      }),
    );
    const [first] = Object.values(given);
    return runSteps({ steps, stepOf, root: join(context.root, first?.directory ?? ''), options, graph });
  };
  return {
    single: async (options, context) => {
      for await (const { result, unseen } of run(context, { [options.stack]: options })) {
        if (!isOwnOutput()) process.stdout.write(unseen);
        return { success: result.success };
      }
      return { success: false };
    },
    batch: (graph, options, _overrides, context) => run(context, options, graph),
  };
}

async function* runSteps<Options extends StackOptions>({
  steps,
  stepOf,
  root,
  options,
  graph,
}: {
  steps: Record<string, Step<Options>>;
  stepOf: (options: Options) => string;
  root: string;
  /** By task. */
  options: Record<string, Options>;
  graph: TaskGraph | undefined;
}): AsyncGenerator<TaskOutcome> {
  keepCompiledCode();
  const { signal, release } = interruption();
  const failed = new Set<string>();
  const shown = new Set<string>();
  try {
    for (const [name, { flags, load }] of Object.entries(steps)) {
      const tasks: Record<string, Options> = {};
      for (const [task, own] of Object.entries(options).filter(([, each]) => stepOf(each) === name)) {
        const waitsFor = graph?.dependencies[task] ?? [];
        if (signal.aborted || waitsFor.some((other) => failed.has(other))) {
          failed.add(task);
          yield skipped(task);
        } else tasks[task] = withRefusal(own, flags);
      }
      if (Object.keys(tasks).length === 0) continue;
      for await (const outcome of runAction(await load(), root, tasks, signal, shown)) {
        if (!outcome.result.success) failed.add(outcome.task);
        yield outcome;
      }
    }
  } finally {
    release();
  }
}

const OWN_OPTIONS = new Set(['step', 'stack', 'digest', 'refusal', 'notes', 'directory']);

/**
 * Refuses a flag that is not there. The schemas let every one through, because Nx checks them in the worker of a batch,
 * which then dies of an unhandled rejection.
 */
function withRefusal<Options extends StackOptions>(options: Options, flags: string[]): Options {
  const foreign = Object.keys(options).find((name) => !OWN_OPTIONS.has(name) && !flags.includes(name));
  if (foreign === undefined || options.refusal !== undefined) return options;
  const known = flags.length === 0 ? 'it takes none' : flags.map((flag) => `--${flag}`).join(', ');
  return { ...options, refusal: `unknown option --${foreign}; known: ${known}` };
}

function skipped(task: string): TaskOutcome {
  const now = Date.now();
  return {
    task,
    result: { success: false, status: 'skipped', terminalOutput: '', startTime: now, endTime: now },
    unseen: '',
  };
}
