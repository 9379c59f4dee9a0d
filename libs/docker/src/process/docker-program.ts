import { accessSync, closeSync, constants, openSync, readSync, realpathSync } from 'node:fs';
import { basename, join } from 'node:path';

/**
 * The file of the docker command, where it is Docker's own. A script or another name in its place may lead to another
 * engine or another Compose: then nothing may be asked past it.
 *
 * @param binary name or path of the command
 * @param path PATH of its environment
 * @returns null: there is none, or it is not Docker's own
 */
export function ownDockerProgram(binary: string, path: string | undefined): string | null {
  const candidates = binary.includes('/')
    ? [binary]
    : (path ?? '').split(':').map((folder) => join(folder || '.', binary));
  const file = candidates.find(isExecutable);
  if (file === undefined) return null;
  try {
    return basename(realpathSync(file)) === 'docker' && !isScript(file) ? file : null;
  } catch {
    return null;
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function isScript(file: string): boolean {
  const descriptor = openSync(file, 'r');
  try {
    const start = Buffer.alloc(2);
    readSync(descriptor, start, 0, 2, 0);
    return start.toString('latin1') === '#!';
  } finally {
    closeSync(descriptor);
  }
}
