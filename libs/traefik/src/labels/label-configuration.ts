import { labelTree } from './label-tree';
import { typeTable } from '../types/table';
import type { ConfigurationNode } from '../dynamic/tree';
import { elementOf, fieldsOf, isRead, isStruct, valuesOf } from '../types/type-table';

/** What labels hold: text at the leaves, because labels know no other type. */
export type LabelValue = string | LabelValue[] | LabelObject;
export interface LabelObject {
  [name: string]: LabelValue;
}

/**
 * Traefik's labels of one container as the tree that its file provider reads, so that a definition can move from a
 * label into a file: `a[0]` is an element of a list, and a value beside children only switches the object on or off,
 * where its type has such a switch (`tls`). Texts need no conversion: the file provider reads `"true"`, `"10"` and `"a,
 * b"` as booleans, numbers and lists just as the label decoder does. What Traefik reads from files alone is left out: a
 * `parentRefs` in a label is nothing, and in a file it would take a router from another project.
 * @returns null: Traefik cannot read one of the labels, and so leaves out the container
 */
export function labelConfiguration(labels: Readonly<Record<string, string>>): LabelObject | null {
  const { root, findings } = labelTree(labels);
  if (findings.length > 0) return null;
  return root === null ? {} : objectOf(root, typeTable.roots.dynamic);
}

/**
 * @param type its struct, the type of a mapping's values behind `{}`, or null where this version of Traefik has no such
 * field
 */
function valueOf(node: ConfigurationNode, type: string | null): LabelValue {
  if (node.children.length === 0) return node.value;
  if (node.children.every(({ name }) => /^\[.*\]$/.test(name))) {
    const element = type === null ? null : elementOf(type);
    return node.children.map((child) => valueOf(child, element));
  }
  return objectOf(node, type);
}

function objectOf(node: ConfigurationNode, type: string | null): LabelObject {
  const result: LabelObject = {};
  for (const child of node.children) {
    const field = fieldOf(child.name, type);
    if (field.isUnread || isOff(child, field.hasSwitch)) continue;
    // A plain assignment of `__proto__` would be lost.
    Object.defineProperty(result, child.name, {
      value: valueOf(child, field.type),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return result;
}

/** `tls=false` beside `tls.certresolver=…`: Traefik leaves out the whole object. */
function isOff({ children, value }: ConfigurationNode, hasSwitch: boolean): boolean {
  return hasSwitch && children.length > 0 && !/^(true)?$/i.test(value);
}

interface Field {
  type: string | null;
  hasSwitch: boolean;
  /** Traefik reads it from files alone, or from nobody. */
  isUnread: boolean;
}

function fieldOf(name: string, type: string | null): Field {
  if (type === null) return { type: null, hasSwitch: true, isUnread: false };
  const values = valuesOf(type);
  if (values !== null) return { type: values, hasSwitch: false, isUnread: false };
  // A list that labels write as one struct.
  const struct = isStruct(type) ? type : (elementOf(type) ?? type);
  const field = fieldsOf(typeTable, struct, 'label').find(
    (one) => one.name.toLowerCase() === name.toLowerCase(),
  );
  return {
    type: field?.type ?? null,
    hasSwitch: field === undefined || field.label === 'allowEmpty',
    isUnread: field !== undefined && !isRead(field, 'label'),
  };
}
