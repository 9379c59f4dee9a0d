import { readFileSync, readlinkSync } from 'node:fs';

/** Whether output is coloured: as NO_COLOR and FORCE_COLOR say, else on a terminal. */
export function wantsColor(env: NodeJS.ProcessEnv, isTerminal: boolean): boolean {
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') {
    return false;
  }
  if (env.FORCE_COLOR !== undefined) {
    return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false';
  }
  return isTerminal;
}

/** Of a process, what decides whether its output is coloured. */
export interface Shown {
  /** FORCE_COLOR as it was started with. */
  forced: string | undefined;
  isTerminal: boolean;
}

/**
 * The same in a worker of Nx, which prints by way of Nx: a pipe, whatever the operator looks at, with a FORCE_COLOR of
 * Nx's own where the operator set none. So Nx's process is looked at.
 * @param shown of Nx's process; null: it is not known
 */
export function wantsColorInTask(
  env: NodeJS.ProcessEnv,
  isTerminal: boolean,
  shown: () => Shown | null = () => shownBy(process.ppid),
): boolean {
  const parent = env.NX_FORKED_TASK_EXECUTOR !== undefined && env.FORCE_COLOR === 'true' ? shown() : null;
  if (parent === null) return wantsColor(env, isTerminal);
  return wantsColor({ ...env, FORCE_COLOR: parent.forced }, parent.isTerminal);
}

/** By /proc, which Linux has; null: not there, or another user's process. */
export function shownBy(pid: number): Shown | null {
  try {
    const variables = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
    const name = 'FORCE_COLOR=';
    return {
      forced: variables.find((each) => each.startsWith(name))?.slice(name.length),
      isTerminal: /^\/dev\/(?:pts\/|tty|console)/.test(readlinkSync(`/proc/${pid}/fd/1`)),
    };
  } catch {
    return null;
  }
}
