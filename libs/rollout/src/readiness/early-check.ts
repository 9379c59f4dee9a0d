import type { Clock, ContainerFacts, RolloutDocker } from '../types';

/**
 * From a container's start to the first try of its health check, and from each failure to the next try: at 0.2, 0.4 and
 * 0.8 s.
 */
const PAUSES_MS = [200, 200, 400] as const;
/** Then, and from a success to its confirmation: one success alone may be a moment's. */
const THEN_EVERY_MS = 1000;
/** The engine may wait longer for one; we leave it to the engine then. */
const LONGEST_MS = 5_000;
/** Exit codes of a command that cannot be run at all. */
const CANNOT_RUN = [126, 127];

interface Tries {
  startedAt: number;
  /** When it is tried next; Infinity: we leave it to the engine, or it is ready. */
  dueAt: number;
  failures: number;
  /** Of the first of successes in a row; null: the last one failed. */
  succeededAt: number | null;
  ready: boolean;
}

/**
 * Tries the containers' own health checks as the engine does, only earlier: the engine looks for the first time one
 * interval after the start, and an application may be ready long before. What succeeds counts, and nothing else: that
 * one is unhealthy the engine says.
 */
export class EarlyCheck {
  private readonly tries = new Map<string, Tries>();

  constructor(private readonly context: { docker: Pick<RolloutDocker, 'exec'>; clock: Pick<Clock, 'now'> }) {}

  /** Whether its check succeeded twice since it was started. */
  isReady({ id, startedAt }: Pick<ContainerFacts, 'id' | 'startedAt'>): boolean {
    const known = this.tries.get(id);
    return known?.startedAt === startedAt && known.ready;
  }

  /** Milliseconds until one of them is tried again; Infinity: none is. */
  due(): number {
    const now = this.context.clock.now();
    return Math.min(...[...this.tries.values()].map(({ dueAt }) => Math.max(0, dueAt - now)));
  }

  /**
   * Tries the check if it is time to, and waits for its end: one at a time, for an ended `docker exec` leaves its
   * command running in the container. Hence no more tries after one that took too long.
   */
  async look(container: ContainerFacts): Promise<void> {
    const command = checkCommand(container);
    if (command === null || container.health?.status !== 'starting') return;
    const one = this.triesOf(container);
    const began = this.context.clock.now();
    if (began < one.dueAt) return;
    const timeoutMs = Math.min(container.health.timeout, LONGEST_MS);
    const exitCode = await this.context.docker
      .exec(container.id, command, { timeoutMs })
      .then((result) => result.exitCode)
      .catch(() => null);
    const now = this.context.clock.now();
    one.dueAt = now + THEN_EVERY_MS;
    if (exitCode === null || now - began >= timeoutMs || CANNOT_RUN.includes(exitCode)) {
      // A client that was ended has said nothing, whatever its exit code is.
      one.dueAt = Infinity;
    } else if (exitCode !== 0) {
      one.succeededAt = null;
      one.failures += 1;
      one.dueAt = began + (PAUSES_MS[one.failures] ?? THEN_EVERY_MS);
    } else if (one.succeededAt === null) {
      one.succeededAt = now;
    } else {
      one.ready = true;
      one.dueAt = Infinity;
    }
  }

  private triesOf({ id, startedAt }: ContainerFacts): Tries {
    const known = this.tries.get(id);
    if (known?.startedAt === startedAt) return known;
    const dueAt = this.context.clock.now() + PAUSES_MS[0];
    const fresh = { startedAt, dueAt, failures: 0, succeededAt: null, ready: false };
    this.tries.set(id, fresh);
    return fresh;
  }
}

/** The command of a container's health check as `docker exec` takes it; null: it has none. */
export function checkCommand({ health }: Pick<ContainerFacts, 'health'>): string[] | null {
  const [form, ...words] = health?.test ?? [];
  if (words.length === 0) return null;
  if (form === 'CMD') return words;
  if (form === 'CMD-SHELL') return [...(health?.shell ?? ['/bin/sh', '-c']), words.join(' ')];
  return null;
}
