import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tree } from '@nx/devkit';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';

const WORKSPACE = join(__dirname, '../../../..');

/** An empty Nx workspace with the templates that ship and these files. */
export function generatorTree(files: Readonly<Record<string, string>> = {}): Tree {
  const tree = createTreeWithEmptyWorkspace();
  for (const folder of ['templates/projects', 'templates/init']) {
    for (const entry of readdirSync(join(WORKSPACE, folder), { withFileTypes: true, recursive: true })) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile()) tree.write(path.slice(WORKSPACE.length + 1), readFileSync(path));
    }
  }
  for (const [path, text] of Object.entries(files)) tree.write(path, text);
  return tree;
}

/** What `act` prints. */
export async function printed(act: () => unknown): Promise<string> {
  const write = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    await act();
    return write.mock.calls.map(([text]) => String(text)).join('');
  } finally {
    write.mockRestore();
  }
}
