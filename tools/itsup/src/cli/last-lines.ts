import { writeSync } from 'node:fs';

/** Nx ends the process, so the last lines are said on the way out: what came of it, and what to do next. */
export function sayLast(text: string, { always = false }: { always?: boolean } = {}): void {
  process.once('exit', (code) => {
    if (text !== '' && (code === 0 || always)) writeSync(process.stdout.fd, `${text}\n`);
  });
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
