import {
  field,
  listField,
  qualifiedBy,
  withField,
  withoutField,
  type Provider,
  type Tree,
} from '@itsup/traefik';

import { chainedBy, madeOf, type Definitions } from '../provider/middlewares';

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

/**
 * The same of names in the order they apply. Those that stay are as they were written, or full. A circle of chains,
 * which Traefik refuses, stays one.
 */
export function patient(
  names: readonly string[],
  own: Provider,
  definitionOf: Definitions,
  within: readonly string[] = [],
): string[] {
  return names.flatMap((name) => {
    const full = qualifiedBy(name, own);
    const definition = definitionOf(full);
    if (definition === undefined || within.includes(full) || !breaks(full, definitionOf)) return [name];
    return patient(chainedBy(full, definition), own, definitionOf, [...within, full]);
  });
}

function breaks(full: string, definitionOf: Definitions): boolean {
  return [...madeOf(full, definitionOf).values()].some((one) => field(one, 'circuitBreaker') !== undefined);
}
