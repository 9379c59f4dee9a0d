import { resolveStacks } from '../stack-names';
import { withContext } from './context';
import { EXIT, type Command } from '../command';

export const history: Command = {
  usage: '<project>',
  summary: 'show the deploys of a stack: when, why, how long, from which commit, and what went wrong',
  options: { json: { type: 'boolean', description: 'print JSON' } },
  examples: ['itsup history blog', 'itsup rollback blog --to 20260102T030405678Z'],
  words: { min: 1, max: 1 },
  run: async (input) => {
    const { root, words, flags, print } = input;
    const [stack = ''] = await resolveStacks(root, words);
    const { formatHistory, historyOf } = await import('@itsup/deploy');
    const { records, present } = await withContext(input, (context) => historyOf(context, stack));
    if (flags.json === true) print(JSON.stringify({ stack, present, records }, null, 2));
    else print(records.length === 0 ? `${stack} was never deployed` : formatHistory(records, present));
    return EXIT.ok;
  },
};
