import { isMap, type Document, type LineCounter, type Node } from 'yaml';
import type { Place } from '../problem/problem';
import { findNode, keyText } from './yaml-path';

/** A node tagged `!reset` or `!override`, Compose's words for an override file that takes away or replaces. */
export interface TaggedPath {
  path: string[];
  tag: 'reset' | 'override';
}

/** One parsed YAML document with its text, so that a message can show where a value stands. */
export class YamlSource {
  constructor(
    /** From the workspace root, forward slashes. */
    readonly file: string,
    readonly text: string,
    /** Plain JavaScript: mappings as objects, merge keys and aliases resolved. */
    readonly data: unknown,
    readonly tags: readonly TaggedPath[],
    private readonly document: Document.Parsed,
    private readonly lines: LineCounter,
    /** Its places show nothing of the text: the file is not the own of whom they are shown to. */
    readonly withheld = false,
  ) {}

  /**
   * Where the value at `path` stands, or its key. A path that the text does not have (a missing key) gives the
   * nearest thing around it that it does have.
   */
  place(path: readonly PropertyKey[], what: 'key' | 'value' = 'value'): Place {
    const found = findNode(this.document, path);
    const node = what === 'key' ? (found.key ?? found.value) : (found.value ?? found.key);
    return node ? this.placeOf(node) : this.placeAt(0);
  }

  /** Where the value of each key of the mapping at `path` stands, by key. */
  valuePlaces(path: readonly PropertyKey[]): Record<string, Place> {
    const { value } = findNode(this.document, path);
    const places: Record<string, Place> = {};
    if (!isMap(value)) return places;
    for (const pair of value.items) {
      const key = keyText(pair.key);
      const node = (pair.value ?? pair.key) as Node | null;
      if (key !== null && key !== '__proto__' && node) places[key] = this.placeOf(node);
    }
    return places;
  }

  /** The place of characters `offset` to `offset + length` of the text. */
  placeAt(offset: number, length = 1): Place {
    const place = placeInText(this.file, this.text, this.lines, offset, length);
    return this.withheld ? { file: place.file, line: place.line, column: place.column } : place;
  }

  private placeOf(node: Node): Place {
    const [start, end] = node.range ?? [0, 1];
    return this.placeAt(start, end - start);
  }
}

/** A place from an offset; its length never reaches past the line. */
export function placeInText(
  file: string,
  text: string,
  lines: LineCounter,
  offset: number,
  length: number,
): Place {
  const at = Math.min(offset, text.length);
  const { line, col } = lines.linePos(at);
  const start = at - Math.max(col, 1) + 1;
  const next = text.indexOf('\n', at);
  const end = next === -1 ? text.length : next;
  const shown = text.slice(start, end).replace(/\r$/, '');
  const rest = Math.max(shown.length - (at - start), 1);
  return {
    file,
    line: Math.max(line, 1),
    column: Math.max(col, 1),
    text: shown,
    length: Math.max(1, Math.min(length, rest)),
  };
}
