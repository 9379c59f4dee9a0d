import { readCompose } from '../read-compose';
import { YamlFiles } from '../../yaml/yaml-files';

/** Every file that the Compose files `main` of a project read, from the workspace root, sorted; themselves included. */
export function composeReferences(root: string, main: readonly string[], folder: string): string[] {
  return readCompose(new YamlFiles(root), main, folder, { owner: folder.split('/').at(-1) }).files;
}
