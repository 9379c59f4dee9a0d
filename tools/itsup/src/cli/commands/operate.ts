import type { DeployContext, DeployRecord, DeploySummary, StackOutcome } from '@itsup/deploy';
import type { Workspace } from '@itsup/config';
import { resolveStacks } from '../stack-names';
import { headCommit } from '../../head-commit';
import { withContext } from './context';
import type { Progress } from '../../terminal/progress';
import { EXIT, type Command, type CommandInput, type CommandOption } from '../command';

const VOLUMES: CommandOption = { type: 'boolean', description: 'remove the volumes too: their data is gone' };

export const restart: Command = {
  usage: '<project> [service…]',
  summary: 'replace the containers of a stack, rolled where they can be',
  examples: ['itsup restart blog', 'itsup restart blog web'],
  words: { min: 1, max: Infinity },
  run: (input) => {
    const [word = '', ...services] = input.words;
    return operate(input, async (context, workspace, request) => {
      const { restartStacks } = await import('@itsup/deploy');
      const stacks = await resolveStacks(input.root, [word]);
      const some = services.length > 0 ? { services } : {};
      return restartStacks(context, { workspace, stacks, ...some, ...request });
    });
  },
};

export const down: Command = {
  usage: '<project…>',
  summary: 'stop and remove the containers and networks of stacks; volumes stay',
  options: { volumes: VOLUMES },
  examples: ['itsup down blog'],
  words: { min: 1, max: Infinity },
  run: (input) =>
    operate(input, async (context, workspace, request) => {
      const { downStacks } = await import('@itsup/deploy');
      const stacks = await resolveStacks(input.root, input.words);
      return downStacks(context, { workspace, stacks, volumes: input.flags.volumes === true, ...request });
    }),
};

export const prune: Command = {
  usage: '[stack…]',
  summary: 'take down what this workspace deployed and no longer has a folder for',
  options: { volumes: VOLUMES },
  examples: ['itsup prune', 'itsup prune old-blog'],
  words: { min: 0, max: Infinity },
  run: (input) =>
    operate(input, async (context, workspace, request) => {
      const deploy = await import('@itsup/deploy');
      const some = input.words.length > 0 ? { stacks: input.words } : {};
      return deploy.prune(context, { workspace, ...some, volumes: input.flags.volumes === true, ...request });
    }),
};

export const rollback: Command = {
  usage: '<project>',
  summary: 'take a stack back to the deploy before, images and configuration alike',
  options: {
    to: {
      type: 'string',
      value: 'record',
      description:
        'the record to go back to, by its id or commit, as itsup history shows them (default: the one before)',
    },
  },
  examples: ['itsup rollback blog', 'itsup rollback blog --to ad3f665'],
  words: { min: 1, max: 1 },
  run: (input) =>
    operate(input, async (context, workspace, { commit, onOutcome, progress }) => {
      const deploy = await import('@itsup/deploy');
      const [stack = ''] = await resolveStacks(input.root, input.words);
      const to = typeof input.flags.to === 'string' ? { to: input.flags.to } : {};
      const onChosen = (record: DeployRecord): void =>
        progress.aside(() => input.print(`${stack}  ${deploy.formatChosen(record)}`));
      const outcome = await deploy.rollback(context, { workspace, stack, commit, onChosen, ...to });
      onOutcome(outcome);
      if (outcome.status !== 'failed') {
        input.print(`${stack}  the next deploy goes by the sources again: mend them first`);
      }
      return { outcomes: [outcome], prunable: [], problems: [], interrupted: false };
    }),
};

interface Shared {
  commit: string | null;
  progress: Progress;
  onOutcome(outcome: StackOutcome): void;
}

/** Runs one operation of the deploy layer and tells each stack's outcome as it comes. */
async function operate(
  input: CommandInput,
  act: (context: DeployContext, workspace: Workspace, request: Shared) => Promise<DeploySummary>,
): Promise<number> {
  const { root, color, print, tell } = input;
  const { formatProblems, readWorkspace } = await import('@itsup/config');
  const workspace = await readWorkspace(root);
  const tellOutcome = ({ stack, status, problems }: StackOutcome): void => {
    print(`${stack}  ${status}`);
    if (problems.length > 0) {
      tell(formatProblems(problems, { color }).trimEnd());
    }
  };
  const commit = await headCommit(root);
  const summary = await withContext(input, (context, progress) => {
    const onOutcome = (outcome: StackOutcome): void => {
      progress.settled(outcome.stack);
      progress.aside(() => tellOutcome(outcome));
    };
    return act(context, workspace, { commit, onOutcome, progress });
  });
  if (summary.interrupted) {
    return EXIT.interrupted;
  }
  return summary.outcomes.some(({ status }) => status === 'failed' || status === 'skipped')
    ? EXIT.failed
    : EXIT.ok;
}
