import type { Operation } from '../plan/operation';

export interface RunOptions {
  /** One operation after the other, whatever they wait for. */
  isInTurn: boolean;
  /** Nothing more begins. */
  isInterrupted(): boolean;
  /** @param isOver after a failure, or an interrupt: nothing more is to begin */
  run(operation: Operation, isOver: () => boolean): Promise<void>;
  /** After this failure what is left is done all the same, but for what has the operation in its `needs`. */
  isTolerated?(error: unknown, operation: Operation): boolean;
  /** Told of every failure beside the one that is thrown. */
  onFurtherFailure?(error: unknown): void;
}

/**
 * Carries operations out, each after those it waits for, side by side where nothing keeps them apart. It decides
 * nothing. After a failure nothing more begins; what is under way comes to its own end first. Who waits for one that is
 * `optional`, or of which a failure is tolerated, goes on without it, and the failure is told in the end.
 * @throws the first failure
 */
export async function runOperations(operations: readonly Operation[], options: RunOptions): Promise<void> {
  const waiting = [...operations];
  const known = new Set(operations.map(({ id }) => id));
  const done = new Set<string>();
  const failed = new Set<string>();
  const running = new Map<string, Promise<void>>();
  const failures: { error: unknown; isOptional: boolean }[] = [];
  const isOver = (): boolean => options.isInterrupted() || failures.some(({ isOptional }) => !isOptional);
  const isReady = (operation: Operation): boolean =>
    operation.after.every((id) => done.has(id) || !known.has(id)) &&
    (!options.isInTurn || running.size === 0);
  const start = (operation: Operation): void => {
    const isLeft = operation.needs?.some((id) => failed.has(id)) ?? false;
    const run = (isLeft ? Promise.resolve() : options.run(operation, isOver))
      .catch((error: unknown) => {
        failed.add(operation.id);
        const isOptional = operation.optional === true || options.isTolerated?.(error, operation) === true;
        failures.push({ error, isOptional });
      })
      .then(() => {
        done.add(operation.id);
        running.delete(operation.id);
      });
    running.set(operation.id, run);
  };
  for (;;) {
    for (let index = 0; !isOver() && index < waiting.length; index += 1) {
      const operation = waiting[index];
      if (operation === undefined || !isReady(operation)) continue;
      waiting.splice(index, 1);
      index -= 1;
      start(operation);
    }
    if (running.size === 0) break;
    await Promise.race(running.values());
  }
  const [first, ...others] = failures.sort((a, b) => Number(a.isOptional) - Number(b.isOptional));
  for (const { error } of others) options.onFurtherFailure?.(error);
  if (first !== undefined) throw first.error;
  if (waiting.length > 0 && !options.isInterrupted())
    throw new TypeError(`never begun: ${waiting.map(({ id }) => id).join(', ')}`);
}
