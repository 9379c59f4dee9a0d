import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** Digest of every file under `upstream/` and `proxy/`, by path from the workspace root. */
export async function artifactDigests(root: string): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  for (const folder of ['proxy', 'upstream']) {
    const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
    for (const entry of entries.filter((each) => each.isFile())) {
      const file = join(entry.parentPath, entry.name);
      digests[relative(root, file)] = createHash('sha256')
        .update(await readFile(file))
        .digest('hex');
    }
  }
  return Object.fromEntries(Object.entries(digests).sort(([a], [b]) => (a < b ? -1 : 1)));
}
