import type { Operation } from '../operation';

/** Each after those it waits for, else as given. */
export function inGraphOrder(operations: readonly Operation[]): Operation[] {
  const byId = new Map(operations.map((operation) => [operation.id, operation]));
  const seen = new Set<string>();
  const ordered: Operation[] = [];
  const visit = (operation: Operation): void => {
    if (seen.has(operation.id)) return;
    seen.add(operation.id);
    for (const id of operation.after) {
      const other = byId.get(id);
      if (other !== undefined) visit(other);
    }
    ordered.push(operation);
  };
  for (const operation of operations) visit(operation);
  return ordered;
}
