import { listField, nameOf, qualifiedBy, subtree, type Tree } from '@itsup/traefik';

/** Says what a middleware is, by its full name (`auth@docker`); undefined: it is out of sight. */
export type Definitions = (full: string) => Tree | undefined;

/**
 * Looks middlewares up where they are defined.
 * @param labels of containers, by name
 * @param files of the files, by name
 */
export function definitionsIn(
  labels: Readonly<Record<string, Tree>>,
  files: Readonly<Record<string, Tree>> = {},
): Definitions {
  return (full) => {
    const [ofLabels, ofFile] = [nameOf(full, 'docker'), nameOf(full, 'file')];
    if (ofLabels !== null) return labels[ofLabels];
    return ofFile === null ? undefined : files[ofFile];
  };
}

/**
 * A middleware and all that it is a chain of, each once, by full name. Traefik refuses a circle of chains; here it only
 * ends. What is out of sight is left out.
 */
export function madeOf(
  full: string,
  definitionOf: Definitions,
  found = new Map<string, Tree>(),
): ReadonlyMap<string, Tree> {
  const definition = definitionOf(full);
  if (definition === undefined || found.has(full)) return found;
  found.set(full, definition);
  for (const member of chainedBy(full, definition)) madeOf(member, definitionOf, found);
  return found;
}

/** The full names of a chain's members, which are of the chain's own provider where they say none; empty: no chain. */
export function chainedBy(full: string, definition: Tree): string[] {
  const own = nameOf(full, 'file') === null ? 'docker' : 'file';
  return listField(subtree(definition, 'chain'), 'middlewares').map((name) => qualifiedBy(name, own));
}
