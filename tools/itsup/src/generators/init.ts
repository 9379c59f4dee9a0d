import type { GeneratorCallback, Tree } from '@nx/devkit';
import { initWorkspace } from '../workspace/init-workspace';
import { HOST_SETTINGS, orRefuse, printLines, sourceTree } from './workspace-tree';

export interface InitSchema {
  directory?: string;
  /** Nx passes it on from `nx add`. */
  keepExistingVersions?: boolean;
}

/** `nx g itsup:init`, which `nx add itsup` runs. Writes what is missing, and deletes nothing. */
export default async function init(tree: Tree, { directory }: InitSchema): Promise<GeneratorCallback> {
  const { files, notes } = await orRefuse(() =>
    initWorkspace({
      read: (file) => (tree.isFile(file) ? tree.read(file, 'utf8') : null),
      list: (folder) => tree.children(folder),
      settings: sourceTree(tree).read(HOST_SETTINGS) ?? '',
      directory,
    }),
  );
  for (const [path, text] of files) tree.write(path, text);
  return () => printLines('itsup is part of this workspace.', notes);
}
