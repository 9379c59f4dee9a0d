import { isDeepStrictEqual } from 'node:util';

import { mappingOf } from '@itsup/config';
import type { SwarmService, SwarmTask } from '@itsup/docker';

/** Whether a service has come to what its definition says. */
export type ServiceVerdict =
  | { is: 'well' }
  /** `why` in words, for whoever waits. */
  | { is: 'waiting'; why: string }
  /** It will not come to it by itself: the reason, and the tasks that tell more. */
  | { is: 'failed'; reason: string; tasks: SwarmTask[] };

export interface JudgeOptions {
  /** When the update before this deploy began; null: there was none. That one's end says nothing of this deploy. */
  earlierUpdate: string | null;
  /** Milliseconds since the epoch. */
  now: number;
}

/** How often a task of a service that is started again may end before that is a failure. */
const RESTARTS = 3;
/** The scheduler tries again by itself, and says the same for ever: a moment is enough to see whether it does. */
const HOPELESS_MS = 10_000;
const HOPELESS = /no suitable node|already in use|insufficient resources/i;
const FAILED = ['failed', 'rejected'];

/**
 * Judges a service by its tasks, and by what the engine says of its update. Pure. A task with a health check is
 * `running` only when that has passed.
 */
export function judgeService(
  service: SwarmService,
  tasks: readonly SwarmTask[],
  { earlierUpdate, now }: JudgeOptions,
): ServiceVerdict {
  const { update } = service;
  const own = update !== null && update.startedAt !== earlierUpdate ? update : null;
  const current = tasks.filter(({ spec }) => isSame(spec, service.taskSpec));
  const failed = tasks.filter(({ state }) => FAILED.includes(state)).sort(newestFirst);
  if (own?.state === 'rollback_started') return { is: 'waiting', why: 'it failed, and the engine goes back' };
  if (own !== null && (own.state.startsWith('rollback') || own.state === 'paused')) {
    const end = own.state === 'rollback_completed' ? 'what ran before serves' : `it is ${own.state}`;
    return { is: 'failed', reason: `${reasonOf(failed[0]) ?? own.message}; ${end}`, tasks: failed };
  }
  const stuck = current.find(
    ({ state, error, createdAt }) =>
      state === 'pending' && HOPELESS.test(error) && now - Date.parse(createdAt) > HOPELESS_MS,
  );
  if (stuck !== undefined) return { is: 'failed', reason: stuck.error, tasks: [] };
  const ofThese = failed.filter((task) => current.includes(task));
  const allowed = service.restarts === 'none' ? 0 : RESTARTS - 1;
  if (ofThese.length > allowed) {
    return { is: 'failed', reason: reasonOf(ofThese[0]) ?? 'its tasks end', tasks: ofThese };
  }
  if (own?.state === 'updating') return { is: 'waiting', why: waitingFor(current) };
  const running = current.filter((task) => task.desiredState === 'running' && task.state === 'running');
  const done = service.restarts === 'any' ? [] : current.filter(({ state }) => state === 'complete');
  const wanted = service.replicas ?? Math.max(1, current.filter(isWanted).length);
  if (running.length + done.length >= wanted) return { is: 'well' };
  return { is: 'waiting', why: `${running.length} of ${wanted} run${tail(current)}` };
}

function isWanted({ desiredState }: SwarmTask): boolean {
  return desiredState === 'running' || desiredState === 'complete';
}

function waitingFor(current: readonly SwarmTask[]): string {
  const running = current.filter(({ state }) => state === 'running').length;
  return `${running} new ${running === 1 ? 'task runs' : 'tasks run'}${tail(current)}`;
}

/** What the one is at that does not run yet. */
function tail(current: readonly SwarmTask[]): string {
  const task = current.find((one) => isWanted(one) && !['running', 'complete'].includes(one.state));
  if (task === undefined) return '';
  return `, the next is ${task.state}${task.error === '' ? '' : `: ${task.error}`}`;
}

function reasonOf(task: SwarmTask | undefined): string | null {
  if (task === undefined) return null;
  const code = task.exitCode === null || task.exitCode === 0 ? '' : ` (exit ${task.exitCode})`;
  return `${task.error === '' ? task.message : task.error}${task.error.includes('exit') ? '' : code}`;
}

function newestFirst(a: SwarmTask, b: SwarmTask): number {
  return Date.parse(b.since) - Date.parse(a.since);
}

/** The engine keeps a copy of the definition with each task, and leaves `Runtime` out of it. */
function isSame(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(
    { ...mappingOf(one), Runtime: undefined },
    { ...mappingOf(other), Runtime: undefined },
  );
}
