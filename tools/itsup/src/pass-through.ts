import { printableWithColours } from '@itsup/docker/printable';
import { deployContext } from './deploy-context';
import { wantsColorInTask } from './terminal/wants-color';

/**
 * Runs a Compose command on a stack with this process's terminal, since what runs inside may ask questions, and tells
 * what kept it from running.
 */
export async function passThrough(
  root: string,
  stack: string,
  args: string[],
): Promise<{ success: boolean }> {
  const { env, stdout, stderr } = process;
  // Ctrl-C reaches the child by itself; it decides what an interrupt means.
  const { signal } = new AbortController();
  const reporter = {
    line: (_stack: string | null, text: string) => void stdout.write(printableWithColours(`${text}\n`)),
  };
  try {
    const { stackCompose } = await import('@itsup/deploy');
    const compose = await stackCompose(await deployContext({ root, env, signal, reporter }), stack, args);
    return { success: (await compose.passthrough(args)) === 0 };
  } catch (error) {
    const { formatProblems, problemsOf } = await import('@itsup/config');
    stderr.write(formatProblems(problemsOf(error), { color: wantsColorInTask(env, stderr.isTTY) }));
    return { success: false };
  }
}

export interface LogsOptions {
  service?: string[];
  follow?: boolean;
  tail?: number;
}

/** The Compose command that shows these logs. */
export function logsCommand({ service = [], follow = false, tail = 100 }: LogsOptions): string[] {
  return ['logs', '--tail', String(tail), ...(follow ? ['--follow'] : []), ...service];
}
