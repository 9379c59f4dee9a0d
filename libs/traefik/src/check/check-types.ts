import type { ConfigurationNode, Finding, Span, Visit } from '../dynamic/tree';
import {
  elementOf,
  fieldsOf,
  isRead,
  isStruct,
  valuesOf,
  type Dialect,
  type NamedField,
  type TypeTable,
} from '../types/type-table';
import { isScalarOf, scalarHint, scalarName, scalarNames } from './scalars';

/** The name among these that a mistyped one was probably meant to be. */
export type Suggest = (word: string, candidates: Iterable<string>) => string | undefined;

/**
 * Checks a tree against Traefik's types, as its decoder does in its two passes (github.com/traefik/paerser: metadata,
 * then fill): fields it does not know, structs without a child, texts that are no number. Unknown keys at a file's root
 * are left out by the decoder and are warnings.
 */
export function checkTypes(
  root: ConfigurationNode,
  rootType: string,
  table: TypeTable,
  dialect: Dialect,
  { suggest, visit }: { suggest: Suggest; visit: Visit },
): Finding[] {
  return new TypeCheck(table, dialect, suggest, visit).root(root, rootType);
}

class TypeCheck {
  private readonly findings: Finding[] = [];

  constructor(
    private readonly table: TypeTable,
    private readonly dialect: Dialect,
    private readonly suggest: Suggest,
    private readonly visit: Visit,
  ) {}

  root(root: ConfigurationNode, type: string): Finding[] {
    const known = fieldsOf(this.table, type, this.dialect);
    for (const child of root.children) {
      if (this.dialect === 'file' && !known.some(({ name }) => isSame(name, child.name))) {
        this.unknownRoot(child, known);
      } else this.member(type, child, [], false);
    }
    return this.findings;
  }

  /** One field of a struct. */
  private member(struct: string, node: ConfigurationNode, above: string[], ignored: boolean): void {
    const path = [...above, node.name];
    const fields = fieldsOf(this.table, struct, this.dialect);
    const field = fields.find(({ name }) => isSame(name, node.name));
    if (field === undefined) {
      this.unknown(node, path, fields);
      return;
    }
    const { type } = field;
    const tag = this.dialect === 'file' ? field.file : field.label;
    const isUnread = !isRead(field, this.dialect);
    if (isUnread && !ignored) this.unread(node, path);
    const off =
      ignored ||
      isUnread ||
      (tag === 'allowEmpty' && !node.open && textOf(node) !== '' && !/^true$/i.test(textOf(node)));
    if (isStruct(type) || valuesOf(type) !== null || type === 'raw') {
      if (node.children.length === 0 && tag !== 'allowEmpty' && !isUnread) {
        this.alone(node, path, field);
        return;
      }
    }
    if (!off) this.visit(struct, field, node, path);
    this.content(field, node, path, off);
  }

  private content(field: NamedField, node: ConfigurationNode, path: string[], ignored: boolean): void {
    const { type } = field;
    const values = valuesOf(type);
    const element = elementOf(type);
    if (type === 'raw') return;
    if (isStruct(type)) {
      for (const child of node.children) this.member(type, child, path, ignored);
    } else if (values !== null) {
      for (const child of node.children) this.value(values, child, [...path, child.name], ignored);
    } else if (element !== null) {
      this.list(field, element, node, path, ignored);
    } else if (node.children.length > 0) {
      this.error(
        'invalid-value',
        `\`${shown(path)}\` takes ${scalarName(type)}, not fields of its own`,
        path,
        node.span,
      );
    } else if (!ignored) this.scalar(type, node, path);
  }

  /** One value of a mapping with names of the operator's own. */
  private value(type: string, node: ConfigurationNode, path: string[], ignored: boolean): void {
    if (isStruct(type)) {
      if (node.children.length === 0 && node.value + (node.items ?? []).join('') !== '') {
        this.warn(
          `\`${shown(path)}\` has fields of its own, so Traefik reads nothing of this value`,
          path,
          node.span,
        );
      }
      for (const child of node.children) this.member(type, child, path, ignored);
    } else if (type.startsWith('[]')) {
      this.list({ name: node.name, type }, type.slice(2), node, path, ignored);
    } else if (type === 'string' || type === 'raw') return;
    else if (!ignored) this.scalar(type, node, path);
  }

