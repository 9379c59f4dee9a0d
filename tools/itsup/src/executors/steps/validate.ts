import { availableParallelism } from 'node:os';
import { validateStacks } from '@itsup/deploy/validate';
import { createDocker } from '@itsup/docker';
import type { StackOptions } from '../../inference/targets';
import { toolEnvironment } from '../../terminal/tool-environment';
import type { StackAction } from '../run-action';

export const validate: StackAction<StackOptions> = ({ root, stacks, env, signal, endTask }) =>
  validateStacks({
    root,
    stacks,
    docker: createDocker({ env: toolEnvironment(env), signal }),
    parallel: availableParallelism(),
    onOutcome: ({ stack, problems }) => endTask(stack, { problems, summary: 'valid' }),
  });
