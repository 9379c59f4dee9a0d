import { appendFile, cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commit, copyCheckout, removeCheckout } from '@itsup/e2e/checkout';
import { userEnvironment } from '@itsup/e2e/run';
import type { Command } from './measure';
import { projectName, writeTree, type TreeOptions } from '@itsup/e2e/generated-tree';

/** A checkout with a generated tree, to be measured in. */
export interface BenchWorkspace {
  root: string;
  /** The state folder of its deploys. */
  state: string;
  tree: TreeOptions;
  /** Environment of its commands. */
  env: Record<string, string>;
  /** A command of Nx in it, without a daemon. */
  nx(args: string[], before?: () => Promise<void>): Command;
  dispose(): Promise<void>;
}

/** Executors of a workspace: the product's, or in their place some that do nothing, which ratios are held against. */
export type Executors = 'itsup' | 'noop';

/** Where the compiled code runs from: `bench/dist`. */
const NOOP = join(__dirname, '../noop/noop.js');

/** Makes a workspace with a generated tree, committed. `env` comes on top of that of a person at a shell. */
export async function benchWorkspace(
  executors: Executors,
  tree: TreeOptions,
  env: Record<string, string> = {},
): Promise<BenchWorkspace> {
  const parent = await mkdtemp(join(tmpdir(), 'itsup-bench-'));
  const root = await copyCheckout(parent);
  await writeTree(root, tree);
  if (executors === 'noop') await replaceExecutors(join(root, 'tools/itsup'));
  await commit(root, 'Add the tree');
  const state = join(parent, 'state');
  const own = userEnvironment({ ITSUP_STATE: state, ...env });
  return {
    root,
    state,
    tree,
    env: own,
    nx: (args, before) => ({
      file: join(root, 'node_modules/.bin/nx'),
      args,
      cwd: root,
      env: own,
      ...(before && { before }),
    }),
    dispose: async () => {
      await removeCheckout(root);
      await rm(parent, { recursive: true, force: true });
    },
  };
}

interface Executor {
  implementation: string;
  batchImplementation?: string;
}

/** The same plugin, the same inference, the same graph; only what the targets run is another file. */
async function replaceExecutors(plugin: string): Promise<void> {
  await cp(NOOP, join(plugin, 'noop.js'));
  const file = join(plugin, 'executors.json');
  const content = JSON.parse(await readFile(file, 'utf8')) as { executors: Record<string, Executor> };
  for (const executor of Object.values(content.executors)) {
    executor.implementation = './noop.js';
    if (executor.batchImplementation !== undefined) executor.batchImplementation = './noop.js#batch';
  }
  await writeFile(file, `${JSON.stringify(content, null, 2)}\n`);
}

/** Takes away what earlier runs left: Nx's cache and database, what was parsed, and every artifact of a project. */
export async function makeCold({ root }: BenchWorkspace): Promise<void> {
  await rm(join(root, '.nx'), { recursive: true, force: true });
  await rm(join(root, 'node_modules/.cache/itsup'), { recursive: true, force: true });
  const entries = await readdir(join(root, 'upstream'), { withFileTypes: true });
  const artifacts = entries.filter((entry) => entry.isDirectory());
  await Promise.all(
    artifacts.map(({ name }) => rm(join(root, 'upstream', name), { recursive: true, force: true })),
  );
}

/** Changes the sources of one project without changing what they mean. */
export async function touchProject({ root, tree }: BenchWorkspace, index = 0): Promise<void> {
  const file = join(root, 'projects', projectName(index, tree.prefix), 'docker-compose.yml');
  await appendFile(file, `# ${Date.now()}\n`);
}
