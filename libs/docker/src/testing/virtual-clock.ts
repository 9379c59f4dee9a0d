/** Time that passes only while somebody sleeps. */
export class VirtualClock {
  private time = Date.parse('2026-01-01T00:00:00Z');

  now(): number {
    return this.time;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.time += ms;
    await new Promise((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
  }
}
