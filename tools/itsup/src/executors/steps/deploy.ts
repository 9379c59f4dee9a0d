import { readWorkspace } from '@itsup/config';
import { deployStacks } from '@itsup/deploy';
import { deployContext } from '../../deploy-context';
import { headCommit } from '../../head-commit';
import type { StackOptions } from '../../inference/targets';
import { printFindings, settleOutcome } from '../settle-outcome';
import type { StackAction } from '../run-action';

export interface DeployOptions extends StackOptions {
  pull?: boolean;
  adopt?: boolean;
  parallel?: number;
}

export const deploy: StackAction<DeployOptions> = async (run) => {
  const { root, stacks, options } = run;
  const context = await deployContext(run);
  const summary = await deployStacks(context, {
    workspace: await readWorkspace(root),
    stacks,
    pull: options.pull,
    adopt: options.adopt,
    parallel: options.parallel,
    commit: headCommit(root),
    onOutcome: settleOutcome(run),
  });
  printFindings(summary, run);
};
