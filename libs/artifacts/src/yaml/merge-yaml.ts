import { type YamlFile, UserError } from '@itsup/config';
import {
  type Document,
  isMap,
  isScalar,
  LineCounter,
  parseDocument,
  visit,
  type Alias,
  type Node,
  type Pair,
  type YAMLMap,
} from 'yaml';

import { nameAsTraefik } from './canonical-document';

/**
 * Lays the operator's YAML over a generated text: mappings are merged key by key as Traefik names the keys, scalars and
 * lists are replaced, and the operator's comments come along. Anchors, aliases and merge keys of the override are
 * resolved first, because the nodes move to another document.
 *
 * @param kind of Traefik's configuration
 * @throws UserError when the override is not a mapping, or has a key twice for Traefik.
 */
export function mergeYaml(generated: string, override: YamlFile, kind: 'static' | 'dynamic'): string {
  const base = parseDocument<Node>(generated);
  const lines = new LineCounter();
  const over = parseDocument(override.text, { merge: false, uniqueKeys: true, lineCounter: lines });
  if (over.errors.length > 0 || (over.contents !== null && !isMap(over.contents))) {
    throw new UserError({
      code: 'override-invalid',
      severity: 'error',
      message: `${override.file} is not a YAML mapping`,
      help: 'write it as Traefik has it: top-level keys with their values',
      place: { file: override.file, line: 1, column: 1 },
    });
  }
  if (over.contents === null) return generated;
  resolveAliases(over);
  const additions = over.contents as YAMLMap;
  nameAsTraefik(additions, kind, { file: override.file, lines });
  if (isMap(base.contents)) mergeMap(base.contents, additions);
  else base.contents = additions;
  base.commentBefore = joinComments(base.commentBefore, over.commentBefore);
  base.comment = joinComments(base.comment, over.comment);
  return base.toString({ lineWidth: 0 });
}

function mergeMap(base: YAMLMap, over: YAMLMap): void {
  for (const pair of over.items as Pair<Node, Node | null>[]) {
    const existing = findPair(base, pair.key);
    if (!existing) {
      base.items.push(pair);
    } else {
      carryComments(pair.key, existing.key);
      if (isMap(existing.value) && isMap(pair.value)) {
        carryComments(pair.value, existing.value);
        mergeMap(existing.value, pair.value);
      } else {
        existing.value = pair.value;
      }
    }
  }
}

function findPair(map: YAMLMap, key: Node): Pair<Node, Node | null> | undefined {
  const wanted = keyOf(key);
  return (map.items as Pair<Node, Node | null>[]).find((pair) => keyOf(pair.key) === wanted);
}

function keyOf(node: unknown): string {
  return isScalar(node) ? String(node.value) : String(node);
}

function carryComments(from: Node, to: Node): void {
  to.commentBefore = joinComments(to.commentBefore, from.commentBefore);
  to.comment = joinComments(to.comment, from.comment);
  if (from.spaceBefore) to.spaceBefore = true;
}

function joinComments(first: string | null | undefined, second: string | null | undefined): string | null {
  const parts = [first, second].filter((part) => part !== null && part !== undefined && part !== '');
  return parts.length === 0 ? null : parts.join('\n');
}

/** Replaces each alias by a copy of what it stands for, and `<<` by the keys that it brings. */
function resolveAliases(document: Document.Parsed): void {
  visit(document, {
    Alias: (_key, alias: Alias) => {
      const target = alias.resolve(document);
      return target ? (target.clone() as Node) : undefined;
    },
  });
  visit(document, {
    Node: (_key, node) => {
      if ('anchor' in node) delete node.anchor;
      if (isMap(node)) spreadMergeKeys(node);
    },
  });
}

function spreadMergeKeys(map: YAMLMap): void {
  const merges = (map.items as Pair<Node, Node | null>[]).filter((pair) => keyOf(pair.key) === '<<');
  if (merges.length === 0) return;
  map.items = map.items.filter((pair) => keyOf(pair.key) !== '<<');
  for (const { value } of merges) {
    const sources = isMap(value) ? [value] : value && 'items' in value ? (value.items as Node[]) : [];
    for (const source of sources) {
      if (!isMap(source)) continue;
      spreadMergeKeys(source);
      for (const pair of source.items as Pair<Node, Node | null>[]) {
        if (!findPair(map, pair.key)) map.items.push(pair);
      }
    }
  }
}
