import { childOf, type ConfigurationNode, type Span } from '../dynamic/tree';
import { yamlTree, type Position } from './yaml-tree';

/**
 * Where a field of Traefik's configuration stands in a text that is one of those it was merged from.
 * @param what the field's name, or its value
 * @returns null: the text does not have it, though it may have what is around it
 */
export function locate(
  text: string,
  path: readonly string[],
  what: 'key' | 'value' = 'value',
): Position | null {
  const { root, positionOf } = yamlTree(text);
  if (root === null || path.length === 0) return null;
  let node: ConfigurationNode = root;
  let item: Span | null = null;
  for (const step of path) {
    const child = childOf(node, step) ?? childOf(node, `[${step}]`);
    if (child !== undefined) node = child;
    else if (node.items?.[Number(step)] !== undefined) item = node.items[Number(step)]?.span ?? null;
    else return null;
  }
  return positionOf(item ?? (what === 'key' ? node.key : node.span));
}
