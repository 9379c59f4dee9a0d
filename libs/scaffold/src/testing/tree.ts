import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SourceTree } from '@itsup/config';

/** The workspace that this library lies in. */
export const WORKSPACE = join(__dirname, '../../../..');

/** A tree of these files alone. */
export function treeOf(files: Readonly<Record<string, string>> | ReadonlyMap<string, string>): SourceTree {
  const texts = new Map(files instanceof Map ? files : Object.entries(files as Record<string, string>));
  return {
    list: (folder) => [
      ...new Set(
        [...texts.keys()]
          .filter((path) => path.startsWith(`${folder}/`))
          .map((path) => path.slice(folder.length + 1).split('/')[0] ?? ''),
      ),
    ],
    read: (file) => texts.get(file) ?? null,
  };
}

/** What ships in a folder of this workspace, by path from its root. */
export function shipped(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(join(WORKSPACE, folder), { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map((entry) => {
        const path = join(entry.parentPath, entry.name);
        return [path.slice(WORKSPACE.length + 1), readFileSync(path, 'utf8')];
      }),
  );
}
