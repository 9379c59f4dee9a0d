import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { output } from '../run';

/** Makes `folder` a search path with Node, npm, Git and a shell, and no `docker`. Returns the value for `PATH`. */
export async function pathWithoutDocker(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (const command of ['node', 'npm', 'npx', 'git', 'sh', 'env']) {
    await symlink(await output('sh', ['-c', `command -v ${command}`]), join(folder, command));
  }
  return folder;
}
