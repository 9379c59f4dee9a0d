import { field, listField, subtree, type Tree } from '@itsup/traefik';

/**
 * Middlewares in the order they apply, without those that take a long wait for a fault (`circuitBreaker`); a chain that
 * holds one is replaced by its other members.
 *
 * @param definitionOf of a name as it is written; undefined: out of sight, and left as it is
 */
export function withoutBreakers(names: string[], definitionOf: (name: string) => Tree | undefined): string[] {
  return names.flatMap((name) => {
    const definition = definitionOf(name);
    if (definition === undefined || !breaks(definition, definitionOf)) return [name];
    return withoutBreakers(listField(subtree(definition, 'chain'), 'middlewares'), definitionOf);
  });
}

function breaks(definition: Tree, definitionOf: (name: string) => Tree | undefined, depth = 0): boolean {
  if (field(definition, 'circuitBreaker') !== undefined) return true;
  // Traefik refuses a circle; here it must only end.
  if (depth > 10) return false;
  return listField(subtree(definition, 'chain'), 'middlewares').some((name) => {
    const member = definitionOf(name);
    return member !== undefined && breaks(member, definitionOf, depth + 1);
  });
}
