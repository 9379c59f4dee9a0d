import { parse } from 'yaml';

/** Names of the entry points that a static configuration has. */
export function entryPointNames(text: string): Set<string> {
  const { entryPoints = {} } = (parse(text, { merge: true }) ?? {}) as { entryPoints?: object };
  return new Set(Object.keys(entryPoints));
}
