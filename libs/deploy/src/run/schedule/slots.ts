import { availableParallelism } from 'node:os';

/** Stacks that are deployed at the same time, and operations of all of them that start, replace or build services. */
export const PARALLEL = Math.max(8, 4 * availableParallelism());

/** A bound on what is under way at the same time: whoever comes when it is reached waits for his turn. */
export class Slots {
  private free: number;
  private readonly waiting: (() => void)[] = [];

  /** @param count how many may be under way; at least 1 */
  constructor(count: number) {
    this.free = Math.max(1, count);
  }

  /** Waits for a slot. @returns gives the slot back; a second call does nothing */
  async take(): Promise<() => void> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      const next = this.waiting.shift();
      if (next === undefined) this.free += 1;
      else next();
    };
  }
}
