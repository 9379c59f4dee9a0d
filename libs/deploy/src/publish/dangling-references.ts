import { mentionsIn } from '@itsup/traefik';

import { entryPath, type Entries } from './entries';

/** What a router answers 404 without. */
const NEEDED = ['services', 'middlewares'];

/**
 * Names of services and middlewares that a router of the dynamic files uses and that none of them defines. Names of
 * other providers (`x@docker`) are not ours to check. One such router answers 404.
 */
export function danglingReferences(files: Entries[]): string[] {
  const defined = new Set<string>();
  for (const entries of files) for (const key of entries.keys()) defined.add(entryPath(key).join('.'));
  const dangling = new Set<string>();
  for (const [key, router] of files.flatMap((entries) => [...entries])) {
    const [section = '', kindOfEntry] = entryPath(key);
    if (kindOfEntry !== 'routers') continue;
    for (const { kind, name, provider } of mentionsIn(router)) {
      if (!NEEDED.includes(kind) || (provider ?? 'file') !== 'file') continue;
      if (!defined.has(`${section}.${kind}.${name}`)) dangling.add(`${kind.replace(/s$/, '')} ${name}`);
    }
  }
  return [...dangling].sort();
}
