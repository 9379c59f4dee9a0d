import { formatProblems, problemsOf, type Problem } from '@itsup/config';
import type { Reporter } from '@itsup/deploy';
import { printableWithColours } from '@itsup/docker/printable';
import type { StackOptions } from '../inference/targets';
import { createProgress } from '../terminal/progress';
import { isOwnOutput, writeOwn } from '../terminal/own-output';
import { wantsColorInTask } from '../terminal/wants-color';
import { OutcomeQueue } from './outcome-queue';

/** One run of one target for all its stacks, in one process. */
export interface StackRun<Options> {
  root: string;
  stacks: string[];
  /** Flags are the run's, so they are the same for all stacks. */
  options: Options;
  env: NodeJS.ProcessEnv;
  color: boolean;
  /** Aborted on Ctrl-C; what is running has three seconds to come to a safe end. */
  signal: AbortSignal;
  /** Shows a line at once and keeps it for the stack's output; `null` is the run itself. */
  print(stack: string | null, line: string): void;
  /** Takes the progress of the deploy layer: lines as `print` does, and what a stack waits for. */
  reporter: Reporter;
  /** Those that no step of this process has shown yet; they count as shown from here on. */
  unseen(problems: readonly Problem[]): Problem[];
  /** Ends the task of a stack: failed with `success: false` or a problem of severity error. */
  endTask(stack: string, outcome?: Outcome): void;
}

export interface Outcome {
  problems?: readonly Problem[];
  success?: boolean;
  /** For who asks for the output of a task that went well. */
  summary?: string;
}

/** What an executor does. A stack whose task it does not end has succeeded; a rejection fails those. */
export type StackAction<Options> = (run: StackRun<Options>) => Promise<void>;

export interface TaskOutcome {
  task: string;
  result: {
    success: boolean;
    /** For Nx, where success says too little. */
    status?: 'skipped';
    terminalOutput: string;
    startTime: number;
    endTime: number;
  };
  /** What of the output was not shown as it came. */
  unseen: string;
}

/**
 * Runs an action for the stacks of these tasks, and tells each outcome as it comes.
 * @param shown what was shown already, by an earlier step too: nothing is told twice
 */
export async function* runAction<Options extends StackOptions>(
  action: StackAction<Options>,
  root: string,
  tasks: Record<string, Options>,
  signal: AbortSignal,
  shown = new Set<string>(),
): AsyncGenerator<TaskOutcome> {
  const env = process.env;
  const color = wantsColorInTask(env, process.stdout.isTTY);
  const startTime = Date.now();
  const queue = new OutcomeQueue<TaskOutcome>();
  const open = new Map(
    Object.entries(tasks).map(([task, { stack, notes = [] }]) => [stack, { task, notes, lines: '' }]),
  );

  // Of another stack than the one that is asked for: the proxy, taken along.
  const [only] = open.size === 1 ? open.keys() : [];
  const show = (stack: string | null, line: string): void =>
    writeOwn(printableWithColours(stack !== null && stack !== only ? `${stack}  ${line}\n` : `${line}\n`));
  // Nx reads what its workers print line by line, so nothing can be overwritten. What was waited for is not kept.
  const progress = createProgress(null, show);

  const unseen = (problems: readonly Problem[]): Problem[] =>
    problems.filter((problem) => {
      const text = formatProblems([problem]);
      return !shown.has(text) && Boolean(shown.add(text));
    });

  const endTask = (stack: string, { problems: found = [], success = true, summary }: Outcome = {}): void => {
    // The proxy that is taken along has no task, but waits like the others.
    progress.settled(stack);
    const task = open.get(stack);
    if (task === undefined) {
      return;
    }
    open.delete(stack);
    const problems = [...task.notes.map(warning), ...found];
    const failed = !success || problems.some(({ severity }) => severity === 'error');
    // Nx keeps what went well, and shows it again in a pipe as on a terminal.
    const told = problems.length > 0 ? formatProblems(problems, { color: color && failed }) : '';
    const more = failed || summary === undefined ? '' : `${summary}\n`;
    // Nx shows what a failed task of a batch printed and folds the others away, warnings included. What holds for all
    // stacks, or what an earlier step told, is shown once.
    const fresh = unseen(problems);
    if ((!failed || isOwnOutput()) && fresh.length > 0) {
      writeOwn(formatProblems(fresh, { color }));
    }
    queue.push({
      task: task.task,
      result: {
        success: !failed,
        // What went well was seen as it came; a failure is told with all that led to it.
        terminalOutput: failed ? task.lines + told : told + more,
        startTime,
        endTime: Date.now(),
      },
      unseen: failed ? told : more,
    });
  };
  const print = (stack: string | null, raw: string): void => {
    const line = printableWithColours(raw);
    const task = stack === null ? undefined : open.get(stack);
    if (task !== undefined) {
      task.lines += `${line}\n`;
    }
    show(stack, line);
  };
  const reporter: Reporter = { line: print, status: progress.status };

  for (const { stack, refusal } of Object.values(tasks)) {
    if (refusal !== undefined) {
      endTask(stack, { problems: [{ code: 'refused', severity: 'error', message: refusal }] });
    }
  }
  const [options] = Object.values(tasks);
  const stacks = [...open.keys()];
  if (options !== undefined && stacks.length > 0) {
    void action({ root, stacks, options, env, color, signal, print, reporter, unseen, endTask })
      .then(
        () => stacks.forEach((stack) => endTask(stack)),
        (error: unknown) => stacks.forEach((stack) => endTask(stack, { problems: problemsOf(error) })),
      )
      .finally(() => {
        progress.close();
        queue.close();
      });
  } else {
    queue.close();
  }
  yield* queue;
}

function warning(message: string): Problem {
  return { code: 'workspace', severity: 'warning', message };
}
