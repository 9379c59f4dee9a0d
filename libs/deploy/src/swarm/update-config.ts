import type { ComposeHealthcheck, ComposeUpdateConfig } from '@itsup/docker';

/** `start-first`: the new task runs before the old one goes. */
export type UpdateOrder = 'start-first' | 'stop-first';

/** How long a task has to stay up that has no health check. */
const STABLE_MS = 10_000;
const SECOND = 1000;

/** Docker's defaults of a health check. */
const INTERVAL_MS = 30_000;
const TIMEOUT_MS = 30_000;
const RETRIES = 3;

/**
 * How the engine replaces tasks: one at a time, back to the old ones when one fails. `monitor` is the time in which a
 * failure counts: that in which the health check comes to a verdict. What the file says wins.
 */
export function updateConfig(
  order: UpdateOrder,
  healthcheck: ComposeHealthcheck | undefined,
  written: ComposeUpdateConfig = {},
): ComposeUpdateConfig {
  return {
    parallelism: 1,
    order,
    failure_action: 'rollback',
    monitor: `${Math.ceil(verdictMs(healthcheck) / SECOND)}s`,
    ...written,
  };
}

/** The way back: what served before needs no watching, and going back from it would end nowhere. */
export function rollbackConfig(order: UpdateOrder, written: ComposeUpdateConfig = {}): ComposeUpdateConfig {
  return { parallelism: 1, order, failure_action: 'pause', ...written };
}

/** The longest that a health check takes to say that a task is unhealthy. */
function verdictMs(healthcheck: ComposeHealthcheck | undefined): number {
  if (healthcheck?.test === undefined || healthcheck.disable === true || healthcheck.test[0] === 'NONE') {
    return STABLE_MS;
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
