import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a build was made from and what came out, as `dist/build.json` records it. */
export interface BuildRecord {
  /** Digest of every layer's sources. */
  sources: string;
  /** Digest of every layer's compiled code. */
  dist: string;
}

/** `tools/itsup/dist/build.json`, written by the last step of `npm run build`. */
export const BUILD_RECORD = 'tools/itsup/dist/build.json';

/**
 * Digests of the product's sources and of its compiled code in the workspace `root`, tests left out. Content, not
 * times: a checkout and a pull give files new times. Some 15 ms for both, which every Nx command pays once.
 */
export function digestBuild(root: string): BuildRecord {
  const packages = packageFolders(root);
  return {
    sources: digest(root, packages, 'src', isSource),
    dist: digest(root, packages, 'dist', (name) => name.endsWith('.js')),
  };
}

/** Folders of the layers, relative to the root, sorted. */
function packageFolders(root: string): string[] {
  const layers = readdirSync(join(root, 'libs'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `libs/${entry.name}`);
  return [...layers, 'tools/itsup'].sort();
}

function isSource(name: string): boolean {
  return name.endsWith('.ts') && !name.endsWith('.spec.ts');
}

/** Folders that hold only what tests need, or only declarations of tests. */
const TEST_FOLDERS = new Set(['__fixtures__', 'testing', 'spec']);

function digest(root: string, packages: string[], folder: string, accept: (name: string) => boolean): string {
  const hash = createHash('sha256');
  for (const name of packages) {
    for (const file of filesBelow(root, `${name}/${folder}`, accept)) {
      hash
        .update(file)
        .update('\0')
        .update(readFileSync(join(root, file)))
        .update('\0');
    }
  }
  return hash.digest('hex').slice(0, 16);
}

function filesBelow(root: string, folder: string, accept: (name: string) => boolean): string[] {
  let entries;
  try {
    entries = readdirSync(join(root, folder), { withFileTypes: true });
  } catch {
    return [];
  }
  return entries
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        return TEST_FOLDERS.has(entry.name) ? [] : filesBelow(root, path, accept);
      }
      return accept(entry.name) ? [path] : [];
    });
}
