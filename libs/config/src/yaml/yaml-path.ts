import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Document,
  type Node,
  type Pair,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';

export interface FoundNode {
  key: Node | null;
  value: Node | null;
}

/** `<<`, which Compose files use to take over another mapping's keys. */
export function isMergeKey(key: unknown): boolean {
  if (!isScalar(key) || (key.type !== undefined && key.type !== 'PLAIN')) return false;
  return typeof key.value === 'symbol' ? key.value.description === '<<' : key.value === '<<';
}

/** The text of a mapping's key as JavaScript has it; null for a key that is itself a collection. */
export function keyText(key: unknown): string | null {
  if (key === null) return '';
  if (!isScalar(key)) return null;
  return key.value === null || key.value === undefined ? '' : String(key.value);
}

/** The items of a list as Compose has them: one that is tagged `!reset` is none. */
export function itemsOf(seq: YAMLSeq): (Node | null)[] {
  return (seq.items as (Node | null)[]).filter((item) => item?.tag !== '!reset');
}

/**
 * The nodes at a path of a document, through aliases and merge keys. A segment that does not exist ends the search at
 * the last node that does.
 */
export function findNode(document: Document.Parsed, path: readonly PropertyKey[]): FoundNode {
  let found: FoundNode = { key: null, value: document.contents };
  for (const segment of path) {
    const next = step(document, found.value, String(segment));
    if (!next) return found;
    found = next;
  }
  return found;
}

function step(document: Document.Parsed, parent: Node | null, segment: string): FoundNode | null {
  const node = resolve(document, parent);
  if (isSeq(node)) {
    const items = lists.get(node) ?? itemsOf(node);
    lists.set(node, items);
    const item = items[Number(segment)];
    return item === undefined ? null : { key: null, value: item };
  }
  if (!isMap(node)) return null;
  const own = findPair(node, segment);
  return own ? asFound(own) : throughMerge(document, node, segment);
}

/** A row of thousands is looked up as often. */
const lists = new WeakMap<YAMLSeq, (Node | null)[]>();

/** Built for large mappings only, where many look-ups would take quadratic time. */
const indexes = new WeakMap<YAMLMap, Map<string | null, Pair<unknown, unknown>>>();

function findPair(map: YAMLMap, segment: string): Pair<unknown, unknown> | undefined {
  const isWanted = (pair: Pair<unknown, unknown>) => !isMergeKey(pair.key) && keyText(pair.key) === segment;
  if (map.items.length < 64) return map.items.find(isWanted);
  let index = indexes.get(map);
  if (!index) {
    const own = map.items.filter((pair) => !isMergeKey(pair.key));
    index = new Map(own.reverse().map((pair) => [keyText(pair.key), pair]));
    indexes.set(map, index);
  }
  return index.get(segment);
}

function throughMerge(document: Document.Parsed, map: YAMLMap, segment: string): FoundNode | null {
  for (const pair of map.items) {
    if (!isMergeKey(pair.key)) continue;
    const value = resolve(document, pair.value as Node | null);
    const sources = isSeq(value) ? value.items : [value];
    for (const source of sources) {
      const found = step(document, source as Node | null, segment);
      if (found) return found;
    }
  }
  return null;
}

function resolve(document: Document.Parsed, node: Node | null): Node | null | undefined {
  return isAlias(node) ? node.resolve(document) : node;
}

function asFound(pair: Pair<unknown, unknown>): FoundNode {
  return { key: pair.key as Node | null, value: pair.value as Node | null };
}
