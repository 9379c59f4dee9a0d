import { renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { BUILD_RECORD, digestBuild } from './digests';

/** Writes the record that tells a current build from a stale one; see readBuildState. */
export function recordBuild(root: string): void {
  const file = join(root, BUILD_RECORD);
  writeFileSync(`${file}.new`, `${JSON.stringify(digestBuild(root), null, 2)}\n`);
  renameSync(`${file}.new`, file);
}

if (require.main === module) {
  recordBuild(resolve(__dirname, '../../../..'));
}
