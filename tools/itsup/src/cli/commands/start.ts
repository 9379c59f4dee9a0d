import { writeSync } from 'node:fs';
import { runMany } from '../run-nx';
import type { Command } from '../command';

/** What `npm start` and the boot unit run. */
export const start: Command = {
  usage: '',
  summary: 'generate, validate, and deploy where a Docker engine answers',
  examples: ['itsup start'],
  words: { min: 0, max: 0 },
  run: async ({ root, env }) => {
    const { createDocker } = await import('@itsup/docker');
    const { server, serverError, clientError, composeError } = await createDocker({ env }).versions();
    const missing = clientError ?? (server === null ? serverError : null) ?? composeError;
    const lastLines =
      missing === null
        ? await addressLines(root)
        : `nothing was deployed: ${missing.message}\n  help: ${missing.help}`;
    // Nx ends the process, so this is said on the way out: the last lines are what to do next.
    process.once('exit', (code) => {
      if (lastLines !== '' && (code === 0 || missing !== null)) {
        writeSync(process.stdout.fd, `\n${lastLines}\n`);
      }
    });
    return runMany(root, missing === null ? ['deploy'] : ['validate', 'plan'], []);
  },
};

/** What can be opened now, one line each; empty when nothing can. */
async function addressLines(root: string): Promise<string> {
  const { readWorkspace } = await import('@itsup/config');
  const { addressesOf, routeWorkspace } = await import('@itsup/routing');
  const workspace = await readWorkspace(root);
  const addresses = addressesOf(routeWorkspace(workspace), workspace.settings);
  const width = Math.max(0, ...addresses.map(({ project }) => project.length));
  return addresses.map(({ project, address }) => `${project.padEnd(width)}  ${address}`).join('\n');
}
