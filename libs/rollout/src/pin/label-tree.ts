/** What a label tree holds: text at the leaves, because labels know no other type. */
export type LabelValue = string | LabelValue[] | LabelObject;
export interface LabelObject {
  [key: string]: LabelValue;
}

interface Node {
  name: string;
  value: string | null;
  children: Node[];
}

/** A label that Traefik's decoder rejects, and with it every label of the container. */
export class LabelError extends Error {
  override readonly name = 'LabelError';
}

const decodedPrefixes = ['traefik.http', 'traefik.tcp', 'traefik.udp'];

/**
 * Traefik's routing labels as the tree that its file provider reads, so that a definition can move from a label into a file.
 * As in Traefik (paerser), names are split at dots, segments that differ only in case are one (the first in sorted order names it),
 * `a[0]` is an element of a list, and a value such as `true` beside children only switches the object on.
 * Texts need no conversion: the file provider reads `"true"`, `"10"` and `"a, b"` as booleans, numbers and lists just as the label
 * decoder does.
 *
 * @throws LabelError where Traefik would reject the container's labels
 */
export function labelTree(labels: Record<string, string>): LabelObject {
  const root: Node = { name: '', value: null, children: [] };
  for (const key of Object.keys(labels).sort()) {
    if (!decodedPrefixes.some((prefix) => key.slice(0, prefix.length).toLowerCase() === prefix)) continue;
    insert(root, segmentsOf(key), labels[key] ?? '');
  }
  const top = root.children[0];
  return top ? objectOf(top) : {};
}

function segmentsOf(key: string): string[] {
  const segments: string[] = [];
  for (const part of key.split('.')) {
    if (part === '') throw new LabelError(`label ${key}: an empty name between two dots`);
    if (part.startsWith('[')) throw new LabelError(`label ${key}: an index without a name before it`);
    const bracket = part.endsWith(']') ? part.indexOf('[') : -1;
    if (bracket > 0) segments.push(part.slice(0, bracket), part.slice(bracket));
    else segments.push(part);
  }
  if (segments[0] !== 'traefik')
    throw new LabelError(`label ${key}: has to begin with "traefik" in lower case`);
  return segments;
}

function insert(root: Node, segments: string[], value: string): void {
  let node = root;
  for (const segment of segments) {
    const known = node.children.find((child) => child.name.toLowerCase() === segment.toLowerCase());
    const next = known ?? { name: segment, value: null, children: [] };
    if (!known) node.children.push(next);
    node = next;
  }
  node.value = value;
}

function valueOf(node: Node): LabelValue {
  if (node.children.length === 0) return node.value ?? '';
  if (node.children.every((child) => /^\[.*\]$/.test(child.name))) return node.children.map(valueOf);
  return objectOf(node);
}

function objectOf(node: Node): LabelObject {
  const result: LabelObject = {};
  for (const child of node.children) {
    // `tls=false` beside `tls.certresolver=…`: Traefik disables the whole object.
    const disabled = child.children.length > 0 && child.value !== null && !/^(true)?$/i.test(child.value);
    if (!disabled) define(result, child.name, valueOf(child));
  }
  return result;
}

/** A plain assignment of `__proto__` would be lost. */
function define(target: LabelObject, key: string, value: LabelValue): void {
  Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true });
}
