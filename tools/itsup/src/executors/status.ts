import { readWorkspace } from '@itsup/config';
import { formatStatus, statusOf } from '@itsup/deploy';
import { deployContext } from '../deploy-context';
import type { StackOptions } from '../inference/targets';
import { stackExecutor } from './stack-executor';

const { single, batch } = stackExecutor<StackOptions>(async (run) => {
  const { root, stacks, print, endTask } = run;
  const context = await deployContext(run);
  const found = await statusOf(context, { workspace: await readWorkspace(root), stacks });
  print(null, formatStatus(found, context.system.now()));
  found.forEach((stack) => endTask(stack.stack, { summary: formatStatus([stack], context.system.now()) }));
});

export { batch, single as default };
