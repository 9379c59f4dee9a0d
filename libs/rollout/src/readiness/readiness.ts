import type { ContainerFacts, RolloutLimits } from '../types';
import { exitOf, lastProbe } from './health-log';

/**
 * State of a freshly started container, in the engine's words: the one verdict, for what is rolled and for what is only
 * started.
 */
export type Readiness =
  | { state: 'ready' }
  /** Runs, but has no health check: its ports and a time of stability have to tell. */
  | { state: 'unchecked' }
  /** Ended with 0, as its restart policy allows. */
  | { state: 'finished' }
  | { state: 'waiting'; why: string }
  /** It will not become ready. */
  | { state: 'failed'; why: string };

/** Restarts of a container that waits for another one, as many files have it; one more is a loop. */
const TOLERATED_RESTARTS = 3;

/** On top of what a health check may take to say `unhealthy`, for a busy host. */
const SLACK_MS = 15_000;

/**
 * Pure, so that every way to fail has a test.
 * @param mayFinish an end with exit code 0 is no failure (a migration, a seed)
 */
export function readinessOf(container: ContainerFacts, mayFinish = false): Readiness {
  const { name, status } = container;
  if (container.error !== '' && status !== 'running')
    return { state: 'failed', why: `${name} cannot be started: ${container.error}` };
  if (container.restartCount > TOLERATED_RESTARTS) {
    return {
      state: 'failed',
      why: `${name} keeps restarting (${container.restartCount} times, ${exitOf(container)})`,
    };
  }
  switch (status) {
    case 'created':
      return { state: 'waiting', why: `${name} is being started` };
    case 'restarting':
      return { state: 'waiting', why: `${name} ended (${exitOf(container)}) and is started again` };
    case 'exited':
    case 'dead':
      return container.exitCode === 0 && mayFinish && container.startedAt !== 0
        ? { state: 'finished' }
        : { state: 'failed', why: `${name} ended: ${exitOf(container)}` };
    case 'removing':
      return { state: 'failed', why: `${name} is being removed by someone else` };
    case 'paused':
      return { state: 'failed', why: `${name} is paused` };
    case 'running':
      break;
  }
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

/** It runs, and the engine has not said yet what it thinks of its health. */
export function isStarting({ status, health }: Pick<ContainerFacts, 'status' | 'health'>): boolean {
  return status === 'running' && health?.status === 'starting';
}

/**
 * How long a start may take at most; it is the number that is shown. Docker calls a container unhealthy after `retries`
 * failures in a row that began after the start period, and the first check runs one interval after the start.
 *
 * @returns milliseconds
 */
export function startBudget(
  containers: Pick<ContainerFacts, 'health'>[],
  limits: Pick<RolloutLimits, 'startAllowance'>,
): number {
  const budgets = containers.map(({ health }) =>
    health === null
      ? limits.startAllowance
      : health.startPeriod + (health.retries + 1) * (health.interval + health.timeout) + SLACK_MS,
  );
  return Math.max(limits.startAllowance, ...budgets);
}

/**
 * How long a container without a health check has to run, its ports answering; one that restarted before has to prove
 * more.
 */
export function stabilityOf(
  { restartCount }: Pick<ContainerFacts, 'restartCount'>,
  { stability }: Pick<RolloutLimits, 'stability'>,
): number {
  return stability * (1 + restartCount);
}
