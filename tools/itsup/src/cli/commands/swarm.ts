import { withContext } from './context';
import { EXIT, type Command } from '../command';

export const swarm: Command = {
  usage: 'init | join-command | status | drain <node> | activate <node>',
  summary: 'make this machine a Docker Swarm, and tell and change which machines belong to it',
  options: {
    address: {
      type: 'string',
      value: 'address',
      description: 'init: where other machines reach this one (default: its only address)',
    },
    manager: { type: 'boolean', description: 'join-command: as a manager, not as a worker' },
    yes: { type: 'boolean', short: 'y', description: 'drain: although something stops by it' },
    json: { type: 'boolean', description: 'status: print JSON' },
  },
  examples: [
    'itsup swarm init',
    'itsup swarm join-command --manager',
    'itsup swarm status',
    'itsup swarm drain beta',
  ],
  words: { min: 1, max: 2 },
  missing: 'it needs a word: init, join-command, status, drain or activate',
  run: async (input) => {
    const { words, flags, print, tell } = input;
    const [what = '', node] = words;
    const { activateNode, drainNode, formatNodes, initSwarm, joinCommand, swarmNodes } =
      await import('@itsup/deploy');
    const needsNode = what === 'drain' || what === 'activate';
    if (needsNode !== (node !== undefined) || !KNOWN.includes(what)) {
      tell(
        needsNode
          ? `itsup swarm ${what}: it needs the name of a machine (itsup swarm status lists them)`
          : `itsup swarm: it is ${KNOWN.join(', ')}, not "${words.join(' ')}"`,
      );
      return EXIT.usage;
    }
    return withContext(input, async (context) => {
      switch (what) {
        case 'init':
          print(await initSwarm(context, typeof flags.address === 'string' ? flags.address : undefined));
          break;
        case 'join-command':
          print(await joinCommand(context, flags.manager === true ? 'manager' : 'worker'));
          break;
        case 'status': {
          const nodes = await swarmNodes(context);
          print(flags.json === true ? JSON.stringify(nodes, null, 2) : formatNodes(nodes));
          break;
        }
        case 'drain':
          print(await drainNode(context, node ?? '', { mayStop: flags.yes === true }));
          break;
        case 'activate':
          print(await activateNode(context, node ?? ''));
          break;
      }
      return EXIT.ok;
    });
  },
};

const KNOWN = ['init', 'join-command', 'status', 'drain', 'activate'];
