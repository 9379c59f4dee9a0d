import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Document,
  type Node,
  type YAMLMap,
} from 'yaml';

import type { ConfigurationNode, Finding, Span } from '../dynamic/tree';
import { resolvePlain, type Scalar } from './yaml-scalar';

/** Where something stands in a text: line and column from 1, and the line itself. */
export interface Position {
  line: number;
  column: number;
  length: number;
  text: string;
}

/** A file of Traefik's as its decoder reads it. */
export interface YamlTree {
  /** null: the file says nothing, or is no YAML. */
  root: ConfigurationNode | null;
  findings: Finding[];
  /** Line and column of a span's start, from 1. */
  positionOf: (span: Span) => Position;
}

const MAX_DEPTH = 100;
/** Nodes that one file may come to; aliases of aliases come to billions. */
const MAX_NODES = 100_000;

/** Reads YAML as gopkg.in/yaml.v3 does and makes of it the tree that Traefik's decoder starts from. */
export function yamlTree(text: string): YamlTree {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    merge: true,
    schema: 'failsafe',
    prettyErrors: false,
  });
  const positionOf: YamlTree['positionOf'] = ({ start, end }) => {
    const { line, col } = lines.linePos(start);
    const source = text.split('\n')[line - 1] ?? '';
    const shown = source.replace(/\r$/, '');
    return {
      line,
      column: col,
      length: Math.max(1, Math.min(end - start, shown.length - col + 1)),
      text: shown,
    };
  };
  const findings: Finding[] = [];
  const [error] = document.errors;
  if (error) {
    const [start, end] = error.pos;
    const message = `not valid YAML: ${error.message}`;
    findings.push({ severity: 'error', code: 'invalid-yaml', message, path: [], span: { start, end } });
    return { root: null, findings, positionOf };
  }
  const contents = document.contents as Node | null;
  if (contents === null) return { root: null, findings, positionOf };
  const root = new Reader(document, findings).root(contents);
  return { root, findings, positionOf };
}

class Reader {
  private nodes = 0;

  constructor(
    private readonly document: Document.Parsed,
    private readonly findings: Finding[],
  ) {}

  root(contents: Node): ConfigurationNode | null {
    const resolved = this.resolve(contents);
    if (!isMap(resolved)) {
      if (isScalar(resolved) && this.scalar(resolved) === 'null') return null;
      this.refuse('the file must be a mapping', [], spanOf(contents));
      return null;
    }
    return this.mapping('traefik', resolved, [], spanOf(contents), spanOf(contents));
  }

  private mapping(name: string, map: YAMLMap, path: string[], key: Span, span: Span): ConfigurationNode {
    const node: ConfigurationNode = { name, value: '', items: null, children: [], key, span };
    if (path.length > MAX_DEPTH || ++this.nodes > MAX_NODES) {
      this.refuse('nested too deeply, or too large', path, span);
      return node;
    }
    const entries = this.entries(map, path);
    for (const [child, { key: keyNode, value }] of [...entries].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const made = this.child(child, value, [...path, child], keyNode);
      if (made) node.children.push(made);
    }
    return node;
  }

  /** Keys with their values; what a merge key brings comes after the mapping's own. */
  private entries(map: YAMLMap, path: string[]): Map<string, { key: Node; value: Node | null }> {
    const own = new Map<string, { key: Node; value: Node | null }>();
    const merged: YAMLMap[] = [];
    for (const { key, value } of map.items as { key: Node; value: Node | null }[]) {
      if (!isScalar(key)) {
        this.refuse('a key must be plain text', path, spanOf(key));
      } else if (isMerge(key)) {
        const source = this.resolve(value);
        for (const each of isSeq(source) ? source.items : [source]) {
          const target = this.resolve(each as Node | null);
          if (isMap(target)) merged.push(target);
        }
      } else own.set(String(key.source ?? key.value), { key, value });
    }
    for (const source of merged) {
      if (++this.nodes > MAX_NODES) break;
      for (const [name, entry] of this.entries(source, path)) if (!own.has(name)) own.set(name, entry);
    }
    return own;
  }

  /** null: the decoder skips what has no value. */
  private child(name: string, value: Node | null, path: string[], keyNode: Node): ConfigurationNode | null {
    const key = spanOf(keyNode);
    const span = value ? spanOf(value) : key;
    const resolved = this.resolve(value);
    if (isMap(resolved)) return this.mapping(name, resolved, path, key, span);
    if (isSeq(resolved)) return this.list(name, resolved.items as (Node | null)[], path, key, span);
    const scalar = isScalar(resolved) ? this.scalar(resolved) : 'null';
    if (scalar === 'null') return null;
    const node: ConfigurationNode = { name, value: '', items: null, children: [], key, span };
    if (scalar === 'timestamp') this.refuseDate(resolved, path, span);
    else node.value = scalar.text;
    return node;
  }

  private list(
    name: string,
    items: (Node | null)[],
    path: string[],
    key: Span,
    span: Span,
  ): ConfigurationNode {
    const node: ConfigurationNode = { name, value: '', items: null, children: [], key, span };
    for (const [index, item] of items.entries()) {
      const resolved = this.resolve(item);
      const at = item ? spanOf(item) : span;
      if (isMap(resolved)) {
        node.children.push(this.mapping(`[${index}]`, resolved, [...path, String(index)], at, at));
        continue;
      }
      const scalar = isScalar(resolved) ? this.scalar(resolved) : 'null';
      if (isSeq(resolved)) this.refuse('a list in a list is nothing that Traefik reads', path, at);
      else if (scalar === 'null')
        this.refuse('a list with an empty element is nothing that Traefik reads', path, at);
      else if (scalar === 'timestamp') this.refuseDate(resolved, path, at);
      else (node.items ??= []).push({ value: scalar.text, span: at });
    }
    return node;
  }

  private scalar(node: unknown): Scalar {
    if (!isScalar(node)) return 'null';
    const text = typeof node.value === 'string' ? node.value : String(node.value ?? '');
    if (node.type !== 'PLAIN' && node.tag === undefined) return { text };
    if (node.type !== 'PLAIN') return { text };
    return resolvePlain(text, shortTag(node.tag));
  }

  private resolve(node: Node | null | undefined): Node | null | undefined {
    return isAlias(node) ? node.resolve(this.document) : node;
  }

  private refuse(message: string, path: string[], span: Span): void {
    this.findings.push({ severity: 'error', code: 'invalid-value', message, path, span });
  }

  private refuseDate(node: unknown, path: string[], span: Span): void {
    const text = isScalar(node) ? String(node.value) : '';
    this.findings.push({
      severity: 'error',
      code: 'invalid-value',
      message: `\`${path.join('.')}\`: Traefik reads \`${text}\` as a date, which no field of it is`,
      help: 'put it into quotes',
      path,
      span,
    });
  }
}

function isMerge(key: Node): boolean {
  return isScalar(key) && key.type === 'PLAIN' && (key.value === '<<' || key.source === '<<');
}

function shortTag(tag: string | undefined): string {
  return (tag ?? '').replace('tag:yaml.org,2002:', '!!');
}

function spanOf(node: Node): Span {
  const [start, end] = node.range ?? [0, 1];
  return { start, end };
}
