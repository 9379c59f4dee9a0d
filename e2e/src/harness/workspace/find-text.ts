import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Files below a folder that hold a text, binary ones included; links are not followed. */
export async function filesWith(
  text: string,
  folder: string,
  skip: readonly string[] = [],
): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !skip.includes(entry.name)) found.push(...(await filesWith(text, path, skip)));
    if (entry.isFile() && (await readFile(path)).includes(text)) found.push(path);
  }
  return found.sort();
}
