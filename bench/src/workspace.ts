import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commit, copyCheckout, removeCheckout } from '@itsup/e2e/checkout';
import { userEnvironment } from '@itsup/e2e/run';
import type { Command } from './measure';
import { writeTree, type TreeOptions } from './tree';

/** A checkout with a generated tree, to be measured in. */
export interface BenchWorkspace {
  root: string;
  state: string;
  /** A command of Nx in it, without a daemon. */
  nx(args: string[], before?: () => Promise<void>): Command;
  itsup(args: string[], before?: () => Promise<void>): Command;
  dispose(): Promise<void>;
}

/** Where the compiled code runs from: `bench/dist`. */
const NOOP_PLUGIN = join(__dirname, '../noop-plugin');

/**
 * Makes a workspace with a generated tree, committed.
 *
 * @param plugin `itsup`: the product. `noop`: the product's inference with executors that do nothing, which is what
 *   every ratio is held against.
 */
export async function benchWorkspace(plugin: 'itsup' | 'noop', tree: TreeOptions): Promise<BenchWorkspace> {
  const parent = await mkdtemp(join(tmpdir(), 'itsup-bench-'));
  const root = await copyCheckout(parent);
  const state = join(parent, 'state');
  await writeTree(root, tree);
  if (plugin === 'noop') {
    await cp(NOOP_PLUGIN, join(root, 'node_modules/itsup-noop'), { recursive: true });
    const file = join(root, 'nx.json');
    const nx = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
    await writeFile(file, JSON.stringify({ ...nx, plugins: ['itsup-noop'] }, null, 2));
  }
  await commit(root, 'Add the tree');
  const env = userEnvironment({ ITSUP_STATE: state });
  const command =
    (name: string) =>
    (args: string[], before?: () => Promise<void>): Command => ({
      file: join(root, 'node_modules/.bin', name),
      args,
      cwd: root,
      env,
      ...(before && { before }),
    });
  return {
    root,
    state,
    nx: command('nx'),
    itsup: command('itsup'),
    dispose: async () => {
      await removeCheckout(root);
      await rm(parent, { recursive: true, force: true });
    },
  };
}

/** Takes away what earlier runs left: Nx's cache and database, and every artifact. */
export async function makeCold(workspace: BenchWorkspace): Promise<void> {
  await rm(join(workspace.root, '.nx'), { recursive: true, force: true });
  await rm(join(workspace.root, 'upstream'), { recursive: true, force: true });
}
