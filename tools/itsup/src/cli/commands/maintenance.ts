import { resolveStacks } from '../stack-names';
import { withContext } from './context';
import { EXIT, type Command } from '../command';

/** The page that a project is away, put up and taken down by hand. */
export const maintenance: Command = {
  usage: '<project> <on | off>',
  summary: 'show visitors of a project the page that it is away, or let them in again',
  examples: ['itsup maintenance blog on', 'itsup maintenance blog off'],
  words: { min: 2, max: 2 },
  missing: 'it needs a project, and on or off',
  run: async (input) => {
    const { root, words, print, tell } = input;
    const [word = '', standing = ''] = words;
    if (standing !== 'on' && standing !== 'off') {
      tell(`itsup maintenance: it is on or off, not "${standing}"`);
      return EXIT.usage;
    }
    const [stack = ''] = await resolveStacks(root, [word]);
    const { readWorkspace } = await import('@itsup/config');
    const { setMaintenance } = await import('@itsup/deploy');
    const workspace = await readWorkspace(root);
    const { message } = await withContext(input, (context) =>
      setMaintenance(context, { workspace, stack, on: standing === 'on' }),
    );
    print(message);
    return EXIT.ok;
  },
};
