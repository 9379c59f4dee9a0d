import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { keepCompiledCodeIn } from '../build/compile-cache';
import { wantsColor } from '../terminal/wants-color';
import { showOwnOutput } from '../terminal/own-output';
import { guardNx } from '../nx-guard/guard';
import type { ItsupWorkspace } from '../workspace/find-workspace';
import type { Target } from '../workspace/plugin-options';
import { EXIT } from './command';
import { nxPatterns, OF_ANY_STACK } from './stack-names';

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
  workspace: ItsupWorkspace,
  args: readonly string[],
  { own = false }: { own?: boolean } = {},
): Promise<never> {
  await guarded(workspace);
  const { nxRoot } = workspace;
  process.chdir(nxRoot);
  const installed = createRequire(join(nxRoot, 'package.json'));
  const nx = installed.resolve('nx/bin/nx.js');
  process.env.NX_DAEMON ??= 'false';
  process.env.NX_ISOLATE_PLUGINS ??= 'false';
  // A project's .env is Compose's. Nx would take it for its own and look for a dozen more files for every task.
  process.env.NX_LOAD_DOT_ENV_FILES ??= 'false';
  keepCompiledCodeIn(process.env);
  if (!wantsColor(process.env, process.stdout.isTTY)) {
    // The spelling that Nx also hands on to its workers.
    process.env.FORCE_COLOR = '0';
  }
  tellFailureFromInterrupt();
  if (own) showOwnOutput();
  process.argv = [process.execPath, nx, ...args];
  installed(nx);
  return new Promise<never>(() => undefined);
}

/** @throws UserError where a project's folder would give Nx orders, or would keep it reading for ever */
async function guarded({ nxRoot, settings }: ItsupWorkspace): Promise<void> {
  const { refusals, notes } = guardNx(nxRoot, `${settings.prefix}projects`);
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
export async function affectedProjects(
  workspace: ItsupWorkspace,
  since: string,
  target: Target,
): Promise<string[]> {
  await guarded(workspace);
  const { nxRoot, settings } = workspace;
  const nx = createRequire(join(nxRoot, 'package.json')).resolve('nx/bin/nx.js');
  const args = [
    'show',
    'projects',
    '--affected',
    `--base=${since}`,
    '--withTarget',
    settings.targets[target],
    '--json',
  ];
  const env = {
    NX_DAEMON: 'false',
    NX_ISOLATE_PLUGINS: 'false',
    NX_LOAD_DOT_ENV_FILES: 'false',
    ...process.env,
    FORCE_COLOR: '0',
  };
  const options = { cwd: nxRoot, env, maxBuffer: 64 * 1024 * 1024 };
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

/** `nx run-many` of these targets, on these stacks or on every one; our lines alone are shown. */
export function runMany(
  workspace: ItsupWorkspace,
  targets: Target[],
  stacks: string[],
  flags: string[] = [],
): Promise<never> {
  const names = targets.map((target) => workspace.settings.targets[target]);
  // Other projects of the workspace may have targets of these names.
  const only = stacks.length > 0 ? nxPatterns(workspace, stacks) : [OF_ANY_STACK];
  return runNx(workspace, ['run-many', '-t', ...names, '-p', only.join(','), ...flags], { own: true });
}

/** `nx affected` of a target, on stacks alone. */
export function runAffected(
  workspace: ItsupWorkspace,
  target: Target,
  since: string,
  flags: string[] = [],
): Promise<never> {
  const only = `--exclude=*,!${OF_ANY_STACK}`;
  const name = workspace.settings.targets[target];
  return runNx(workspace, ['affected', '-t', name, `--base=${since}`, only, ...flags], { own: true });
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
