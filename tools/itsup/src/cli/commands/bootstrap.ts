import { hostRequest, USER } from './host-request';
import { EXIT, type Command } from '../command';

export const bootstrap: Command = {
  usage: '',
  summary: 'install Docker and Compose where they are missing, and deploy at every boot',
  options: {
    'dry-run': { type: 'boolean', description: 'say what would be done, and do nothing' },
    user: USER,
  },
  examples: ['itsup bootstrap --dry-run', 'itsup bootstrap'],
  words: { min: 0, max: 0 },
  run: async (input) => {
    const { flags, print } = input;
    const host = await import('@itsup/host');
    const dryRun = flags['dry-run'] === true;
    const steps = await host.bootstrap({ ...(await hostRequest(input)), dryRun });
    if (steps.length === 0) {
      print('nothing to do: Docker runs, and this workspace is deployed at every boot');
    }
    return !dryRun && steps.some(({ kind }) => kind === 'manual') ? EXIT.failed : EXIT.ok;
  },
};
