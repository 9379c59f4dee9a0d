import type { ComposeHealthcheck, ComposeUpdateConfig } from '@itsup/docker';
import { goDuration } from '@itsup/traefik';

/** `start-first`: the new task runs before the old one goes. */
export type UpdateOrder = 'start-first' | 'stop-first';

/** How long a task that runs is watched. One that ends before it runs, or is healthy, counts whenever that is. */
const WATCHED_SECONDS = 10;
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
  if (healthcheck === undefined || !isChecked(healthcheck)) return 0;
  const interval = durationMs(healthcheck.interval) || INTERVAL_MS;
  const timeout = durationMs(healthcheck.timeout) || TIMEOUT_MS;
  const retries =
    healthcheck.retries === undefined || healthcheck.retries === 0 ? RETRIES : healthcheck.retries;
  return durationMs(healthcheck.start_period) + retries * (interval + timeout);
}

/** Whether a file's health check is one, and no way of switching the image's off. */
export function isChecked(healthcheck: ComposeHealthcheck | undefined): boolean {
  return healthcheck?.test !== undefined && healthcheck.disable !== true && healthcheck.test[0] !== 'NONE';
}

/** A duration of Go's (`1m30s`) in milliseconds; 0 where there is none. */
function durationMs(text = ''): number {
  return (goDuration(text, 'nanoseconds') ?? 0) / 1e6;
}
