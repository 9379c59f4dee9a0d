import { PROXY_STACK } from '../../requests';
import type { StackSpec } from '../../stack/stack-spec';

/** The proxy first, then providers before consumers, else by name. A circle of egress is taken as it comes. */
export function orderOf(names: string[], specs: Map<string, StackSpec>): string[] {
  const wanted = new Set(names);
  const ordered: string[] = [];
  const visited = new Set<string>();
  const visit = (name: string): void => {
    if (visited.has(name)) return;
    visited.add(name);
    for (const provider of specs.get(name)?.providers ?? []) visit(provider);
    if (wanted.has(name)) ordered.push(name);
  };
  if (wanted.has(PROXY_STACK)) visit(PROXY_STACK);
  for (const name of [...wanted].sort()) visit(name);
  return ordered;
}
