import { resolveStacks } from '../stack-names';
import { withContext } from './context';
import { EXIT, type Command } from '../command';

export const status: Command = {
  usage: '[project…] [--json]',
  summary: 'one table of all stacks: replicas, health, version, last deploy',
  options: { json: { type: 'boolean', description: 'as JSON on standard output' } },
  examples: ['itsup status', 'itsup status blog --json'],
  words: { min: 0, max: Infinity },
  run: async (input) => {
    const { root, words, flags, print } = input;
    const stacks = words.length > 0 ? await resolveStacks(root, words) : undefined;
    const { readWorkspace } = await import('@itsup/config');
    const { formatStatus, statusOf } = await import('@itsup/deploy');
    const workspace = await readWorkspace(root);
    const [found, now] = await withContext(input, async (context) => [
      await statusOf(context, { workspace, stacks }),
      context.system.now(),
    ]);
    print(flags.json === true ? JSON.stringify(found, null, 2) : formatStatus(found, now));
    return EXIT.ok;
  },
};
