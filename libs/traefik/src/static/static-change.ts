import { entryPointsOf, type StaticEntryPoint } from './entry-points';
import { isTree, subtree, type Tree } from '../fields';

export interface StaticChange {
  /** Why Traefik has to be replaced, in words; empty: nothing that it reads at start alone has changed. */
  reasons: string[];
  /** Entry points that were not there before: their ports have to be free. */
  added: StaticEntryPoint[];
}

/**
 * What of the static configuration differs. Everything in it is read at start alone, so every difference in meaning
 * needs a new instance; comments, the order of keys and the way a value is written do not count.
 *
 * @param current null: nothing is running yet
 */
export function staticChange(current: Tree | null, next: Tree): StaticChange {
  const before = current ?? {};
  const known = new Set(entryPointsOf(before).map(addressKey));
  const added = entryPointsOf(next).filter((point) => !known.has(addressKey(point)));
  return { reasons: current === null ? [] : reasonsFor(before, next), added };
}

function reasonsFor(before: Tree, next: Tree): string[] {
  const reasons: string[] = [];
  for (const key of keysOf(before, next)) {
    const section = named[key.toLowerCase()];
    if (!section) {
      if (digest(before[key]) !== digest(next[key])) reasons.push(`${key} changed`);
      continue;
    }
    const old = subtree(before, key);
    const fresh = subtree(next, key);
    for (const name of keysOf(old, fresh)) {
      if (old[name] === undefined) reasons.push(`${section} ${name} added`);
      else if (fresh[name] === undefined) reasons.push(`${section} ${name} removed`);
      else if (digest(old[name]) !== digest(fresh[name])) reasons.push(`${section} ${name} changed`);
    }
  }
  return reasons;
}

/** Sections whose children are named by the operator. */
const named: Record<string, string> = {
  entrypoints: 'entry point',
  providers: 'provider',
  certificatesresolvers: 'certificate resolver',
};

function addressKey({ host, port, protocol }: StaticEntryPoint): string {
  return `${host} ${port} ${protocol}`;
}

function keysOf(a: Tree, b: Tree): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
}

/** The value with its keys sorted, as text; `8080` and `"8080"` are one to Traefik. */
function digest(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(digest).join()}]`;
  if (isTree(value)) {
    const entries = Object.keys(value).sort();
    return `{${entries.map((key) => `${JSON.stringify(key)}:${digest(value[key])}`).join()}}`;
  }
  return value === undefined ? '' : JSON.stringify(String(value));
}
