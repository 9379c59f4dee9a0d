import { emptyWorkspace, type OwnProjects } from '@itsup/scaffold';
import type { GeneratorCallback, Tree } from '@nx/devkit';
import { orRefuse, printLines, sourceTree, writeAll } from './workspace-tree';

/** `nx g itsup:init`. */
export default async function init(tree: Tree, { own }: { own?: OwnProjects }): Promise<GeneratorCallback> {
  const { remove, files, notes } = await orRefuse(() =>
    emptyWorkspace(sourceTree(tree), tree.read('templates/init/itsup.yml', 'utf8') ?? '', own),
  );
  remove.forEach((folder) => tree.delete(folder));
  writeAll(tree, files);
  return () => printLines('The workspace is yours.', notes);
}
