import type { LoadedStack } from '../../desired/loaded-stack';
import { writeFileAtomic } from '../../state/atomic-file';
import { restorePath } from '../../state/records';
import type { Run } from '../../run/run';

/**
 * What a record keeps to be gone back to: the texts of the Compose files, which hold no value of a variable, and the
 * images by their ids.
 */
export interface Restore {
  version: 1;
  /** The Compose file that the stack is run with, absolute. */
  composeFile: string;
  /** By absolute path. */
  files: Record<string, string>;
  images: Record<string, { reference: string; id: string | null }>;
}

const COMPOSE_FILE = /\.ya?ml$/;

export async function keepForRollback(run: Run, loaded: LoadedStack, id: string): Promise<void> {
  const { spec, desired, sources } = loaded;
  const restore: Restore = {
    version: 1,
    composeFile: spec.composeFile,
    files: Object.fromEntries([...sources].filter(([file]) => COMPOSE_FILE.test(file))),
    images: Object.fromEntries(
      desired.services.map(({ name, image, imageId }) => [name, { reference: image, id: imageId }]),
    ),
  };
  await writeFileAtomic(restorePath(run.context.state, spec.stack, id), `${JSON.stringify(restore)}\n`);
}
