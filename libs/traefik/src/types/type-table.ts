/** The fields of Traefik's configuration, as its Go types have them; `table.ts` holds them for one version. */
export interface TypeTable {
  /** Of Traefik, without `v`. */
  version: string;
  roots: { dynamic: string; static: string };
  /** What some texts may be: names that Traefik looks up. */
  values: { tlsVersions: string[]; cipherSuites: string[]; curves: string[]; templateFunctions: string[] };
  /** By the name of a struct, its fields by their names. */
  types: Record<string, Record<string, string | TypedField>>;
}

/**
 * A field. `type`: a struct's name, `[]` and an element's type, `{}` and the type of a mapping's values, `raw` (a
 * mapping of anything), `seconds` and `nanoseconds` (durations, by the unit of a bare number), or a Go kind.
 */
export interface TypedField {
  type: string;
  /** `allowEmpty`: a struct may stand without a child (`tls: {}`, `tls: true`). `-`: not read from files. */
  file?: string;
  /** The same in labels. */
  label?: string;
  /** The name in labels of a list that labels write as one struct: `server` for `servers`. */
  as?: string;
}

/** A field found by name. */
export interface NamedField extends TypedField {
  name: string;
}

/** Where a configuration is written: two dialects of one decoder. */
export type Dialect = 'file' | 'label';

/** The fields of a struct as a dialect names them. */
export function fieldsOf(table: TypeTable, struct: string, dialect: Dialect): NamedField[] {
  return Object.entries(table.types[struct] ?? {}).map(([name, field]) => {
    const typed = typeof field === 'string' ? { type: field } : field;
    const renamed = dialect === 'label' && typed.as !== undefined && typed.as !== '' ? typed.as : name;
    return { name: renamed, ...typed };
  });
}

/** Whether Traefik reads the field where it is written like this at all. */
export function isRead(field: TypedField, dialect: Dialect): boolean {
  return (dialect === 'file' ? field.file : field.label) !== '-';
}

export function isStruct(type: string): boolean {
  return type.includes('.') && !type.startsWith('[]') && !type.startsWith('{}');
}

/** The type of a mapping's values; null: no mapping. */
export function valuesOf(type: string): string | null {
  return type.startsWith('{}') ? type.slice(2) : null;
}

/** The type of a list's elements; null: no list. */
export function elementOf(type: string): string | null {
  return type.startsWith('[]') ? type.slice(2) : null;
}
