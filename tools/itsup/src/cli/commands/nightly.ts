import { hostRequest, USER } from './host-request';
import { EXIT, type Command } from '../command';

export const nightly: Command = {
  usage: '[enable|disable|status]',
  summary: 'pull newer images every night and deploy what changed; off until enabled',
  options: {
    at: {
      type: 'string',
      value: 'time',
      description: 'when, local time (default: 03:30); up to half an hour later',
    },
    user: USER,
  },
  examples: ['itsup nightly enable --at 04:00', 'itsup nightly status'],
  words: { min: 0, max: 1 },
  run: async (input) => {
    const { words, flags, print, tell } = input;
    const { DEFAULT_TIME, disableNightly, enableNightly, nightlyStatus } = await import('@itsup/host');
    const request = await hostRequest(input);
    const [what = 'status'] = words;
    switch (what) {
      case 'enable':
        await enableNightly(request, typeof flags.at === 'string' ? flags.at : DEFAULT_TIME);
        break;
      case 'disable':
        await disableNightly(request);
        break;
      case 'status':
        break;
      default:
        tell(`itsup nightly: it is enable, disable or status, not "${what}"`);
        return EXIT.usage;
    }
    const { enabled, next } = await nightlyStatus(request);
    print(enabled ? `on${next === null ? '' : `, next ${next}`} (journalctl -u itsup-nightly)` : 'off');
    return EXIT.ok;
  },
};
