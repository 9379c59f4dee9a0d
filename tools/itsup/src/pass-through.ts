import type { DeployContext } from '@itsup/deploy';
import { printableWithColours } from '@itsup/docker/printable';
import { deployContext } from './deploy-context';
import { wantsColorInTask } from './terminal/wants-color';

/**
 * Runs a Compose command on a stack with this process's terminal, since what runs inside may ask questions, and tells
 * what kept it from running.
 */
export function passThrough(root: string, stack: string, args: string[]): Promise<{ success: boolean }> {
  return withTerminal(root, async (context) => {
    const { stackCompose } = await import('@itsup/deploy');
    return (await stackCompose(context, stack, args)).passthrough(args);
  });
}

export interface LogsOptions {
  service?: string[];
  follow?: boolean;
  tail?: number;
}

/** Shows the logs of a stack on this process's terminal, and tells what kept it from it. */
export function showLogs(
  root: string,
  stack: string,
  { service = [], follow = false, tail = 100 }: LogsOptions,
): Promise<{ success: boolean }> {
  return withTerminal(root, async (context) => {
    const { readSettings, readWorkspace } = await import('@itsup/config');
    const { logsOnSwarm, stackCompose } = await import('@itsup/deploy');
    // The proxy is a container beside the swarm.
    if (stack !== 'proxy' && (await readSettings(root)).settings.engine === 'swarm')
      return logsOnSwarm(context, await readWorkspace(root), stack, { services: service, tail, follow });
    const args = ['logs', '--tail', String(tail), ...(follow ? ['--follow'] : []), ...service];
    return (await stackCompose(context, stack, args)).passthrough(args);
  });
}

/** @param act resolves with an exit code */
async function withTerminal(
  root: string,
  act: (context: DeployContext) => Promise<number>,
): Promise<{ success: boolean }> {
  const { env, stdout, stderr } = process;
  // Ctrl-C reaches the child by itself; it decides what an interrupt means.
  const { signal } = new AbortController();
  const reporter = {
    line: (_stack: string | null, text: string) => void stdout.write(printableWithColours(`${text}\n`)),
  };
  try {
    return { success: (await act(await deployContext({ root, env, signal, reporter }))) === 0 };
  } catch (error) {
    const { formatProblems, problemsOf } = await import('@itsup/config');
    stderr.write(formatProblems(problemsOf(error), { color: wantsColorInTask(env, stderr.isTTY) }));
    return { success: false };
  }
}
