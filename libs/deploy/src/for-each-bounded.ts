/** Runs `act` for every item, `limit` at a time, in order of the list. Rejects with the first rejection. */
export async function forEachBounded<T>(
  items: readonly T[],
  limit: number,
  act: (item: T) => Promise<void>,
): Promise<void> {
  const iterator = items.values();
  const worker = async (): Promise<void> => {
    for (const item of iterator) {
      await act(item);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, limit) }, worker));
}
