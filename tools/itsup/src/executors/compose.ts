import { join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import type { StackOptions } from '../inference/targets';
import { passThrough } from '../pass-through';

interface ComposeOptions extends StackOptions {
  args?: string[];
}

/** Not in batches: one process a stack, with the terminal. Without arguments it lists the containers. */
export default async function compose(
  { stack, refusal, directory = '', args = [] }: ComposeOptions,
  { root }: ExecutorContext,
): Promise<{ success: boolean }> {
  return (
    refused(refusal) ?? passThrough(join(root, directory), stack, args.length > 0 ? args : ['ps', '--all'])
  );
}

/** Says why a stack may not run; undefined when it may. */
export function refused(refusal: string | undefined): { success: false } | undefined {
  if (refusal === undefined) {
    return undefined;
  }
  process.stderr.write(`error: ${refusal}\n`);
  return { success: false };
}
