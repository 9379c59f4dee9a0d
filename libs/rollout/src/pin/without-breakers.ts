import {
  field,
  listField,
  qualifiedBy,
  withField,
  withoutField,
  type Provider,
  type Tree,
} from '@itsup/traefik';

import { chainedBy, type Definitions } from '../provider/middlewares';

/** Traefik refuses a circle of chains; here it must only end. */
const DEEPEST = 10;

/**
 * A router, or a service, without those middlewares that take a long wait for a fault (`circuitBreaker`); a chain that
 * holds one is replaced by its other members.
 *
 * @param own the provider of whoever names them
 */
export function withoutBreakers(object: Tree, own: Provider, definitionOf: Definitions): Tree {
  const written = listField(object, 'middlewares');
  const kept = patient(written, own, definitionOf);
  if (kept.length === 0) return withoutField(object, 'middlewares');
  return kept.join() === written.join() ? object : withField(object, 'middlewares', kept);
}

/** The same of names in the order they apply. Those that stay are as they were written, or full. */
export function patient(names: readonly string[], own: Provider, definitionOf: Definitions): string[] {
  return names.flatMap((name) => {
    const full = qualifiedBy(name, own);
    const definition = definitionOf(full);
    if (definition === undefined || !breaks(full, definition, definitionOf)) return [name];
    return patient(chainedBy(full, definition), own, definitionOf);
  });
}

function breaks(full: string, definition: Tree, definitionOf: Definitions, depth = 0): boolean {
  if (field(definition, 'circuitBreaker') !== undefined) return true;
  if (depth > DEEPEST) return false;
  return chainedBy(full, definition).some((name) => {
    const member = definitionOf(name);
    return member !== undefined && breaks(name, member, definitionOf, depth + 1);
  });
}
