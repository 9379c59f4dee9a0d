import { emptyWorkspace, type OwnProjects } from '@itsup/scaffold';
import type { GeneratorCallback, Tree } from '@nx/devkit';
import { HOST_SETTINGS, orRefuse, prefixOf, printLines, sourceTree, writeAll } from './workspace-tree';

/** `nx g itsup:empty`. */
export default async function empty(tree: Tree, { own }: { own?: OwnProjects }): Promise<GeneratorCallback> {
  const files = sourceTree(tree);
  const settings = files.read(HOST_SETTINGS) ?? '';
  const { remove, files: written, notes } = await orRefuse(() => emptyWorkspace(files, settings, own));
  remove.forEach((folder) => tree.delete(prefixOf(tree) + folder));
  writeAll(tree, written);
  return () => printLines('The workspace is yours.', notes);
}
