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

/** Shows the logs of a stack on this process's terminal, and tells what kept it from it. */
export async function showLogs(
  root: string,
  stack: string,
  options: LogsOptions,
): Promise<{ success: boolean }> {
  const { formatProblems, problemsOf, readSettings, readWorkspace } = await import('@itsup/config');
  if ((await readSettings(root)).settings.engine !== 'swarm') {
    return passThrough(root, stack, logsCommand(options));
  }
  const { env, stderr } = process;
  // As above.
  const { signal } = new AbortController();
  const reporter = { line: (): void => undefined };
  try {
    const { logsOnSwarm } = await import('@itsup/deploy');
    const context = await deployContext({ root, env, signal, reporter });
    const { service: services = [], tail = 100, follow = false } = options;
    const code = await logsOnSwarm(context, await readWorkspace(root), stack, { services, tail, follow });
    return { success: code === 0 };
  } catch (error) {
    stderr.write(formatProblems(problemsOf(error), { color: wantsColorInTask(env, stderr.isTTY) }));
    return { success: false };
  }
}

/** The Compose command that shows these logs. */
function logsCommand({ service = [], follow = false, tail = 100 }: LogsOptions): string[] {
  return ['logs', '--tail', String(tail), ...(follow ? ['--follow'] : []), ...service];
}
