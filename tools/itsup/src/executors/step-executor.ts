import type { TaskGraph } from '@nx/devkit';
import type { StackOptions } from '../inference/targets';
import { interruption } from '../terminal/interruption';
import { runAction, type StackAction, type StackExecutor, type TaskOutcome } from './stack-executor';

/** Options of an executor that does one of several things. */
export interface StepOptions extends StackOptions {
  /** Which one; set by the plugin. */
  step: string;
}

/** One of the things that it does. */
export interface Step<Options extends StackOptions> {
  /** What the operator may say to it. */
  flags: string[];
  /** Loads the code when it is needed. */
  load(): Promise<StackAction<Options>>;
}

/**
 * An executor of several steps, of which a later one may depend on an earlier one. A batch does each step for all its
 * stacks before the next; what depends on a task that failed is skipped, as Nx does between batches.
 */
export function stepExecutor<Options extends StepOptions>(
  steps: Record<string, Step<Options>>,
): StackExecutor<Options> {
  return {
    single: async (options, { root }) => {
      for await (const { result, unseen } of runSteps(steps, root, { [options.stack]: options })) {
        process.stdout.write(unseen);
        return { success: result.success };
      }
      return { success: false };
    },
    batch: (graph, options, _overrides, { root }) => runSteps(steps, root, options, graph),
  };
}

async function* runSteps<Options extends StepOptions>(
  steps: Record<string, Step<Options>>,
  root: string,
  options: Record<string, Options>,
  graph?: TaskGraph,
): AsyncGenerator<TaskOutcome> {
  const { signal, release } = interruption();
  const failed = new Set<string>();
  try {
    for (const [name, { flags, load }] of Object.entries(steps)) {
      const tasks: Record<string, Options> = {};
      for (const [task, own] of Object.entries(options).filter(([, { step }]) => step === name)) {
        const waitsFor = graph?.dependencies[task] ?? [];
        if (signal.aborted || waitsFor.some((other) => failed.has(other))) {
          failed.add(task);
          yield skipped(task);
        } else tasks[task] = withRefusal(name, own, flags);
      }
      if (Object.keys(tasks).length === 0) continue;
      for await (const outcome of runAction(await load(), root, tasks, signal)) {
        if (!outcome.result.success) failed.add(outcome.task);
        yield outcome;
      }
    }
  } finally {
    release();
  }
}

/** Nx knows the flags of the executor, not of the step; and where its schema forbids others, a batch dies without a word to the operator. */
function withRefusal<Options extends StepOptions>(step: string, options: Options, flags: string[]): Options {
  const foreign = Object.keys(options).find((name) => !OWN_OPTIONS.has(name) && !flags.includes(name));
  return foreign === undefined ? options : { ...options, refusal: `${step} has no option --${foreign}` };
}

const OWN_OPTIONS = new Set(['step', 'stack', 'digest', 'refusal', 'notes']);

function skipped(task: string): TaskOutcome {
  const now = Date.now();
  const result = {
    success: false,
    status: 'skipped',
    terminalOutput: '',
    startTime: now,
    endTime: now,
  } as const;
  return { task, result, unseen: '' };
}
