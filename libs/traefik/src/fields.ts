/** Reading and changing decoded configuration, whose field names Traefik compares without regard to case. */

export type Tree = Record<string, unknown>;

export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The key under which a field stands, in whatever case it was written. */
export function fieldKey(tree: Tree, field: string): string | undefined {
  const wanted = field.toLowerCase();
  return Object.keys(tree).find((key) => key.toLowerCase() === wanted);
}

export function field(tree: Tree | undefined, name: string): unknown {
  if (!tree) return undefined;
  const key = fieldKey(tree, name);
  return key === undefined ? undefined : tree[key];
}

/** The object; an empty one where the value is something else. */
export function treeOf(value: unknown): Tree {
  return isTree(value) ? value : {};
}

/** The object under a field; an empty one when there is none. */
export function subtree(tree: Tree | undefined, name: string): Tree {
  return treeOf(field(tree, name));
}

/** The object under a name that is the operator's own, as an entry point's: Traefik takes those as written. */
export function namedTree(tree: Tree, name: string): Tree {
  return treeOf(Object.hasOwn(tree, name) ? tree[name] : undefined);
}

/** A text field; numbers and booleans as text, as Traefik's decoder takes them. */
export function textField(tree: Tree | undefined, name: string): string | undefined {
  const value = field(tree, name);
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** A list of texts, written as a list or as `a, b`. */
export function listField(tree: Tree | undefined, name: string): string[] {
  const value = field(tree, name);
  if (Array.isArray(value)) return value.map(String);
  if (typeof value !== 'string' || value === '') return [];
  return value.split(',').map((item) => item.trim());
}

/** A copy with the field set, replacing it in whatever case it was written. */
export function withField(tree: Tree, name: string, value: unknown): Tree {
  const copy = withoutField(tree, name);
  copy[name] = value;
  return copy;
}

/** A copy without the field. */
export function withoutField(tree: Tree, name: string): Tree {
  const copy = { ...tree };
  const key = fieldKey(copy, name);
  if (key !== undefined) delete copy[key];
  return copy;
}
