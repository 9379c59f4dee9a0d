import type { GeneratorCallback, Tree } from '@nx/devkit';
import { repositoryFiles } from '../workspace/repository-files';
import init from './init';

/**
 * `nx g itsup:repository`, which create-itsup runs: what a repository of its own needs. Writes what is missing. Not
 * called preset: into that one Nx itself writes `apps/` and `libs/`.
 */
export default async function repository(tree: Tree): Promise<GeneratorCallback> {
  const done = await init(tree, {});
  for (const [path, text] of Object.entries(repositoryFiles())) {
    if (!tree.exists(path)) tree.write(path, text);
  }
  return done;
}
