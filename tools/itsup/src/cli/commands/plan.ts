import { affectedProjects } from '../run-nx';
import { allStacks, resolveStacks, stacksOf } from '../stack-names';
import { withContext } from './context';
import { EXIT, type Command } from '../command';

/** In this process and not through Nx, which prints around it: `--json` has to be JSON. */
export const plan: Command = {
  usage: '[project…]',
  summary: 'show what deploy would do, and why; changes nothing',
  options: {
    json: { type: 'boolean', description: 'print JSON' },
    graph: { type: 'boolean', description: 'print the operations as a Mermaid flowchart' },
    pull: { type: 'boolean', description: 'ask the registries for newer images of the same tags' },
    adopt: {
      type: 'boolean',
      description: 'plan as if containers that something else started were taken over',
    },
    since: {
      type: 'string',
      value: 'commit',
      description: 'only what changed since that commit, edits that are in no commit included',
    },
    verbose: { type: 'boolean', short: 'v', description: 'show what does not change too' },
  },
  examples: ['itsup plan', 'itsup plan blog --json', 'itsup plan --graph > plan.mmd'],
  words: { min: 0, max: Infinity },
  run: async (input) => {
    const { root, words, flags, color, print, tell } = input;
    const { since } = flags;
    if (flags.json === true && flags.graph === true) {
      tell('itsup plan: it is either --json or --graph');
      return EXIT.usage;
    }
    if (typeof since === 'string' && words.length > 0) {
      tell('itsup plan: it is either projects or --since');
      return EXIT.usage;
    }
    const stacks =
      typeof since === 'string'
        ? await stacksOf(input.workspace, await affectedProjects(input.workspace, since, 'plan'))
        : words.length > 0
          ? await resolveStacks(root, words)
          : await allStacks(root);
    if (stacks.length === 0) {
      print('no project is affected');
      return EXIT.ok;
    }
    const { generateStacks } = await import('@itsup/artifacts');
    const { formatProblems, readWorkspace } = await import('@itsup/config');
    const { formatPlan, planGraph, planJson, planStacks } = await import('@itsup/deploy');
    const broken = new Set<string>();
    await generateStacks(root, stacks, ({ stack, problems }) => {
      if (problems.some(({ severity }) => severity === 'error')) {
        broken.add(stack);
        tell(formatProblems(problems, { color }).trimEnd());
      }
    });
    const sound = stacks.filter((stack) => !broken.has(stack));
    const workspace = await readWorkspace(root);
    const found = await withContext(input, (context) =>
      planStacks(context, {
        workspace,
        stacks: sound,
        pull: flags.pull === true,
        adopt: flags.adopt === true,
        bringsProxy: true,
      }),
    );
    const text =
      flags.json === true
        ? planJson(found)
        : flags.graph === true
          ? planGraph(found)
          : formatPlan(found, { color, verbose: flags.verbose === true });
    print(text.trimEnd());
    return broken.size + found.failed.length > 0 ? EXIT.failed : EXIT.ok;
  },
};
