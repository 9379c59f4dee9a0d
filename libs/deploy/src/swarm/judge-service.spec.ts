import type { SwarmService, SwarmTask } from '@itsup/docker';

import { judgeService } from './judge-service';

const SPEC = { ContainerSpec: { Image: 'a' }, ForceUpdate: 0 };
const NOW = Date.parse('2026-11-30T12:00:00Z');

const service = (more: Partial<SwarmService> = {}): SwarmService => ({
  ...{ id: 's', version: 1, name: 'app_web', stack: 'app', labels: {}, image: 'a', mode: 'Replicated' },
  ...{ replicas: 2, restarts: 'any', update: null, files: [] },
  // The engine says it of the service, and not of a task.
  taskSpec: { ...SPEC, Runtime: 'container' },
  ...more,
});

const task = (more: Partial<SwarmTask> = {}): SwarmTask => ({
  ...{ id: 't', serviceId: 's', slot: 1, nodeId: 'n', state: 'running', desiredState: 'running', error: '' },
  ...{ message: 'started', exitCode: null, image: 'a', spec: SPEC },
  addresses: {},
  ...{ since: '2026-11-30T11:59:00Z', createdAt: '2026-11-30T11:59:00Z' },
  ...more,
});

const judge = (tasks: SwarmTask[], more: Partial<SwarmService> = {}, earlierUpdate: string | null = null) =>
  judgeService(service(more), tasks, { earlierUpdate, now: NOW });

const OLD = { ContainerSpec: { Image: 'before' } };
const END = { error: 'task: non-zero exit (3)', exitCode: 3, desiredState: 'shutdown' };

test('as many run as are wanted, of this definition', () => {
  expect(judge([task(), task({ slot: 2 })])).toEqual({ is: 'well' });
  expect(judge([task(), task({ slot: 2, spec: OLD })])).toMatchObject({ is: 'waiting', why: '1 of 2 run' });
  expect(judge([task({ state: 'starting' }), task()])).toEqual({
    is: 'waiting',
    why: '1 of 2 run, the next is starting',
  });
});

test('an update is over when the engine says so, although enough run', () => {
  const update = { state: 'updating', message: '', startedAt: 'now' };
  expect(judge([task(), task()], { update })).toMatchObject({ is: 'waiting' });
  expect(judge([task(), task()], { update: { ...update, state: 'completed' } })).toEqual({ is: 'well' });
});

test('an update that was rolled back failed, with the reason of its task; an earlier one says nothing', () => {
  const update = { state: 'rollback_completed', message: 'rollback completed', startedAt: 'now' };
  const tasks = [task({ spec: OLD }), task({ spec: OLD }), task({ state: 'failed', ...END })];
  expect(judge(tasks, { update })).toMatchObject({
    is: 'failed',
    reason: 'task: non-zero exit (3); what ran before serves',
  });
  expect(judge([task(), task()], { update }, 'now')).toEqual({ is: 'well' });
  expect(judge(tasks, { update: { ...update, state: 'rollback_started' } })).toMatchObject({ is: 'waiting' });
  expect(judge(tasks, { update: { ...update, state: 'rollback_paused' } })).toMatchObject({
    reason: 'task: non-zero exit (3); it is rollback_paused',
  });
});

test('a task that ends again and again; of a service that does not restart the first time', () => {
  const failed = task({ state: 'failed', ...END });
  expect(judge([task(), failed, failed])).toMatchObject({ is: 'waiting' });
  expect(judge([task(), failed, failed, failed])).toMatchObject({ is: 'failed' });
  expect(judge([failed], { restarts: 'none' })).toMatchObject({ is: 'failed' });
  expect(judge([failed, failed, failed, task(), task()].map((one) => ({ ...one, spec: OLD })))).toMatchObject(
    {
      is: 'waiting',
    },
  );
});

test('one that ends with 0 and is not started again is done', () => {
  const done = task({ state: 'complete', desiredState: 'shutdown', exitCode: 0 });
  expect(judge([done], { restarts: 'none', replicas: 1 })).toEqual({ is: 'well' });
  expect(judge([done], { restarts: 'any', replicas: 1 })).toMatchObject({ is: 'waiting' });
});

test('a place that there is not: at once, but not before the scheduler had a moment', () => {
  const error = 'no suitable node (host-mode port already in use on 1 node)';
  const pending = { state: 'pending', error };
  expect(judge([task({ ...pending, createdAt: '2026-11-30T11:59:45Z' })])).toEqual({
    ...{ is: 'failed', reason: error, tasks: [] },
  });
  expect(judge([task({ ...pending, createdAt: '2026-11-30T11:59:55Z' })])).toMatchObject({ is: 'waiting' });
});

test('a global service: every task that is wanted, and one at least', () => {
  expect(judge([], { replicas: null })).toMatchObject({ is: 'waiting' });
  expect(judge([task(), task({ state: 'starting' })], { replicas: null })).toMatchObject({ is: 'waiting' });
  expect(judge([task(), task()], { replicas: null })).toEqual({ is: 'well' });
});
