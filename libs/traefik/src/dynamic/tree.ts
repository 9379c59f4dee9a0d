import type { NamedField } from '../types/type-table';

/** Characters of a file's text, or a label. */
export interface Span {
  start: number;
  end: number;
  /** Its name as written; set in labels alone, where `start` and `end` are 0. */
  label?: string;
}

/**
 * A piece of configuration before its types are known, as Traefik's decoder has it: every scalar is text, and a list of
 * scalars is a value too.
 */
export interface ConfigurationNode {
  name: string;
  /** '' for what has children. */
  value: string;
  /** The scalars of a list; null: no list, or one of mappings. */
  items: { value: string; span: Span; open?: boolean }[] | null;
  children: ConfigurationNode[];
  key: Span;
  span: Span;
  /** Its value is not known here (`${X}` in a label, a template in a file), so nothing of it is judged. */
  open?: boolean;
}

/** Something that Traefik does not take (`error`), or takes for something else than it reads like (`warning`). */
export interface Finding {
  severity: 'error' | 'warning';
  code: string;
  /** One line, in the words of Traefik's configuration. */
  message: string;
  help?: string;
  /** Names of fields from the root; an element of a list by its number. */
  path: string[];
  span: Span;
}

/** The child of that name, as Traefik looks for it: whatever the case. */
export function childOf(
  node: ConfigurationNode | null | undefined,
  ...path: string[]
): ConfigurationNode | undefined {
  let found = node ?? undefined;
  for (const name of path) {
    const wanted = name.toLowerCase();
    found = found?.children.find((child) => child.name.toLowerCase() === wanted);
  }
  return found;
}

/** Told of every field that the decoder fills, with the struct it belongs to. */
export type Visit = (struct: string, field: NamedField, node: ConfigurationNode, path: string[]) => void;
