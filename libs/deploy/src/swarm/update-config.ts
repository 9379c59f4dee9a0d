import type { ComposeHealthcheck, ComposeUpdateConfig } from '@itsup/docker';

/** `start-first`: the new task runs before the old one goes. */
export type UpdateOrder = 'start-first' | 'stop-first';

/** How long a task that runs is watched. One that ends before it runs, or is healthy, counts whenever that is. */
const WATCHED_SECONDS = 10;
const SECOND = 1000;
const MINUTE_MS = 60_000;

/** Docker's defaults of a health check. */
const INTERVAL_MS = 30_000;
const TIMEOUT_MS = 30_000;
const RETRIES = 3;

/** How the engine replaces tasks: one at a time, back to the old ones when one fails. What the file says wins. */
export function updateConfig(order: UpdateOrder, written: ComposeUpdateConfig = {}): ComposeUpdateConfig {
  return {
    parallelism: 1,
    order,
    failure_action: 'rollback',
    monitor: `${WATCHED_SECONDS}s`,
    ...written,
  };
}

/** The way back: what served before needs no watching, and going back from it would end nowhere. */
export function rollbackConfig(order: UpdateOrder, written: ComposeUpdateConfig = {}): ComposeUpdateConfig {
  return { parallelism: 1, order, failure_action: 'pause', ...written };
}

/** How long nothing may change about a service that is waited for, in milliseconds. */
export function budgetMs(healthcheck: ComposeHealthcheck | undefined): number {
  return Math.max(MINUTE_MS, verdictMs(healthcheck) + MINUTE_MS / 2);
}

/** The longest that a health check takes to say that a task is unhealthy. */
function verdictMs(healthcheck: ComposeHealthcheck | undefined): number {
  if (healthcheck?.test === undefined || healthcheck.disable === true || healthcheck.test[0] === 'NONE') {
    return 0;
  }
  const interval = durationMs(healthcheck.interval) || INTERVAL_MS;
  const timeout = durationMs(healthcheck.timeout) || TIMEOUT_MS;
  const retries =
    healthcheck.retries === undefined || healthcheck.retries === 0 ? RETRIES : healthcheck.retries;
  return durationMs(healthcheck.start_period) + retries * (interval + timeout);
}

const UNIT_MS: Readonly<Record<string, number>> = {
  ...{ ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: SECOND, m: 60 * SECOND, h: 3600 * SECOND },
};

/** A duration of Go's (`1m30s`) in milliseconds; 0 where there is none. */
function durationMs(text: string | undefined): number {
  const parts = [...(text ?? '').matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)];
  return parts.reduce((sum, [, count, unit = '']) => sum + Number(count) * (UNIT_MS[unit] ?? 0), 0);
}
