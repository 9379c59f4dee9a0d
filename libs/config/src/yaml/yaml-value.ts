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
import { isMapping } from './is-mapping';
import { isMergeKey, itemsOf, keyText } from './yaml-path';
import type { TaggedPath } from './yaml-source';

/** Deeper nesting is no configuration that a person wrote. */
const MAX_DEPTH = 100;
/** Values that all aliases of a file may stand for together; a bomb has billions. */
const MAX_ALIASED = 100_000;

/** A file with more mistakes than this is another file than it should be. */
const MAX_PROBLEMS = 50;

/** Something that the YAML grammar allows and we do not. */
export interface ValueProblem {
  code: 'duplicate-key' | 'alias-bomb' | 'bad-alias' | 'bad-merge' | 'bad-key' | 'too-deep';
  message: string;
  help?: string;
  node: Node | null;
  related?: { message: string; node: Node };
}

interface Anchored {
  value: unknown;
  /** Values inside, those behind further aliases included. */
  size: number;
  /** Still being read: an alias to it from inside is a circle. */
  open: boolean;
}

/**
 * A document as plain JavaScript, in one walk that also finds what `yaml` would leave to us or do in quadratic time:
 * keys given twice, aliases that blow up, nesting without end.
 */
export function toValue(document: Document.Parsed): {
  data: unknown;
  tags: TaggedPath[];
  problems: ValueProblem[];
} {
  const walk = new Walk();
  const data = walk.value(document.contents);
  // What follows a bomb is the rubble of stopping there.
  const bomb = walk.problems.find((problem) => problem.code === 'alias-bomb');
  return { data, tags: walk.tags, problems: bomb ? [bomb] : walk.problems };
}

class Walk {
  readonly tags: TaggedPath[] = [];
  readonly problems: ValueProblem[] = [];
  private readonly path: string[] = [];
  private readonly anchors = new Map<string, Anchored>();
  private size = 0;
  private aliased = 0;

  value(node: Node | null): unknown {
    if (node === null || node === undefined) return null;
    if (isAlias(node)) return this.alias(node.source, node);
    this.size += 1;
    if (node.tag === '!reset' || node.tag === '!override') {
      this.tags.push({ path: [...this.path], tag: node.tag === '!reset' ? 'reset' : 'override' });
    }
    const anchor = isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined;
    if (anchor === undefined) return this.content(node);

    const entry: Anchored = { value: null, size: 0, open: true };
    this.anchors.set(anchor, entry);
    const before = this.size;
    entry.value = this.content(node);
    entry.size = this.size - before + 1;
    entry.open = false;
    return entry.value;
  }

  private content(node: Node): unknown {
    if (isScalar(node)) return node.tag === '!reset' ? null : (node.value ?? null);
    if (this.path.length > MAX_DEPTH) {
      if (!this.problems.some((problem) => problem.code === 'too-deep')) {
        this.problems.push({ code: 'too-deep', message: `nested deeper than ${MAX_DEPTH} levels`, node });
      }
      return null;
    }
    if (isSeq(node)) return this.sequence(node);
    return isMap(node) ? this.mapping(node) : null;
  }

  private sequence(seq: YAMLSeq): unknown[] {
    return itemsOf(seq).map((item, index) => this.child(String(index), item));
  }

  private mapping(map: YAMLMap): Record<string, unknown> {
    const own: Record<string, unknown> = {};
    const merges: Pair<unknown, unknown>[] = [];
    for (const pair of map.items) {
      if (isMergeKey(pair.key)) {
        if (merges.length > 0) this.duplicate(map, '<<', pair.key as Node);
        merges.push(pair);
        continue;
      }
      const key = this.key(pair.key as Node | null);
      if (key === null) {
        this.problems.push({ code: 'bad-key', message: 'a key must be plain text', node: pair.key as Node });
        continue;
      }
      const value = this.child(key, pair.value as Node | null);
      if (Object.hasOwn(own, key)) this.duplicate(map, key, pair.key as Node);
      set(own, key, value);
    }
    return merges.length === 0 ? own : this.merged(own, merges);
  }

  /** A key's text; it may have an anchor, or be an alias of one. */
  private key(node: Node | null): string | null {
    if (isAlias(node)) {
      const value = this.alias(node.source, node);
      return typeof value === 'string' ? value : null;
    }
    const text = keyText(node);
    if (isScalar(node) && node.anchor !== undefined)
      this.anchors.set(node.anchor, { value: text, size: 1, open: false });
    return text;
  }

  /** YAML's merge: a key of the mapping itself wins, then the first source that has it. */
  private merged(own: Record<string, unknown>, merges: Pair<unknown, unknown>[]): Record<string, unknown> {
    const all: Record<string, unknown> = {};
    for (const pair of merges) {
      const value = this.child('<<', pair.value as Node | null);
      const sources: unknown[] = Array.isArray(value) ? value : [value];
      if (!sources.every(isMapping)) {
        this.problems.push({
          code: 'bad-merge',
          message: '`<<` takes over a mapping or a list of mappings, and this is neither',
          node: pair.key as Node,
        });
      }
      for (const source of sources.filter(isMapping)) {
        for (const [key, inherited] of Object.entries(source)) {
          if (!Object.hasOwn(all, key)) set(all, key, inherited);
        }
      }
    }
    for (const [key, value] of Object.entries(own)) set(all, key, value);
    return all;
  }

  private child(segment: string, node: Node | null): unknown {
    this.path.push(segment);
    const value = this.value(node);
    this.path.pop();
    return value;
  }

  private alias(name: string, node: Node): unknown {
    const entry = this.anchors.get(name);
    if (!entry || entry.open) {
      const message = entry
        ? `\`*${name}\` stands inside the value it refers to`
        : `\`*${name}\` refers to an anchor \`&${name}\` that is not there`;
      this.problems.push({ code: 'bad-alias', message, node });
      return null;
    }
    this.size += entry.size;
    this.aliased += entry.size;
    if (this.aliased <= MAX_ALIASED) return entry.value;
    if (!this.problems.some((problem) => problem.code === 'alias-bomb')) {
      this.problems.push({
        code: 'alias-bomb',
        message: `the aliases of this file stand for more than ${MAX_ALIASED} values`,
        help: 'Aliases of aliases multiply; write the values out or split the file.',
        node,
      });
    }
    return null;
  }

  private duplicate(map: YAMLMap, key: string, node: Node): void {
    if (this.problems.length >= MAX_PROBLEMS) return;
    const first = map.items.find((pair) => (key === '<<' ? isMergeKey(pair.key) : keyText(pair.key) === key));
    this.problems.push({
      code: 'duplicate-key',
      message: `\`${key}\` is given twice`,
      help: 'Keep one of the two.',
      node,
      ...(first ? { related: { message: 'first given here', node: first.key as Node } } : {}),
    });
  }
}

/** `__proto__` too becomes a key like any other. */
function set(mapping: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') mapping[key] = value;
  else Object.defineProperty(mapping, key, { value, enumerable: true, writable: true, configurable: true });
}
