import { typeTable } from './table';
import { elementOf, fieldsOf, isStruct, valuesOf } from './type-table';

/**
 * What stands at one place of a file for Traefik: a struct, a mapping, a list or a value; null: nothing that is known,
 * or anything.
 */
export type FileType = string | null;

/** The type of a whole file. */
export function fileType(kind: 'static' | 'dynamic'): FileType {
  return typeTable.roots[kind];
}

/**
 * A key as Traefik names it. It finds the fields of its structs without regard to case; a name that is the operator's
 * own, as an entry point's, is taken as it is written.
 * @param type of what the key stands in
 * @returns the name, and the type of what stands under it
 */
export function canonicalKey(type: FileType, key: string): { name: string; type: FileType } {
  if (type === null) return { name: key, type: null };
  const values = valuesOf(type);
  if (values !== null) return { name: key, type: values };
  if (!isStruct(type)) return { name: key, type: null };
  const fields = fieldsOf(typeTable, type, 'file');
  const field =
    fields.find(({ name }) => name === key) ??
    fields.find(({ name }) => name.toLowerCase() === key.toLowerCase());
  return field === undefined ? { name: key, type: null } : { name: field.name, type: field.type };
}

/** The type of a list's elements; null as of `FileType`. */
export function elementType(type: FileType): FileType {
  return type === null ? null : elementOf(type);
}
