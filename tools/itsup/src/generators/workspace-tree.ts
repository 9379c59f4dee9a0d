import { formatProblems, problemsOf, type Problem, type SourceTree } from '@itsup/config';
import type { Tree } from '@nx/devkit';
import { wantsColor } from '../terminal/wants-color';

/** Nx's tree as the layers read one: with what is on the disk and what the generator has written so far. */
export function sourceTree(tree: Tree): SourceTree {
  return {
    list: (folder) => tree.children(folder),
    read: (file) => (tree.isFile(file) ? tree.read(file, 'utf8') : null),
  };
}

/** Writes texts by path. */
export function writeAll(tree: Tree, files: ReadonlyMap<string, string>): void {
  for (const [path, text] of files) tree.write(path, text);
}

/** The error that ends a generator before Nx writes anything, with every problem and its cure. */
export function refusal(problems: readonly Problem[]): Error {
  const error = new Error(`Nothing was written.\n\n${formatted(problems).trimEnd()}`);
  // Nx offers to show the stack of an error that has one.
  error.stack = '';
  return error;
}

/** What a layer throws at the operator, as a refusal; an error of ours keeps its stack in the message. */
export async function orRefuse<T>(act: () => T | Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw refusal(problemsOf(error));
  }
}

/** Shows problems that stop nothing. */
export function printProblems(problems: readonly Problem[]): void {
  if (problems.length > 0) process.stdout.write(`\n${formatted(problems)}`);
}

/** Shows lines under a heading, or nothing when there are none. */
export function printLines(heading: string, lines: readonly string[]): void {
  if (lines.length === 0) return;
  process.stdout.write(`\n${heading}\n${lines.map((line) => `  ${line}\n`).join('')}\n`);
}

function formatted(problems: readonly Problem[]): string {
  return formatProblems(problems, { color: wantsColor(process.env, process.stdout.isTTY) });
}

/** Whether any of them is more than a warning. */
export function isBad(problems: readonly Problem[]): boolean {
  return problems.some(({ severity }) => severity === 'error');
}
