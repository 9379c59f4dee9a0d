import {
  field,
  isTree,
  listField,
  nameOf,
  qualifiedBy,
  textField,
  withField,
  type Provider,
  type Tree,
} from '@itsup/traefik';

export type CopiedKind = 'middlewares' | 'services';

/** What has a copy in a file of ours, by kind and full name (`auth@docker`), and the name of that copy. */
export class CopiedNames {
  private readonly names = new Map<string, string>();

  add(kind: CopiedKind, full: string, copy: string): void {
    this.names.set(`${kind} ${full}`, copy);
  }

  /** The copy's name; undefined: there is none. */
  copyOf(kind: CopiedKind, full: string): string | undefined {
    return this.names.get(`${kind} ${full}`);
  }

  /**
   * A name as it has to read in the file: the copy's, or that of the same object with its provider.
   * @param own the provider of whoever names it
   */
  inFile(kind: CopiedKind, reference: string, own: Provider): string {
    const full = qualifiedBy(reference, own);
    return this.copyOf(kind, full) ?? full;
  }

  /** Whether a router or a middleware names something that has a copy. */
  isNamedBy(object: Tree, own: Provider): boolean {
    let found = false;
    withReferences(object, (kind, reference) => {
      found ||= this.copyOf(kind, qualifiedBy(reference, own)) !== undefined;
      return reference;
    });
    return found;
  }

  /** A router or a middleware of labels, or of another file, as it has to read in the file. */
  objectInFile(object: Tree, own: Provider): Tree {
    return optionsInFile(
      withReferences(object, (kind, reference) => this.inFile(kind, reference, own)),
      own,
    );
  }

  /**
   * An object of a file that keeps its name in ours, whatever is built how: names of docker services that have a copy,
   * wherever they stand, and of middlewares.
   */
  keptObject(object: Tree): Tree {
    return this.kept(object) as Tree;
  }

  private kept(value: unknown): unknown {
    if (typeof value === 'string')
      return (nameOf(value, 'docker') !== null && this.copyOf('services', value)) || value;
    if (Array.isArray(value)) return value.map((item) => this.kept(item));
    if (!isTree(value)) return value;
    const middleware = (name: string): string =>
      this.copyOf('middlewares', qualifiedBy(name, 'file')) ?? name;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        key,
        key.toLowerCase() === 'middlewares' && !isTree(item)
          ? listField(value, key).map(middleware)
          : this.kept(item),
      ]),
    );
  }
}

/** A router of labels, or of another file, with the TLS options that it names as they have to read in the file. */
export function optionsInFile(router: Tree, own: Provider): Tree {
  const tls = field(router, 'tls');
  const options = isTree(tls) ? textField(tls, 'options') : undefined;
  // The default options are of no provider.
  return isTree(tls) && options && options !== 'default'
    ? withField(router, 'tls', withField(tls, 'options', qualifiedBy(options, own)))
    : router;
}

/** A router or a middleware with other names in the places where it names something. */
function withReferences(object: Tree, reference: (kind: CopiedKind, name: string) => string): Tree {
  let copy = object;
  const middlewares = listField(copy, 'middlewares');
  if (middlewares.length > 0)
    copy = withField(
      copy,
      'middlewares',
      middlewares.map((name) => reference('middlewares', name)),
    );
  const service = textField(copy, 'service');
  if (service) copy = withField(copy, 'service', reference('services', service));
  for (const kind of ['chain', 'errors']) {
    const inner = field(copy, kind);
    if (isTree(inner)) copy = withField(copy, kind, withReferences(inner, reference));
  }
  return copy;
}
