import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { GeneratorCallback, Tree } from '@nx/devkit';
import { packedFiles } from 'create-itsup';
import { ownVersion } from '../build/own-package';
import { edits } from '../git';
import { runProgram } from '../run-program';
import { separateWorkspace } from '../workspace/separate-workspace';
import init from './init';
import { orRefuse, printLines } from './workspace-tree';

export interface SeparateSchema {
  release?: string;
  packed?: string;
}

/**
 * `nx g itsup:separate`: a clone of the product becomes a repository that has it installed, in the same folder. After
 * the files the package manager runs, and templates that are the product's own go.
 */
export default async function separate(
  tree: Tree,
  { release, packed }: SeparateSchema,
): Promise<GeneratorCallback> {
  const { root } = tree;
  const open = await edits(root);
  const { remove, files, notes } = await orRefuse(() =>
    separateWorkspace({
      read: (file) => (tree.isFile(file) ? tree.read(file, 'utf8') : null),
      folder: basename(root),
      edits: open === null ? null : open !== '',
      product: packed === undefined ? (release ?? ownVersion()) : packedFiles(resolve(root, packed), packed),
    }),
  );
  for (const path of remove) if (tree.exists(path)) tree.delete(path);
  for (const [path, text] of files) tree.write(path, text);
  await init(tree, {});
  return () => {
    // What git ignores, as compiled code and packages, the tree does not remove.
    for (const path of remove) rmSync(join(root, path), { recursive: true, force: true });
    const code = runProgram('npm', ['install', '--ignore-scripts', '--no-fund', '--no-audit'], root);
    if (code !== 0) throw new Error(`npm install ended with ${code}: mend it, and run it again in ${root}`);
    const own = removeShipped(join(root, 'templates'), join(root, 'node_modules/@itsup/artifacts/templates'));
    const kept = own.map((name) => `templates/${name} is not the product's: it stays, and wins.`);
    printLines('This repository is your own.', [...kept, ...notes]);
  };
}

/** Removes what is as it ships, and folders that are empty then; returns the files that are not. */
export function removeShipped(folder: string, shipped: string, below = ''): string[] {
  if (!existsSync(folder)) return [];
  const kept: string[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const file = join(folder, entry.name);
    const name = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) kept.push(...removeShipped(file, join(shipped, entry.name), name));
    else if (isSame(file, join(shipped, entry.name))) rmSync(file);
    else kept.push(name);
  }
  if (readdirSync(folder).length === 0 && dirname(folder) !== folder) rmdirSync(folder);
  return kept;
}

function isSame(one: string, other: string): boolean {
  return existsSync(other) && readFileSync(one).equals(readFileSync(other));
}
