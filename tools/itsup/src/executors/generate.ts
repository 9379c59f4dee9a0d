import { generateStacks } from '@itsup/artifacts';
import type { StackOptions } from '../inference/targets';
import { stackExecutor } from './stack-executor';

const { single, batch } = stackExecutor<StackOptions>(({ root, stacks, settle }) =>
  generateStacks(root, stacks, ({ stack, problems, written, unchanged }) =>
    settle(stack, { problems, summary: [...written, ...unchanged].sort().join('\n') }),
  ),
);

export { batch, single as default };
