import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { REPOSITORY } from '../repository';
import { output, run } from '../run';

/** Of the checkout's packages: what a copy needs of its own, so that its commands run its own code. */
const OWN_SCOPE = '@itsup';
const OWN_COMMAND = 'itsup';

/**
 * A copy of the tested checkout, as `git clone && npm ci` would leave it: the tracked files with today's edits,
 * installed dependencies, built packages, one commit. `projects/` stays empty and this package stays out.
 *
 * @param parent the folder to make it in; default: the system's one for temporary files
 * @param version a commit to take instead, which is built in place
 * @returns its path
 */
export async function copyCheckout(parent: string = tmpdir(), version?: string): Promise<string> {
  const root = await mkdtemp(join(parent, 'itsup-e2e-'));
  if (version === undefined) await install(root);
  else await installVersion(root, version);
  await output('git', ['init', '--quiet', '--initial-branch=main'], { cwd: root });
  await output('git', ['config', 'user.name', 'e2e'], { cwd: root });
  await output('git', ['config', 'user.email', 'e2e@localhost'], { cwd: root });
  await commit(root, 'Start');
  return root;
}

/** Puts the tested version in the place of the one that a copy holds, as an operator's update does. */
export async function updateCheckout(root: string): Promise<void> {
  const own = ['libs', 'tools', 'templates', 'node_modules'];
  await Promise.all(own.map((folder) => rm(join(root, folder), { recursive: true, force: true })));
  await install(root);
  await commit(root, 'Update the product');
}

/** Why a commit cannot be taken; null: it can. */
export async function missingVersion(version: string): Promise<string | null> {
  const { exitCode } = await run('git', ['cat-file', '-e', `${version}^{commit}`], { cwd: REPOSITORY });
  return exitCode === 0 ? null : `the history here does not reach ${version}`;
}

async function install(root: string): Promise<void> {
  await copySources(root);
  await linkDependencies(root);
  await copyBuilds(root);
}

async function installVersion(root: string, version: string): Promise<void> {
  const archive = join(root, 'version.tar');
  await output('git', ['archive', '--output', archive, version], { cwd: REPOSITORY });
  await output('tar', ['--extract', '--file', archive, '--directory', root]);
  await Promise.all(
    ['version.tar', 'projects', 'e2e', 'bench'].map((name) =>
      rm(join(root, name), { recursive: true, force: true }),
    ),
  );
  await mkdir(join(root, 'projects'));
  await linkDependencies(root);
  await output(join(root, 'node_modules/.bin/tsc'), ['--build', 'tools/itsup/tsconfig.lib.json'], {
    cwd: root,
    timeoutMs: 400_000,
  });
  await output(process.execPath, ['tools/itsup/dist/build/record-build.js'], { cwd: root });
}

/** Commits everything that Git does not ignore. */
export async function commit(root: string, message: string): Promise<void> {
  await output('git', ['add', '--all'], { cwd: root });
  await output('git', ['commit', '--quiet', '--allow-empty', '--no-verify', '--message', message], {
    cwd: root,
  });
}

/** Removes a copy. */
export async function removeCheckout(root: string): Promise<void> {
  await rm(root, { recursive: true, force: true, maxRetries: 3 });
}

async function copySources(root: string): Promise<void> {
  const listing = await output(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate'],
    { cwd: REPOSITORY },
  );
  const deleted = await output('git', ['ls-files', '-z', '--deleted'], { cwd: REPOSITORY });
  const gone = new Set(deleted.split('\0'));
  const files = listing
    .split('\0')
    .filter((file) => file !== '' && !gone.has(file) && !/^(projects|e2e|bench)\//.test(file));
  await Promise.all(files.map((file) => cp(join(REPOSITORY, file), join(root, file))));
  await mkdir(join(root, 'projects'), { recursive: true });
}

/** Every installed package by a link; the workspace's own by links into the copy, the way npm makes them. */
async function linkDependencies(root: string): Promise<void> {
  const installed = join(REPOSITORY, 'node_modules');
  const modules = join(root, 'node_modules');
  const own = new Set([OWN_SCOPE, OWN_COMMAND, '.bin']);
  await mkdir(join(modules, OWN_SCOPE), { recursive: true });
  await mkdir(join(modules, '.bin'), { recursive: true });
  const packages = (await readdir(installed)).filter((name) => !own.has(name));
  const commands = (await readdir(join(installed, '.bin'))).filter((name) => name !== OWN_COMMAND);
  await Promise.all([
    ...packages.map((name) => symlink(join(installed, name), join(modules, name))),
    ...commands.map((name) => symlink(join(installed, '.bin', name), join(modules, '.bin', name))),
    ...(await readdir(join(root, 'libs'))).map((name) =>
      symlink(join('../../libs', name), join(modules, OWN_SCOPE, name)),
    ),
    ...(await packageFolders(root)).map((folder) => linkNestedDependencies(root, folder)),
    symlink('../tools/itsup', join(modules, OWN_COMMAND)),
    symlink('../itsup/bin/itsup.js', join(modules, '.bin', OWN_COMMAND)),
  ]);
}

/** npm puts a version that differs from the one above it into the package's own folder. */
async function linkNestedDependencies(root: string, folder: string): Promise<void> {
  const nested = join(REPOSITORY, folder, 'node_modules');
  if (existsSync(nested)) await symlink(nested, join(root, folder, 'node_modules'));
}

async function copyBuilds(root: string): Promise<void> {
  await Promise.all(
    (await packageFolders(root)).map((folder) =>
      cp(join(REPOSITORY, folder, 'dist'), join(root, folder, 'dist'), {
        recursive: true,
        filter: (path) => !(basename(path) === 'spec' && basename(dirname(path)) === 'dist'),
      }),
    ),
  );
}

/** The workspace's packages that commands run. */
async function packageFolders(root: string): Promise<string[]> {
  const libs = await readdir(join(root, 'libs'));
  return [...libs.map((name) => join('libs', name)), 'tools/itsup'];
}
