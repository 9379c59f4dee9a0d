import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { parseDocument, stringify } from 'yaml';
import { commit, copyCheckout, removeCheckout } from './checkout';
import { proxyFolder, removeProjects, removeProxy } from '../engine/engine';
import { freePorts } from '../traffic/ports';
import { REPOSITORY } from '../repository';
import { run, userEnvironment, type Run, type RunOptions } from '../run';

/** An operator's workspace of its own: checkout, state folder, entry points and project names. */
export interface TestWorkspace {
  root: string;
  /** `ITSUP_STATE` of its commands. */
  state: string;
  /** Begins the name of every project, so that nothing on the engine is taken for somebody else's. */
  prefix: string;
  ports: { web: number; webSecure: number };
  /** The Nx project of an example or fixture folder. */
  name(folder: string): string;
  nx(args: string[], options?: RunOptions): Promise<Run>;
  itsup(args: string[], options?: RunOptions): Promise<Run>;
  npm(args: string[], options?: RunOptions): Promise<Run>;
  git(args: string[]): Promise<Run>;
  read(path: string): Promise<string>;
  write(path: string, text: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Adds a folder of the repository's `projects/` or, with a slash, any folder of the repository. */
  addProject(folder: string, as?: string): Promise<string>;
  commit(message: string): Promise<void>;
  /** Removes from engine and disk exactly what the workspace made there. */
  dispose(): Promise<void>;
  /** Removes it from the disk alone: what runs belongs to the workspace that this one is like. */
  discard(): Promise<void>;
}

export interface WorkspaceOptions {
  /** Folders to take into `projects/`, as `addProject` takes them. */
  projects?: string[];
  /** Keys of `itsup.yml` besides the entry points. */
  settings?: Record<string, unknown> & { traefik?: Record<string, unknown> };
  /** Where the checkout is made. */
  parent?: string;
  /** Commit of an earlier version of the product, to be updated later (`updateCheckout`). */
  version?: string;
  /** A workspace to take the prefix and the ports of, so that both hold the same sources. */
  like?: Pick<TestWorkspace, 'prefix' | 'ports'>;
}

/** Makes a workspace; its commands run in an environment of a person, with the workspace's own state folder. */
export async function createWorkspace(options: WorkspaceOptions = {}): Promise<TestWorkspace> {
  const root = await copyCheckout(options.parent, options.version);
  const state = `${root}.state`;
  const prefix = options.like?.prefix ?? `e2e${randomBytes(3).toString('hex')}-`;
  const { web, webSecure } = options.like?.ports ?? (await freeEntryPoints());
  const env = (overrides: Record<string, string> = {}): Record<string, string> =>
    userEnvironment({ ITSUP_STATE: state, ...overrides });
  const command =
    (file: string) =>
    (args: string[], runOptions: RunOptions = {}): Promise<Run> =>
      run(file, args, {
        ...runOptions,
        cwd: root,
        env: env(runOptions.env),
      });
  const name = (folder: string): string => `${prefix}${folder}`;

  const discard = async (): Promise<void> => {
    await removeCheckout(root);
    await rm(state, { recursive: true, force: true });
  };

  const workspace: TestWorkspace = {
    root,
    state,
    prefix,
    ports: { web, webSecure },
    name,
    nx: command(join(root, 'node_modules/.bin/nx')),
    itsup: command(join(root, 'node_modules/.bin/itsup')),
    npm: command('npm'),
    git: (args) => run('git', args, { cwd: root }),
    read: (path) => readFile(join(root, path), 'utf8'),
    write: async (path, text) => {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    },
    remove: (path) => rm(join(root, path), { recursive: true }),
    addProject: async (folder, as) => {
      const source = folder.includes('/') ? folder : join('projects', folder);
      const project = name(as ?? folder.split('/').at(-1) ?? folder);
      const target = join(root, 'projects', project);
      await cp(join(REPOSITORY, source), target, { recursive: true });
      await renameInIngress(join(target, 'ingress.yml'), name);
      return project;
    },
    commit: (message) => commit(root, message),
    dispose: async () => {
      await removeProjects(prefix);
      if ((await proxyFolder())?.startsWith(join(root, 'proxy'))) {
        await workspace.nx(['run', 'proxy:down']);
        await removeProxy();
      }
      await discard();
    },
    discard,
  };

  await workspace.write(
    'projects/itsup.yml',
    stringify({
      ...options.settings,
      traefik: { ...options.settings?.traefik, entryPoints: { web, 'web-secure': webSecure } },
    }),
  );
  for (const folder of options.projects ?? []) await workspace.addProject(folder);
  await workspace.commit('Add the projects');
  return workspace;
}

async function freeEntryPoints(): Promise<TestWorkspace['ports']> {
  const [web = 0, webSecure = 0] = await freePorts(2);
  return { web, webSecure };
}

/** The projects that `egress` and `exports` of an ingress file name, under their names in the workspace. */
async function renameInIngress(file: string, name: (folder: string) => string): Promise<void> {
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) return;
  const document = parseDocument(text);
  const { egress, exports = {} } = document.toJS() as {
    egress?: string[];
    exports?: Record<string, string[]>;
  };
  if (egress) document.set('egress', egress.map(name));
  for (const [service, projects] of Object.entries(exports)) {
    document.setIn(['exports', service], projects.map(name));
  }
  await writeFile(file, document.toString());
}
