/** What became of the requests of one profile. */
export interface Tally {
  sent: number;
  ok: number;
  /** By reason: `404`, `ECONNRESET`, `timeout`, `wrong version`, … */
  failures: Record<string, number>;
  /** Each failure with its time, to be held against what was done then. */
  failedAt: string[];
  /** Answers by the version that gave them. */
  versions: Record<string, number>;
  /** Of the answered ones, in milliseconds from the moment the request was due (not from when it could be sent). */
  latency: { p50: number; p99: number; max: number };
}

/** Collects the outcomes of one profile. */
export class Counter {
  private sent = 0;
  private ok = 0;
  private readonly failures = new Map<string, number>();
  private readonly failedAt: string[] = [];
  private readonly versions = new Map<string, number>();
  private readonly latencies: number[] = [];

  begin(): void {
    this.sent += 1;
  }

  succeed(version: string, latencyMs: number): void {
    this.ok += 1;
    add(this.versions, version);
    this.latencies.push(latencyMs);
  }

  fail(reason: string): void {
    add(this.failures, reason);
    this.failedAt.push(`${new Date().toISOString()} ${reason}`);
  }

  tally(): Tally {
    const sorted = [...this.latencies].sort((a, b) => a - b);
    const quantile = (q: number): number =>
      Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0);
    return {
      sent: this.sent,
      ok: this.ok,
      failures: Object.fromEntries(this.failures),
      failedAt: [...this.failedAt],
      versions: Object.fromEntries(this.versions),
      latency: { p50: quantile(0.5), p99: quantile(0.99), max: quantile(1) },
    };
  }
}

function add(map: Map<string, number>, key: string): void {
  map.set(key, (map.get(key) ?? 0) + 1);
}

/** All failures of all profiles. */
export function failuresOf(tallies: Record<string, Tally>): number {
  return Object.values(tallies).reduce(
    (sum, tally) => sum + Object.values(tally.failures).reduce((inner, count) => inner + count, 0),
    0,
  );
}
