import { join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import type { StackOptions } from '../inference/targets';
import { showLogs, type LogsOptions } from '../pass-through';
import { refused } from './compose';

/** Not in batches: one process a stack, with the terminal. */
export default async function logs(
  options: StackOptions & LogsOptions,
  { root }: ExecutorContext,
): Promise<{ success: boolean }> {
  return refused(options.refusal) ?? showLogs(join(root, options.directory ?? ''), options.stack, options);
}
