import { entryPath, type Entries } from './entries';

/**
 * Names of services, middlewares and transports that a router or service of the dynamic files uses and that none of
 * them defines. Names of other providers (`x@docker`) are not ours to check. One such router answers 404.
 */
export function danglingReferences(files: Entries[]): string[] {
  const defined = new Set<string>();
  for (const entries of files) for (const key of entries.keys()) defined.add(entryPath(key).join('.'));
  const dangling = new Set<string>();
  const check = (section: string, kind: string, name: unknown): void => {
    if (typeof name !== 'string') return;
    const at = name.lastIndexOf('@');
    if (at >= 0 && name.slice(at) !== '@file') return;
    const local = at >= 0 ? name.slice(0, at) : name;
    if (!defined.has(`${section}.${kind}.${local}`)) dangling.add(`${kind.replace(/s$/, '')} ${local}`);
  };
  for (const entries of files) {
    for (const [key, value] of entries) {
      const [section = '', kind] = entryPath(key);
      if (kind !== 'routers' || typeof value !== 'object' || value === null) continue;
      const router = value as { service?: unknown; middlewares?: unknown };
      check(section, 'services', router.service);
      if (Array.isArray(router.middlewares))
        for (const name of router.middlewares) check(section, 'middlewares', name);
    }
  }
  return [...dangling].sort();
}
