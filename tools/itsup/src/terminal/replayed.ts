import type { PostTasksExecutionContext } from '@nx/devkit';
import { isOwnOutput, toldSoFar, writeOwn } from './own-output';

/** What Nx keeps of a task that has run, or whose output it took from its cache. */
export interface ShownTask {
  status: string;
  terminalOutput?: string;
}

/**
 * Nx prints again what a task that it takes from its cache had to say; the `itsup` command, which shows our lines
 * alone, would lose every warning with it.
 */
export function tellReplayed(_options: unknown, { taskResults }: PostTasksExecutionContext): void {
  if (!isOwnOutput()) return;
  const blocks = replayedProblems(Object.values(taskResults), toldSoFar());
  if (blocks.length > 0) writeOwn(`${blocks.join('\n\n')}\n`);
}

/**
 * Problems of tasks that were taken from the cache, each once, without those that another task told as it ran.
 * @param shown what tasks told past Nx, which knows nothing of it
 */
export function replayedProblems(tasks: readonly ShownTask[], shown = ''): string[] {
  const ran = tasks.filter((task) => !isReplayed(task));
  const told = new Set([...ran, { status: 'shown', terminalOutput: shown }].flatMap(problemsIn));
  return [...new Set(tasks.filter(isReplayed).flatMap(problemsIn))].filter((block) => !told.has(block));
}

function isReplayed({ status }: ShownTask): boolean {
  return status.includes('cache');
}

/** Colours, and what a live display moves its cursor with. */
const ESCAPES = new RegExp(`${String.fromCharCode(27)}\\[[0-9;?]*[A-Za-z]|\r`, 'g');
const FIRST_LINE = /^(?:\S.*:\d+:\d+: )?(?:error|warning|note): /;

/** As `formatProblems` lays them out: all lines but the first are indented. */
function problemsIn({ terminalOutput = '' }: ShownTask): string[] {
  const blocks: string[][] = [];
  let isInside = false;
  for (const line of terminalOutput.replace(ESCAPES, '').split('\n')) {
    if (FIRST_LINE.test(line)) blocks.push([line]);
    else if (isInside && line.startsWith(' ')) blocks.at(-1)?.push(line);
    isInside = FIRST_LINE.test(line) || (isInside && line.startsWith(' '));
  }
  return blocks.map((lines) => lines.join('\n'));
}
