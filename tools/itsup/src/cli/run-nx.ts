import { createRequire } from 'node:module';
import { join } from 'node:path';
import { wantsColor } from '../terminal/wants-color';

/**
 * Becomes `nx <args>` in this process: Nx takes over the terminal and the signals and ends the process with its own
 * exit code. Without a daemon, which would stay behind on a server, and with the plugins in this process, which saves
 * starting one for each; what the operator has set already stays.
 */
export function runNx(root: string, args: readonly string[]): Promise<never> {
  process.chdir(root);
  const workspace = createRequire(join(root, 'package.json'));
  const nx = workspace.resolve('nx/bin/nx.js');
  process.env.NX_DAEMON ??= 'false';
  process.env.NX_ISOLATE_PLUGINS ??= 'false';
  if (!wantsColor(process.env, process.stdout.isTTY)) {
    process.env.NO_COLOR = '1';
  }
  process.argv = [process.execPath, nx, ...args];
  workspace(nx);
  return new Promise<never>(() => undefined);
}

/** `nx run-many` of these targets, on these projects or on every one that has them. */
export function runMany(
  root: string,
  targets: string[],
  projects: string[],
  flags: string[] = [],
): Promise<never> {
  const only = projects.length > 0 ? ['-p', projects.join(',')] : [];
  return runNx(root, ['run-many', '-t', ...targets, ...only, ...flags]);
}
