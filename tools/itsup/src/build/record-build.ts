import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { BUILD_RECORD, digestBuild } from './digests';

/** Writes the record that tells a current build from a stale one; see readBuildState. */
export function recordBuild(root: string): void {
  const file = join(root, BUILD_RECORD);
  writeFileSync(`${file}.new`, `${JSON.stringify(digestBuild(root), null, 2)}\n`);
  renameSync(`${file}.new`, file);
}

/**
 * Puts the schemas of the operator's files where their first lines look for them: in this package, which every
 * workspace has at the same place, whatever its package manager.
 */
export function copySchemas(root: string): void {
  const from = join(root, 'libs/config/schemas');
  const to = join(root, 'tools/itsup/schemas');
  if (!existsSync(from)) return;
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) copyFileSync(join(from, name), join(to, name));
}

if (require.main === module) {
  const root = resolve(__dirname, '../../../..');
  copySchemas(root);
  recordBuild(root);
}
