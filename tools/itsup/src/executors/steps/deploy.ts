import { readWorkspace } from '@itsup/config';
import { deployStacks } from '@itsup/deploy';
import { deployContext } from '../../deploy-context';
import { headCommit } from '../../head-commit';
import type { StackOptions } from '../../inference/targets';
import { printFindings, reportOutcome } from '../report-outcome';
import type { StackAction } from '../run-action';

export interface DeployOptions extends StackOptions {
  pull?: boolean;
  adopt?: boolean;
  yes?: boolean;
  parallel?: number;
  parallelServices?: number;
}

export const deploy: StackAction<DeployOptions> = async (run) => {
  const { root, stacks, options } = run;
  const context = await deployContext(run);
  const summary = await deployStacks(context, {
    workspace: await readWorkspace(root),
    stacks,
    pull: options.pull,
    adopt: options.adopt,
    // On a terminal somebody reads the notes and can stop it; elsewhere it takes the word.
    mayCut: options.yes === true || (process.stdout.isTTY && !process.env['CI']),
    parallel: options.parallel,
    parallelServices: options.parallelServices,
    bringsProxy: true,
    commit: await headCommit(root),
    onOutcome: reportOutcome(run),
  });
  printFindings(summary, run);
};
