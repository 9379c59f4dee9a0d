import { readWorkspace } from '@itsup/config';
import { downStacks } from '@itsup/deploy';
import { deployContext } from '../deploy-context';
import { headCommit } from '../head-commit';
import type { StackOptions } from '../inference/targets';
import { reportOutcome } from './report-outcome';
import { stackExecutor } from './stack-executor';

interface DownOptions extends StackOptions {
  volumes?: boolean;
}

const { single, batch } = stackExecutor<DownOptions>(
  async (run) => {
    const { root, stacks, options } = run;
    await downStacks(await deployContext(run), {
      workspace: await readWorkspace(root),
      stacks,
      volumes: options.volumes,
      commit: await headCommit(root),
      onOutcome: reportOutcome(run),
    });
  },
  ['volumes'],
);

export { batch, single as default };