  private list(
    field: NamedField,
    element: string,
    node: ConfigurationNode,
    path: string[],
    ignored: boolean,
  ): void {
    if (isStruct(element)) {
      if (this.dialect === 'label' && field.as) {
        for (const child of node.children) this.member(element, child, path, ignored);
        if (node.children.length === 0 && !ignored) this.alone(node, path, field);
        return;
      }
      const loose =
        node.items !== null || node.value !== '' || node.children.some(({ name }) => !isIndex(name));
      if (loose && !ignored) {
        this.warn(
          `\`${shown(path)}\` is a list of mappings, so Traefik reads nothing of this`,
          path,
          node.span,
          this.dialect === 'file' ? 'write `- ` and a field on each line' : `write ${field.name}[0].field`,
        );
      }
      for (const child of node.children)
        for (const member of child.children)
          this.member(element, member, [...path, index(child.name)], ignored);
      return;
    }
    for (const child of node.children) {
      if (child.children.length > 0)
        for (const member of child.children) this.unknown(member, [...path, child.name, member.name], []);
    }
    if (ignored || node.open) return;
    if (node.children.length > 0) {
      this.warn(
        `\`${shown(path)}\` is a list of ${scalarNames(element)}, so Traefik reads nothing of this`,
        path,
        node.span,
      );
      return;
    }
    const items: NonNullable<ConfigurationNode['items']> =
      node.items ??
      (node.value === '' ? [] : node.value.split(',').map((value) => ({ value, span: node.span })));
    for (const [at, { value, span, open }] of items.entries()) {
      if (!open && !isScalarOf(element, value.trim())) {
        this.error(
          'invalid-value',
          `\`${shown([...path, String(at)])}\` must be ${scalarName(element)}, found ${quoted(value)}`,
          path,
          span,
        );
      }
    }
  }

  private scalar(type: string, node: ConfigurationNode, path: string[]): void {
    if (node.open) return;
    const found = node.items === null ? quoted(node.value) : 'a list';
    if (type === 'string') {
      if (node.items === null) return;
      this.warn(`\`${shown(path)}\` is a text, and Traefik reads this list as one odd text`, path, node.span);
      return;
    }
    if (node.items === null && isScalarOf(type, node.value)) return;
    this.error(
      'invalid-value',
      `\`${shown(path)}\` must be ${scalarName(type)}, found ${found}`,
      path,
      node.span,
      scalarHint(type, node.value),
    );
  }

  private unknownRoot(node: ConfigurationNode, known: NamedField[]): void {
    if (node.name.startsWith('x-')) return;
    const meant = this.suggest(
      node.name,
      known.map(({ name }) => name),
    );
    this.warn(
      `Traefik knows no \`${node.name}\` here and leaves it out${meant === undefined ? '' : ` — did you mean \`${meant}\`?`}`,
      [node.name],
      node.key,
      meant === undefined ? `it knows ${known.map(({ name }) => name).join(', ')}` : undefined,
    );
  }

  private unknown(node: ConfigurationNode, path: string[], fields: NamedField[]): void {
    const names = fields.map(({ name }) => name).sort();
    const meant = this.suggest(node.name, names);
    this.error(
      'unknown-field',
      `unknown field \`${shown(path)}\`${meant === undefined ? '' : ` — did you mean \`${meant}\`?`}`,
      path,
      node.key,
      meant !== undefined || names.length === 0 ? undefined : `known here: ${names.slice(0, 40).join(', ')}`,
    );
  }

  private alone(node: ConfigurationNode, path: string[], field: NamedField): void {
    const message =
      node.value === '' && node.items === null
        ? `\`${shown(path)}\` says nothing: Traefik wants at least one field below it`
        : `\`${shown(path)}\` takes fields below it, found ${node.items === null ? quoted(node.value) : 'a list'}`;
    const element = isStruct(field.type) ? field.type : (elementOf(field.type) ?? '');
    const names = fieldsOf(this.table, element, this.dialect).map(({ name }) => name);
    this.error(
      'invalid-value',
      message,
      path,
      node.span,
      names.length === 0 ? undefined : `fields: ${names.sort().slice(0, 40).join(', ')}`,
    );
  }

  /** A field that Traefik has for others than whoever writes it here. */
  private unread(node: ConfigurationNode, path: string[]): void {
    const isLabel = this.dialect === 'label';
    this.warn(
      `Traefik reads no \`${shown(path)}\` from ${isLabel ? 'labels' : 'files'}`,
      path,
      node.key,
      isLabel
        ? 'remove it; what Traefik reads from files belongs into projects/middlewares.yml'
        : 'remove it',
    );
  }

  private error(code: string, message: string, path: string[], span: Span, help?: string): void {
    this.findings.push({
      severity: 'error',
      code,
      message,
      path,
      span,
      ...(help === undefined ? {} : { help }),
    });
  }

  private warn(message: string, path: string[], span: Span, help?: string): void {
    this.findings.push({
      severity: 'warning',
      code: 'not-read-by-traefik',
      message,
      path,
      span,
      ...(help === undefined ? {} : { help }),
    });
  }
}

function textOf(node: ConfigurationNode): string {
  return node.items === null ? node.value : 'a list';
}

function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function isIndex(name: string): boolean {
  return /^\[.*\]$/.test(name);
}

function index(name: string): string {
  return name.replace(/^\[(.*)\]$/, '$1');
}

/** A field's path in the words of the documentation: `http.routers.blog.tls`. */
function shown(path: string[]): string {
  return path.join('.');
}

function quoted(value: string): string {
  const short = value.length > 60 ? `${value.slice(0, 60)}…` : value;
  return value === '' ? 'an empty text' : `\`${short}\``;
}
