import { readdir } from 'node:fs/promises';
import path from 'node:path';

import { parse } from 'yaml';

import { readFileOrNull } from '../state/atomic-file';
import { namesIn, type Use } from './references';

/** What files of Traefik's dynamic folder name that the publisher does not write: pins, and the operator's own. */
export async function readForeign(folder: string, own: ReadonlySet<string>): Promise<Use[]> {
  const uses: Use[] = [];
  for (const name of await namesOf(folder)) {
    if (own.has(name) || !/\.(ya?ml|toml)$/.test(name)) continue;
    const text = (await readFileOrNull(path.join(folder, name))) ?? '';
    uses.push({ user: name, names: namesIn(readable(text)) });
  }
  return uses;
}

async function namesOf(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Traefik does not read such a file either. */
function readable(text: string): unknown {
  try {
    return parse(text, { merge: true });
  } catch {
    return null;
  }
}
