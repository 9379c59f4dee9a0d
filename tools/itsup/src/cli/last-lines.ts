import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { hiddenFolder } from '../inference/layout';
import { seenProjects } from '../inference/seen-projects';
import { EXIT } from './command';

interface LastLines {
  always?: boolean;
  /** Asked at the end: why what was asked for was not done after all, though Nx is content; empty: it was. */
  flaw?: () => string;
}

/** Nx ends the process, so the last lines are said on the way out: what came of it, and what to do next. */
export function sayLast(
  text: string | (() => string),
  { always = false, flaw = () => '' }: LastLines = {},
): void {
  process.once('exit', (code) => {
    const found = flaw();
    if (found !== '') {
      writeSync(process.stderr.fd, `${found}\n`);
      if (code === 0) process.exitCode = EXIT.failed;
    } else if (code === 0 || always) {
      const last = typeof text === 'string' ? text : text();
      if (last !== '') writeSync(process.stdout.fd, `${last}\n`);
    }
  });
}

/**
 * Of the stacks that somebody named those that Nx does not see: it leaves them out without a word.
 * @param nxRoot the workspace of Nx
 * @param prefix the folder in it that holds `projects/`, with a slash at its end
 */
export function unseen(nxRoot: string, stacks: readonly string[], prefix = ''): string {
  if (stacks.length === 0) return '';
  const seen = seenProjects(nxRoot, prefix);
  return stacks
    .filter((stack) => stack !== 'proxy' && !seen.has(stack))
    .map((stack) => `error: ${stack} was left out: ${hiddenFolder(join(nxRoot, prefix), stack, prefix)}`)
    .join('\n');
}

/** What can be opened of these stacks, or of all, one line each; empty when nothing can. */
export async function addressLines(root: string, stacks: readonly string[] = []): Promise<string> {
  const { readWorkspace } = await import('@itsup/config');
  const { addressesOf, routeWorkspace } = await import('@itsup/routing');
  const workspace = await readWorkspace(root);
  const addresses = addressesOf(routeWorkspace(workspace), workspace.settings).filter(
    ({ project }) => stacks.length === 0 || stacks.includes(project),
  );
  const width = Math.max(0, ...addresses.map(({ project }) => project.length));
  return addresses.map(({ project, address }) => `${project.padEnd(width)}  ${address}`).join('\n');
}
