import { formatProblems, problemsOf } from '@itsup/config';
import { stackCompose } from '@itsup/deploy';
import type { ExecutorContext } from '@nx/devkit';
import { deployContext } from '../deploy-context';
import type { StackOptions } from '../inference/targets';
import { wantsColor } from '../terminal/wants-color';

interface ComposeOptions extends StackOptions {
  args?: string[];
}

/** One process a stack, with this process's terminal: what runs inside may ask questions. */
export default async function compose(
  { stack, refusal, args = [] }: ComposeOptions,
  { root }: ExecutorContext,
): Promise<{ success: boolean }> {
  return passThrough(root, stack, refusal, args.length > 0 ? args : ['ps', '--all']);
}

/** Runs a Compose command on a stack and tells what kept it from running. */
export async function passThrough(
  root: string,
  stack: string,
  refusal: string | undefined,
  args: string[],
): Promise<{ success: boolean }> {
  const { env, stdout, stderr } = process;
  const color = wantsColor(env, stdout.isTTY);
  if (refusal !== undefined) {
    stderr.write(formatProblems([{ code: 'refused', severity: 'error', message: refusal }], { color }));
    return { success: false };
  }
  // Ctrl-C reaches the child by itself; it decides what an interrupt means.
  const { signal } = new AbortController();
  const reporter = { line: (_stack: string | null, text: string) => void stdout.write(`${text}\n`) };
  try {
    const stackOf = await stackCompose(deployContext({ root, env, signal, reporter }), stack);
    return { success: (await stackOf.passthrough(args)) === 0 };
  } catch (error) {
    stderr.write(formatProblems(problemsOf(error), { color }));
    return { success: false };
  }
}
