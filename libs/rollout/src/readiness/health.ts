import { seconds } from '../procedure/waiting';
import type { ContainerFacts, HealthFacts, RolloutLimits } from '../types';

export type Verdict =
  | { state: 'ready' }
  /** Runs, but has no health check: a probe and a time of stability have to tell. */
  | { state: 'unchecked' }
  | { state: 'waiting'; why: string }
  /** It will not become ready. */
  | { state: 'failed'; why: string };

/** A container that was restarted this often will not come up by itself. */
const restartLoop = 3;

/** What the engine's facts say about a container that was just started. */
export function judge(container: ContainerFacts): Verdict {
  const { name, status } = container;
  if (status === 'created') {
    if (container.error) return { state: 'failed', why: `${name} cannot be started: ${container.error}` };
    return { state: 'waiting', why: `${name} is being started` };
  }
  if (container.restartCount >= restartLoop) {
    return {
      state: 'failed',
      why: `${name} keeps restarting (${container.restartCount} times, ${exitOf(container)})`,
    };
  }
  if (status === 'restarting')
    return { state: 'waiting', why: `${name} ended (${exitOf(container)}) and is started again` };
  if (status !== 'running') return { state: 'failed', why: `${name} ended: ${exitOf(container)}` };
  switch (container.health?.status) {
    case undefined:
      return { state: 'unchecked' };
    case 'healthy':
      return { state: 'ready' };
    case 'unhealthy':
      return { state: 'failed', why: `${name} is unhealthy${lastProbe(container.health)}` };
    case 'starting':
      return { state: 'waiting', why: `${name} is not healthy yet${lastProbe(container.health)}` };
  }
}

/**
 * How long a healthy start may take at most: Docker calls a container unhealthy after `retries` failures in a row that began after the
 * start period, and the first check runs one interval after the start.
 *
 * @returns milliseconds
 */
export function startBudget(
  containers: ContainerFacts[],
  limits: Pick<RolloutLimits, 'startAllowance'>,
): number {
  const budgets = containers.map(({ health }) =>
    health === null
      ? limits.startAllowance
      : health.startPeriod + (health.retries + 1) * (health.interval + health.timeout) + 5_000,
  );
  return Math.max(limits.startAllowance, ...budgets);
}

/** The health log of a container, newest last, for the message of a failure. */
export function healthLog(container: ContainerFacts): string[] {
  if (!container.health || container.health.log.length === 0) return [];
  const { interval, timeout, retries, test } = container.health;
  const command = test.slice(test[0] === 'CMD' || test[0] === 'CMD-SHELL' ? 1 : 0).join(' ');
  return [
    `health check of ${container.name}: ${command} (every ${seconds(interval)}, ${retries} times, ${seconds(timeout)} each)`,
    ...container.health.log.map(
      ({ exitCode, output }) => `  exit ${exitCode}: ${oneLine(output) || '(no output)'}`,
    ),
  ];
}

function exitOf(container: ContainerFacts): string {
  if (container.oomKilled) return 'killed, out of memory';
  const code = `exit code ${container.exitCode}`;
  return container.error ? `${code}, ${container.error}` : code;
}

function lastProbe(health: HealthFacts): string {
  const last = health.log.at(-1);
  if (!last || last.exitCode === 0) return '';
  return `: ${oneLine(last.output) || `the check ends with exit code ${last.exitCode}`}`;
}

function oneLine(text: string): string {
  const line =
    text
      .trim()
      .split(/\s*\n\s*/)
      .at(-1) ?? '';
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}
