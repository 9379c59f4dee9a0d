import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { wantsColor } from '../terminal/wants-color';
import { showOwnOutput } from '../terminal/own-output';
import { guardNx } from '../nx-guard/guard';
import { EXIT } from './command';

/**
 * Becomes `nx <args>` in this process: Nx takes over the terminal and the signals and ends the process with its own
 * exit code. Without a daemon, which would stay behind on a server, and with the plugins in this process, which saves
 * starting one for each; what the operator has set already stays. Not started where a project's folder would give it
 * orders.
 *
 * @param own show our lines alone, without Nx's frame around them
 * @throws UserError in that case
 */
export async function runNx(
  root: string,
  args: readonly string[],
  { own = false }: { own?: boolean } = {},
): Promise<never> {
  await guarded(root);
  process.chdir(root);
  const workspace = createRequire(join(root, 'package.json'));
  const nx = workspace.resolve('nx/bin/nx.js');
  process.env.NX_DAEMON ??= 'false';
  process.env.NX_ISOLATE_PLUGINS ??= 'false';
  if (!wantsColor(process.env, process.stdout.isTTY)) {
    // The spelling that Nx also hands on to its workers.
    process.env.FORCE_COLOR = '0';
  }
  tellFailureFromInterrupt();
  if (own) showOwnOutput();
  process.argv = [process.execPath, nx, ...args];
  workspace(nx);
  return new Promise<never>(() => undefined);
}

/** @throws UserError where a project's folder would give Nx orders, or would keep it reading for ever */
async function guarded(root: string): Promise<void> {
  const { refusals, notes } = guardNx(root);
  if (refusals.length > 0) {
    const { UserError } = await import('@itsup/config');
    throw new UserError(
      refusals.map(({ file, message, help }) => ({
        code: 'nx-configuration',
        severity: 'error',
        message,
        help,
        place: { file, line: 1, column: 1 },
      })),
    );
  }
  for (const note of notes) process.stderr.write(`note: ${note}\n`);
}

/** Names of the projects with this target that changed since a commit, as Nx finds them; started like `runNx`. */
export async function affectedProjects(root: string, since: string, target: string): Promise<string[]> {
  await guarded(root);
  const nx = createRequire(join(root, 'package.json')).resolve('nx/bin/nx.js');
  const args = ['show', 'projects', '--affected', `--base=${since}`, '--withTarget', target, '--json'];
  const env = { NX_DAEMON: 'false', NX_ISOLATE_PLUGINS: 'false', ...process.env, FORCE_COLOR: '0' };
  const options = { cwd: root, env, maxBuffer: 64 * 1024 * 1024 };
  const { stdout } = await promisify(execFile)(process.execPath, [nx, ...args], options).catch(
    async (error: { stderr?: string }) => {
      const { UserError } = await import('@itsup/config');
      const [reason = ''] = (error.stderr ?? '').trim().split('\n');
      throw new UserError({
        code: 'no-such-commit',
        severity: 'error',
        message: `Nx cannot tell what changed since ${since}: ${reason || 'it failed'}`,
        help: 'name a commit that is here: git log',
      });
    },
  );
  return JSON.parse(stdout.slice(stdout.indexOf('['))) as string[];
}

/** `nx run-many` of these targets, on these projects or on every one that has them; our lines alone are shown. */
export function runMany(
  root: string,
  targets: string[],
  projects: string[],
  flags: string[] = [],
): Promise<never> {
  const only = projects.length > 0 ? ['-p', projects.join(',')] : [];
  return runNx(root, ['run-many', '-t', ...targets, ...only, ...flags], { own: true });
}

/**
 * Nx ends with 130, as after Ctrl-C, also when a task failed and others waited for it: that is a failure. After Ctrl-C
 * it may end with 1, when the task that was interrupted reports before Nx is done.
 */
function tellFailureFromInterrupt(): void {
  let interrupted = false;
  const note = (): void => {
    interrupted = true;
    // Until Nx listens, an interrupt ends the process, as it would without this listener.
    if (process.listenerCount('SIGINT') === 1) {
      process.exit(EXIT.interrupted);
    }
  };
  process.on('SIGINT', note);
  process.on('exit', (code) => {
    if (code === EXIT.interrupted && !interrupted) process.exitCode = EXIT.failed;
    if (code === EXIT.failed && interrupted) process.exitCode = EXIT.interrupted;
  });
}
