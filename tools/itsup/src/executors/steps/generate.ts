import { generateStacks } from '@itsup/artifacts';
import type { StackOptions } from '../../inference/targets';
import type { StackAction } from '../run-action';

export const generate: StackAction<StackOptions> = ({ root, stacks, endTask }) =>
  generateStacks(root, stacks, ({ stack, problems, written, unchanged }) =>
    endTask(stack, { problems, summary: [...written, ...unchanged].sort().join('\n') }),
  );
