import { addressLines, sayLast, unseen } from '../last-lines';
import { allStacks, resolveStacks } from '../stack-names';
import { seenProjects } from '../../inference/seen-projects';
import type { ItsupWorkspace } from '../../workspace/find-workspace';
import type { Target } from '../../workspace/plugin-options';
import { runAffected, runMany } from '../run-nx';
import { deployAffected } from '../deploy-affected';
import { runOwn } from '../run-own';
import { EXIT, type Command, type CommandInput, type CommandOption } from '../command';

const PULL: CommandOption = {
  type: 'boolean',
  description: 'ask the registries for newer images of the same tags',
};
const ADOPT: CommandOption = {
  type: 'boolean',
  description: 'take over containers that something else started, and this checkout as the canonical one',
};

const YES: CommandOption = {
  type: 'boolean',
  description: 'let end what projects ask each other over a network that they leave',
};

const SINCE: CommandOption = {
  type: 'string',
  value: 'commit',
  description: 'only what changed since that commit, edits that are in no commit included',
};

const AFFECTED: CommandOption = {
  type: 'boolean',
  description: 'only what changed since the last deploy --affected that went well, for CI and cron',
};

/** Commands that are a target of Nx on some or all stacks, with its cache and its order. */
function pipeline(target: Target, summary: string, options: Record<string, CommandOption>): Command {
  return {
    usage: '[project…]',
    summary,
    options,
    examples: [
      `itsup ${target}`,
      `itsup ${target} blog`,
      ...Object.keys(options)
        .slice(0, 1)
        .map((name) => `itsup ${target} --${name}`),
    ],
    words: { min: 0, max: Infinity },
    run: (input) => runTarget(input, target, Object.keys(options)),
  };
}

async function runTarget(
  { root, workspace, words, flags, tell }: CommandInput,
  target: Target,
  options: string[],
): Promise<number> {
  const given = options
    .filter((name) => name !== 'affected' && flags[name] === true)
    .map((name) => `--${name}`);
  if (flags.affected === true) {
    if (words.length > 0 || flags.since !== undefined) {
      tell(`itsup ${target}: it is either projects, --since or --affected`);
      return EXIT.usage;
    }
    return deployAffected({ workspace, flags: given, tell, run: runOwn });
  }
  if (typeof flags.since === 'string') {
    if (words.length > 0) {
      tell(`itsup ${target}: it is either projects or --since`);
      return EXIT.usage;
    }
    sayLast(`what changed since ${flags.since} is deployed`);
    return runAffected(workspace, target, flags.since, given);
  }
  const stacks = await resolveStacks(root, words);
  const addresses = target === 'deploy' ? await addressLines(root, stacks) : '';
  const all = stacks.length > 0 || addresses !== '' ? [] : await allStacks(root);
  // Of named ones all are seen where this is said: one that is not is the flaw.
  const done = (): string => doneLine(target, stacks.length > 0 ? stacks : seenAmong(workspace, all));
  sayLast(addresses === '' ? done : addresses, {
    flaw: () => unseen(workspace.nxRoot, stacks, workspace.settings.prefix),
  });
  return runMany(workspace, [target], stacks, given);
}

const DONE: Record<string, string> = { generate: 'generated', validate: 'valid', deploy: 'deployed' };

/** `7 stacks: valid`. */
function doneLine(target: string, stacks: readonly string[]): string {
  const what = stacks.length === 1 ? (stacks[0] ?? '') : `${stacks.length} stacks`;
  return `${what}: ${DONE[target] ?? 'done'}`;
}

/** Those that Nx runs at all. */
function seenAmong({ nxRoot, settings }: ItsupWorkspace, stacks: readonly string[]): string[] {
  const seen = seenProjects(nxRoot, settings.prefix);
  return stacks.filter((stack) => stack === 'proxy' || seen.has(stack));
}

export const generate = pipeline('generate', 'write what is generated: upstream/ and proxy/', {});
export const validate = pipeline('validate', 'check configuration and generated files; needs no engine', {});
export const deploy = pipeline(
  'deploy',
  'bring the host to what the repository says, rolled where it can be',
  { pull: PULL, adopt: ADOPT, yes: YES, since: SINCE, affected: AFFECTED },
);
export const apply: Command = {
  ...deploy,
  summary: 'do the same as deploy, under the name of itsUP',
  examples: ['itsup apply blog'],
};
