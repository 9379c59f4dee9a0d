import type { ContainerDetails, HealthcheckSettings } from '@itsup/docker';

/** What a container that was just started has come to. */
export type Verdict =
  | { state: 'ready' }
  /** Ended with 0, as its restart policy allows. */
  | { state: 'finished' }
  /** `dueMs`: when it comes true by itself, if nothing happens; absent: that is up to the container. */
  | { state: 'waiting'; what: string; dueMs?: number }
  | { state: 'failed'; reason: string };

export interface JudgeOptions {
  now: number;
  mayFinish: boolean;
  /** How long a container without a health check has to run before it counts as ready. */
  stabilityMs: number;
}

/** Restarts of a container that waits for another one, as many files have it; more are a loop. */
const TOLERATED_RESTARTS = 3;

/** Pure, so that every way to fail has a test. */
export function judge(container: ContainerDetails, options: JudgeOptions): Verdict {
  const { now, mayFinish, stabilityMs } = options;
  if (container.error !== '' && !container.running) return failed(`could not be started: ${container.error}`);
  if (container.restartCount > TOLERATED_RESTARTS) {
    return failed(
      `keeps restarting (exit ${container.exitCode}${container.oomKilled ? ', out of memory' : ''})`,
    );
  }
  switch (container.state) {
    case 'exited':
    case 'dead':
      if (container.exitCode === 0 && mayFinish && container.startedAt !== null) return { state: 'finished' };
      return failed(`exited with ${container.exitCode}${container.oomKilled ? ' (out of memory)' : ''}`);
    case 'created':
      return { state: 'waiting', what: 'to be started' };
    case 'restarting':
      return { state: 'waiting', what: `to stay up (it ended with ${container.exitCode} before)` };
    case 'removing':
      return failed('is being removed by someone else');
    case 'paused':
      return failed('is paused');
    case 'running':
      break;
  }
  if (container.health !== null) {
    if (container.health.status === 'healthy') return { state: 'ready' };
    if (container.health.status === 'unhealthy') return failed('is unhealthy');
    return { state: 'waiting', what: 'to become healthy' };
  }
  const running = now - (container.startedAt === null ? now : Date.parse(container.startedAt));
  // One that restarted before has to prove more.
  const dueMs = stabilityMs * (1 + 2 * container.restartCount) - running;
  return dueMs <= 0 ? { state: 'ready' } : { state: 'waiting', what: 'to stay up', dueMs };
}

/**
 * Milliseconds that a health check may take to say `unhealthy`: its start period, then as many failures in a row as
 * it takes, each an interval and a timeout long. Some slack on top for a busy host.
 */
export function healthBudgetMs(healthcheck: HealthcheckSettings | null): number {
  if (healthcheck === null) return SLACK_MS;
  const { startPeriodMs, retries, intervalMs, timeoutMs } = healthcheck;
  return startPeriodMs + (retries + 1) * (intervalMs + timeoutMs) + SLACK_MS;
}

const SLACK_MS = 15_000;

function failed(reason: string): Verdict {
  return { state: 'failed', reason };
}
