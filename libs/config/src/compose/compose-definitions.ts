import { isInterpolated } from '../schema/grammar';
import { isMapping } from '../yaml/is-mapping';
import type { TaggedPath } from '../yaml/yaml-source';

/** What one or more files say about the objects of a top-level key, as written, by key. */
export type Definitions = Map<string, Record<string, unknown>>;

/**
 * Lays one document's `networks:` or `volumes:` over what earlier ones say, as Compose does: mappings merge, single
 * values replace, and `!reset` and `!override` take away first.
 */
export function mergeDefinitions(
  section: 'networks' | 'volumes',
  below: Definitions,
  objects: Readonly<Record<string, unknown>>,
  tags: readonly TaggedPath[],
): void {
  for (const { path } of tags) {
    const [top, key, option] = path;
    if (top !== section) continue;
    if (key === undefined) below.clear();
    else if (option === undefined) below.delete(key);
    else {
      const { [option]: _taken, ...rest } = below.get(key) ?? {};
      if (below.has(key)) below.set(key, rest);
    }
  }
  for (const [key, value] of Object.entries(objects)) {
    // `!reset null` on a whole object: it is not there any more.
    const isReset = tags.some(
      ({ path, tag }) => tag === 'reset' && path.length === 2 && path[0] === section && path[1] === key,
    );
    if (!isReset) below.set(key, merged(below.get(key) ?? {}, isMapping(value) ? value : {}));
  }
}

function merged(base: Record<string, unknown>, over: Record<string, unknown>): Record<string, unknown> {
  const result = { ...base };
  for (const [key, value] of Object.entries(over)) {
    if (value === null) continue;
    const known = result[key];
    result[key] = isMapping(known) && isMapping(value) ? merged(known, value) : value;
  }
  return result;
}

/** A number, text or flag as Compose passes it on; null: none, or empty. */
export function textOf(value: unknown): string | null {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' && value !== '' ? value : null;
}

/** A flag that is set, or may be once its variable has a value. */
export function maybe(value: unknown): boolean {
  if (typeof value === 'string' && isInterpolated(value)) return true;
  return value === true || /^(true|yes|y|on|1|t)$/i.test(textOf(value) ?? '');
}
