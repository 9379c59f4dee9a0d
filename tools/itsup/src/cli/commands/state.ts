import type { DeployContext } from '@itsup/deploy';
import { deployContext } from '../../deploy-context';
import { EXIT, type Command, type CommandInput } from '../command';

const VERBS = ['backup', 'restore'];

export const state: Command = {
  usage: '<backup | restore>',
  summary: 'write what no deploy can make anew (certificates, identity, records) as a tar, or put it back',
  examples: ['itsup state restore <itsup-state.tar', '(umask 077; itsup state backup >itsup-state.tar)'],
  words: { min: 1, max: 1 },
  missing: 'it is either backup or restore',
  run: async (input) => {
    const [verb = ''] = input.words;
    if (!VERBS.includes(verb)) {
      input.tell(`itsup state: it is either backup or restore, not "${verb}"`);
      return EXIT.usage;
    }
    return verb === 'backup' ? backup(input) : restore(input);
  },
};

async function backup(input: CommandInput): Promise<number> {
  const { stdout, tell } = input;
  if (stdout.isTTY) {
    tell(
      'itsup state backup: it is a tar with private keys: write it to a file, (umask 077; itsup state backup >itsup-state.tar)',
    );
    return EXIT.usage;
  }
  const { backupState, readAsTraefik } = await import('@itsup/deploy');
  const context = await contextOf(input);
  await backupState(context.state, stdout, await readAsTraefik(context));
  tell(`wrote ${context.state.dir}: it has private keys in it, so keep it where nobody else reads it`);
  return EXIT.ok;
}

async function restore(input: CommandInput): Promise<number> {
  const { stdin, tell, root } = input;
  if (stdin.isTTY) {
    tell(
      'itsup state restore: it reads a backup from its standard input: itsup state restore <itsup-state.tar',
    );
    return EXIT.usage;
  }
  const { restoreState } = await import('@itsup/deploy');
  const context = await contextOf(input);
  const { identity, stacks, certificates } = await restoreState(context.state, stdin);
  const what = [
    `records of ${stacks.length} ${stacks.length === 1 ? 'stack' : 'stacks'}`,
    certificates.length > 0 ? 'certificates' : 'no certificates',
  ];
  tell(`restored to ${context.state.dir}: the identity, ${what.join(', ')}`);
  const isElsewhere = identity.path !== context.root;
  tell(
    isElsewhere
      ? `it was deployed from ${identity.path}, and this is ${root}: deploy from there, or take over with: itsup deploy --adopt`
      : 'next: itsup deploy',
  );
  return EXIT.ok;
}

function contextOf({ root, env, tell }: CommandInput): Promise<DeployContext> {
  const reporter = { line: (_stack: string | null, text: string) => tell(text) };
  return deployContext({ root, env, signal: new AbortController().signal, reporter });
}
