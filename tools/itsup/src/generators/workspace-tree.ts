import { formatProblems, problemsOf, type Problem, type SourceTree } from '@itsup/config';
import { withShippedTemplates } from '@itsup/artifacts';
import type { Tree } from '@nx/devkit';
import { parseNxJson } from '../workspace/find-workspace';
import { pluginEntry, settingsOf } from '../workspace/plugin-options';
import { wantsColor } from '../terminal/wants-color';

/** The settings of a host as they ship: every one commented out. */
export const HOST_SETTINGS = 'templates/init/itsup.yml';

/** Where `projects/` is in the tree: empty, or a folder with a slash at its end. */
export function prefixOf(tree: Tree): string {
  return settingsOf(pluginEntry(parseNxJson(tree.read('nx.json', 'utf8') ?? '')) ?? undefined).prefix;
}

/**
 * Nx's tree as the layers read one: with what is on the disk and what the generator has written so far, from the folder
 * that holds `projects/`, and with the templates that ship.
 */
export function sourceTree(tree: Tree): SourceTree {
  const prefix = prefixOf(tree);
  return withShippedTemplates({
    list: (folder) => tree.children(prefix + folder),
    read: (file) => (tree.isFile(prefix + file) ? tree.read(prefix + file, 'utf8') : null),
  });
}

/** Writes texts by path from that folder; the comment for editors leads to the packages of the workspace. */
export function writeAll(tree: Tree, files: ReadonlyMap<string, string>): void {
  const prefix = prefixOf(tree);
  const up = '../'.repeat(prefix.split('/').length - 1);
  for (const [path, text] of files) {
    tree.write(prefix + path, text.replace(/^(# yaml-language-server: \$schema=)(?=\.\.\/)/, `$1${up}`));
  }
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
