import { constants } from 'node:fs';
import { access, readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';

import type { Workspace } from '@itsup/config';
import { checkoutProblem, readIdentity, stateInUseProblem, type DeployContext } from '@itsup/deploy';
import { ofComposeProject } from '@itsup/docker';

import type { ClockFacts, ProductFacts, WorkspaceFacts } from '../facts';

export async function workspaceFacts(
  context: Pick<DeployContext, 'root' | 'state' | 'docker'>,
  workspace: Workspace,
  { staleBuild, nxRoot }: Pick<ProductFacts, 'staleBuild' | 'nxRoot'>,
): Promise<WorkspaceFacts> {
  const { root, state } = context;
  const identity = await readIdentity(state).catch(() => null);
  const other = identity === null ? null : checkoutProblem(identity, root);
  return {
    root,
    errors: workspace.problems.filter(({ severity }) => severity === 'error').length,
    staleBuild,
    ignoredBy: await ignoringFile(nxRoot, projectsIn(nxRoot, root)),
    obeysProjects: !(await hidesConfigurations(nxRoot, projectsIn(nxRoot, root))),
    ownRepository: await exists(path.join(root, 'projects/.git')),
    otherCheckout:
      other === null || identity === null
        ? null
        : { path: identity.path, cure: other.problems[0]?.help ?? '' },
    stateInUse: await stateInUse(context),
    stateFolder: { path: state.dir, unwritable: await whyUnwritable(state.dir) },
  };
}

/** Without an engine nobody can tell. */
async function stateInUse(
  context: Pick<DeployContext, 'root' | 'state' | 'docker'>,
): Promise<WorkspaceFacts['stateInUse']> {
  const listing = await context.docker
    .listContainers({ labelFilters: ofComposeProject('proxy') })
    .catch(() => []);
  const problem = await stateInUseProblem(context, listing).catch(({ message }: Error) => ({
    message,
    help: '',
  }));
  return problem === null ? null : { message: problem.message, cure: problem.help ?? '' };
}

/** The newest of the files that this host writes itself: git's on a pull, ours on a deploy. */
export async function newestFile({
  root,
  state,
}: Pick<DeployContext, 'root' | 'state'>): Promise<ClockFacts['newestFile']> {
  const stacks = path.join(state.dir, 'stacks');
  const names = await readdir(stacks).catch(() => []);
  const files = [
    path.join(root, '.git/HEAD'),
    path.join(root, '.git/index'),
    state.workspaceFile,
    ...names.map((name) => path.join(stacks, name, 'deployed.json')),
  ];
  const times = await Promise.all(
    files.map(async (file) => ({ path: file, time: (await stat(file).catch(() => null))?.mtimeMs ?? 0 })),
  );
  const newest = times.reduce((a, b) => (b.time > a.time ? b : a));
  return newest.time === 0 ? null : newest;
}

/** systemd-timesyncd makes the file when it has reached a server. */
export async function unsynchronized(folder = '/run/systemd/timesync'): Promise<boolean | null> {
  if (!(await exists(folder))) return null;
  return !(await exists(path.join(folder, 'synchronized')));
}

/** `projects`, from the workspace's root. */
function projectsIn(nxRoot: string, root: string): string {
  return path.posix.join(path.relative(nxRoot, root), 'projects');
}

async function ignoringFile(root: string, projects: string): Promise<string | null> {
  for (const file of ['.gitignore', '.nxignore']) {
    const text = await readFile(path.join(root, file), 'utf8').catch(() => '');
    const lines = text.split('\n').map((line) => line.trim().replace(/^\/|\/\**$/g, ''));
    if (lines.includes(projects)) return file;
  }
  return null;
}

/** The line that the command looks for as well. */
async function hidesConfigurations(root: string, projects: string): Promise<boolean> {
  const text = await readFile(path.join(root, '.nxignore'), 'utf8').catch(() => '');
  return text.split('\n').some((line) => line.trim() === `${projects}/**/project.json`);
}

/** The folder itself, or the nearest above it that is there. */
async function whyUnwritable(folder: string): Promise<string | null> {
  try {
    await access(folder, constants.W_OK);
    return null;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && path.dirname(folder) !== folder) return whyUnwritable(path.dirname(folder));
    return code ?? message;
  }
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
