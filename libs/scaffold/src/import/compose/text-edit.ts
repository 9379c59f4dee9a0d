import { isCollection, isPair, type Node, type Pair } from 'yaml';

/** A part of a text and what stands there instead; the offsets are those of the text before any edit. */
export interface Edit {
  start: number;
  end: number;
  text: string;
}

/** Makes all edits. One that lies within another is part of that. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  let result = '';
  let at = 0;
  for (const edit of [...edits].sort((a, b) => a.start - b.start || b.end - a.end)) {
    if (edit.start < at) continue;
    result += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return result + text.slice(at);
}

/**
 * The lines of an entry of a list or mapping in block style, as an edit that removes them, and the comments that go
 * with them: those right above the entry and the one behind it.
 */
export function cutLines(text: string, entry: Node | Pair): { edit: Edit; comments: string[] } {
  const first = lineStart(text, startOf(entry));
  let start = first;
  const comments: string[] = [];
  for (;;) {
    const above = lineStart(text, start - 1);
    const line = text.slice(above, start).trim();
    if (start === 0 || !line.startsWith('#')) break;
    comments.unshift(line);
    start = above;
  }
  const last = endOf(text, entry);
  const end = text[last - 1] === '\n' ? last : lineEnd(text, last);
  const behind = /(?:^|\s)(#.*)/.exec(text.slice(last, end));
  if (behind?.[1] !== undefined) comments.push(behind[1].trim());
  return { edit: { start, end, text: '' }, comments };
}

/** The same for an entry of the file itself, with the empty lines that would be left over. */
export function cutSection(text: string, entry: Pair): Edit {
  const { edit } = cutLines(text, entry);
  let { start, end } = edit;
  if (text.slice(end).trim() === '') {
    end = text.length;
    start = text.slice(0, start).trimEnd().length + 1;
  } else {
    while (text[end] === '\n') end += 1;
  }
  return { start, end, text: '' };
}

function startOf(entry: Node | Pair): number {
  const node = (isPair(entry) ? entry.key : entry) as Node;
  return node.range?.[0] ?? 0;
}

/** Where the last value of an entry ends: the range of a collection reaches to what comes after it. */
function endOf(text: string, entry: Node | Pair): number {
  if (isPair(entry)) {
    const { key, value } = entry as Pair<Node, Node | null>;
    return Math.max(key.range?.[1] ?? 0, value === null ? 0 : endOf(text, value));
  }
  if (isCollection(entry) && !entry.flow && entry.items.length > 0) {
    return endOf(text, entry.items.at(-1) as Node | Pair);
  }
  return entry.range?.[1] ?? 0;
}

function lineStart(text: string, at: number): number {
  return at <= 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1;
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end + 1;
}
