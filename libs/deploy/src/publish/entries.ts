import { parse, stringify } from 'yaml';

import { compareText } from '@itsup/config';

import { canonicalJson } from '../desired/digest';

/**
 * Objects of Traefik's dynamic files by their path (`http.routers.blog-web-80`): the grain in which routes come and go.
 */
export type Entries = Map<string, unknown>;

/** Takes a dynamic file apart. Names may hold dots, so a path is kept as JSON of its steps. */
export function entriesOf(text: string): Entries {
  const entries: Entries = new Map();
  const descend = (value: unknown, steps: string[]): void => {
    if (steps.length === 3 || typeof value !== 'object' || value === null || Array.isArray(value)) {
      if (steps.length > 0) entries.set(JSON.stringify(steps), value);
      return;
    }
    for (const [key, member] of Object.entries(value)) descend(member, [...steps, key]);
  };
  descend(parse(text, { merge: true }), []);
  return entries;
}

/** Entries of a published file; one that somebody broke by hand counts as empty, and is written anew. */
export function readableEntries(text: string): Entries {
  try {
    return entriesOf(text);
  } catch {
    return new Map();
  }
}

/** The path of an object as an entry's key. */
export function entryKey(section: string, kind: string, name: string): string {
  return JSON.stringify([section, kind, name]);
}

export function entryPath(key: string): string[] {
  return JSON.parse(key) as string[];
}

/** Puts a dynamic file together again; sorted, so that the same entries give the same bytes. */
export function textOf(entries: Entries): string {
  const root: Record<string, unknown> = {};
  for (const [key, value] of [...entries].sort(([a], [b]) => compareText(a, b))) {
    const steps = entryPath(key);
    let folder = root;
    for (const step of steps.slice(0, -1)) folder = (folder[step] ??= {}) as Record<string, unknown>;
    folder[steps.at(-1) ?? ''] = value;
  }
  return entries.size === 0 ? '{}\n' : stringify(root, { lineWidth: 0 });
}

export function sameEntry(a: unknown, b: unknown): boolean {
  return canonicalJson(a) === canonicalJson(b);
}

export function sameEntries(a: Entries, b: Entries): boolean {
  if (a.size !== b.size) return false;
  for (const [key, value] of a) if (!b.has(key) || !sameEntry(value, b.get(key))) return false;
  return true;
}
