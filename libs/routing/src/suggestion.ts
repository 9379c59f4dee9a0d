import { compareText } from './order';

/** A help line for a name that does not exist: the nearest one that does, else all of them. */
export function suggestion(wrong: string, known: readonly string[]): string {
  const [nearest] = known
    .map((name) => ({ name, distance: distance(wrong.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance || compareText(a.name, b.name));
  if (nearest === undefined) return 'there is none';
  if (nearest.distance <= Math.max(1, Math.floor(wrong.length / 3))) return `did you mean ${nearest.name}?`;
  const names = [...known].sort(compareText);
  return `known: ${names.slice(0, 12).join(', ')}${names.length > 12 ? ', …' : ''}`;
}

/** Levenshtein's distance, of names short enough for a table. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const substitution = (row[j - 1] ?? 0) + (a.charAt(i - 1) === b.charAt(j - 1) ? 0 : 1);
      next.push(Math.min(substitution, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
