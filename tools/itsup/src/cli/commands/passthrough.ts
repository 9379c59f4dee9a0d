import { resolveStacks } from '../stack-names';
import { passThrough, showLogs } from '../../pass-through';
import { EXIT, type Command, type CommandInput } from '../command';

/** Any Compose command on one stack, with the file, the name and the environment that deploy uses. */
export const svc: Command = {
  usage: '<project> <compose command…>',
  summary: 'run any Compose command on a stack',
  examples: ['itsup svc blog ps --all', 'itsup svc blog exec web sh'],
  words: { min: 2, max: Infinity },
  passesOn: true,
  run: async (input) => {
    const [stack = '', ...args] = input.words;
    return composeOn(input, stack, args);
  },
};

export const logs: Command = {
  usage: '<project> [service…]',
  summary: 'show the logs of a stack',
  options: {
    follow: { type: 'boolean', short: 'f', description: 'keep showing what comes' },
    tail: {
      type: 'string',
      short: 'n',
      value: 'lines',
      description: 'lines from the end, of each container (default: 100)',
    },
  },
  examples: ['itsup logs blog', 'itsup logs blog web --follow'],
  words: { min: 1, max: Infinity },
  run: async (input) => {
    const [stack = '', ...service] = input.words;
    const { follow, tail } = input.flags;
    const lines = typeof tail === 'string' ? Number(tail) : undefined;
    const [name = stack] = await resolveStacks(input.root, [stack]);
    const { success } = await showLogs(input.root, name, { service, follow: follow === true, tail: lines });
    return success ? EXIT.ok : EXIT.failed;
  },
};

async function composeOn({ root }: CommandInput, word: string, args: string[]): Promise<number> {
  const [stack = word] = await resolveStacks(root, [word]);
  const { success } = await passThrough(root, stack, args);
  return success ? EXIT.ok : EXIT.failed;
}
