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
    if (missing === null) {
      return runMany(root, ['deploy'], []);
    }
    // Nx ends the process, so this is said on the way out: the last line is what to do next.
    process.once('exit', () =>
      writeSync(
        process.stdout.fd,
        `\nNothing was deployed: there is no Docker engine to deploy to. ${missing.help}\n`,
      ),
    );
    return runMany(root, ['validate', 'plan'], []);
  },
};
