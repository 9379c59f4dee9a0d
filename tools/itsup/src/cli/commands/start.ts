import { addressLines, sayLast } from '../last-lines';
import { runMany } from '../run-nx';
import type { Command } from '../command';

/** What `npm start` and the boot unit run. */
export const start: Command = {
  usage: '',
  summary: 'generate, validate, and deploy where a Docker engine answers',
  examples: ['itsup start'],
  words: { min: 0, max: 0 },
  run: async ({ root, workspace, env }) => {
    const { createDocker } = await import('@itsup/docker');
    const { server, serverError, clientError, composeError } = await createDocker({ env }).versions();
    const missing = clientError ?? (server === null ? serverError : null) ?? composeError;
    const last =
      missing === null
        ? await addressLines(root)
        : `nothing was deployed: ${missing.message}\n  help: ${missing.help}`;
    sayLast(`\n${last}`, { always: missing !== null });
    return runMany(workspace, missing === null ? ['deploy'] : ['validate', 'plan'], []);
  },
};
