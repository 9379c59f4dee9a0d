import { resolveStacks } from '../stack-names';
import { watchText } from '../../terminal/watch-text';
import { overwritable } from '../../terminal/progress';
import { withContext } from './context';
import { EXIT, type Command } from '../command';

const WATCH_MS = 2000;

export const status: Command = {
  usage: '[project…]',
  summary: 'show all stacks: replicas, health, images, the last deploy and what went wrong',
  options: {
    watch: {
      type: 'boolean',
      short: 'w',
      description: 'look again every two seconds, until Ctrl-C; without a terminal, print what changed',
    },
    json: { type: 'boolean', description: 'print JSON' },
  },
  examples: ['itsup status', 'itsup status --watch', 'itsup status blog --json'],
  words: { min: 0, max: Infinity },
  run: async (input) => {
    const { root, env, words, flags, color, print, tell } = input;
    if (flags.watch === true && flags.json === true) {
      tell('itsup status: it is either --watch or --json');
      return EXIT.usage;
    }
    const stacks = words.length > 0 ? await resolveStacks(root, words) : undefined;
    const { formatProblems, problemsOf, readWorkspace } = await import('@itsup/config');
    const { formatStatus, statusOf } = await import('@itsup/deploy');
    return withContext(input, async (context) => {
      const look = async (): Promise<Awaited<ReturnType<typeof statusOf>>> =>
        statusOf(context, { workspace: await readWorkspace(root), stacks });
      const table = async (): Promise<string> => formatStatus(await look(), context.system.now());
      if (flags.watch !== true) {
        print(flags.json === true ? JSON.stringify(await look(), null, 2) : await table());
        return EXIT.ok;
      }
      const signal = context.signal ?? new AbortController().signal;
      await watchText({
        look: table,
        failed: (error) => formatProblems(problemsOf(error), { color }).trimEnd(),
        screen: overwritable(env, process.stdout),
        print,
        pause: () => context.system.sleep(WATCH_MS, signal),
        signal,
      });
      return EXIT.interrupted;
    });
  },
};
