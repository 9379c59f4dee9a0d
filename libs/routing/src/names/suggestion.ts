import { suggest } from '@itsup/config';
import { compareText } from './order';

/** A help line for a name that does not exist: the nearest one that does, else all of them. */
export function suggestion(wrong: string, known: readonly string[]): string {
  const names = [...known].sort(compareText);
  const nearest = suggest(wrong, names);
  if (nearest !== undefined) return `did you mean ${nearest}?`;
  if (names.length === 0) return 'there are none at all';
  return `known: ${names.slice(0, 12).join(', ')}${names.length > 12 ? ', …' : ''}`;
}
