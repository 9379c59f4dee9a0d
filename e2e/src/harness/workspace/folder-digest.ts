import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Changes when a file below the folder is written, whatever is written, or comes or goes. */
export async function digestOfFolder(folder: string): Promise<string> {
  const hash = createHash('sha256');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const file of files.sort()) {
    const { mtimeMs, ino } = await stat(file);
    hash.update(`${file} ${ino} ${mtimeMs}\n`).update(await readFile(file));
  }
  return hash.digest('hex');
}
