import { readWorkspace } from '@itsup/config';
import { restartStacks } from '@itsup/deploy';
import { deployContext } from '../deploy-context';
import { headCommit } from '../head-commit';
import type { StackOptions } from '../inference/targets';
import { reportOutcome } from './report-outcome';
import { stackExecutor } from './stack-executor';

interface RestartOptions extends StackOptions {
  service?: string[];
}

const { single, batch } = stackExecutor<RestartOptions>(
  async (run) => {
    const { root, stacks, options } = run;
    await restartStacks(await deployContext(run), {
      workspace: await readWorkspace(root),
      stacks,
      services: options.service,
      commit: await headCommit(root),
      onOutcome: reportOutcome(run),
    });
  },
  ['service'],
);

export { batch, single as default };
