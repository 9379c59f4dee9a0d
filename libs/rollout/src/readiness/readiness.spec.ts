import { containerFacts, healthFacts } from '../testing/container-facts';
import { healthLog } from './health-log';
import { readinessOf, startBudget } from './readiness';

describe('readinessOf', () => {
  it.each([
    ['healthy', { health: healthFacts() }, 'ready', ''],
    ['without a health check', {}, 'unchecked', ''],
    ['starting', { health: healthFacts({ status: 'starting' }) }, 'waiting', 'not healthy yet'],
    ['being created', { status: 'created' as const }, 'waiting', 'being started'],
    [
      'restarted once',
      { status: 'restarting' as const, restartCount: 1, exitCode: 1 },
      'waiting',
      'exit code 1',
    ],
    ['unhealthy', { health: healthFacts({ status: 'unhealthy' }) }, 'failed', 'is unhealthy'],
    ['paused', { status: 'paused' as const }, 'failed', 'is paused'],
    ['taken away', { status: 'removing' as const }, 'failed', 'removed by someone else'],
    ['ended', { status: 'exited' as const, exitCode: 0 }, 'failed', 'ended: exit code 0'],
    [
      'out of memory',
      { status: 'exited' as const, exitCode: 137, oomKilled: true },
      'failed',
      'out of memory',
    ],
    [
      'in a restart loop',
      { restartCount: 4, exitCode: 2 },
      'failed',
      'keeps restarting (4 times, exit code 2)',
    ],
    [
      'not startable',
      { status: 'created' as const, error: 'no such file: serve' },
      'failed',
      'no such file: serve',
    ],
  ])('a container that is %s', (_, changes, state, why) => {
    const verdict = readinessOf(containerFacts(changes));
    expect(verdict.state).toBe(state);
    if ('why' in verdict) expect(verdict.why).toContain(why);
  });

  it('takes the end of a job for a success, and of nothing that never began', () => {
    const ended = containerFacts({ status: 'exited', exitCode: 0 });
    expect(readinessOf(ended, true)).toEqual({ state: 'finished' });
    expect(readinessOf({ ...ended, exitCode: 1 }, true).state).toBe('failed');
    expect(readinessOf({ ...ended, startedAt: 0 }, true).state).toBe('failed');
  });

  it('bears three restarts, as of one that waits for another container', () => {
    expect(readinessOf(containerFacts({ restartCount: 3 })).state).toBe('unchecked');
  });

  it('quotes the last line of a failed check', () => {
    const log = [{ exitCode: 22, output: 'curl: (22)\nThe requested URL returned error: 503\n' }];
    expect(readinessOf(containerFacts({ health: healthFacts({ status: 'starting', log }) }))).toEqual({
      state: 'waiting',
      why: 'shop-web-1 is not healthy yet: The requested URL returned error: 503',
    });
  });
});

describe('startBudget', () => {
  it('covers the start period, and one interval more than it takes to become unhealthy', () => {
    const health = healthFacts({ startPeriod: 20_000, interval: 10_000, timeout: 5_000, retries: 3 });
    expect(startBudget([containerFacts({ health })], { startAllowance: 1_000 })).toBe(
      20_000 + 4 * 15_000 + 15_000,
    );
  });

  it('is the allowance without a health check, and the longest of several', () => {
    const slow = containerFacts({ health: healthFacts() });
    expect(startBudget([containerFacts()], { startAllowance: 60_000 })).toBe(60_000);
    expect(startBudget([containerFacts(), slow], { startAllowance: 60_000 })).toBe(4 * 60_000 + 15_000);
  });
});

describe('healthLog', () => {
  it('shows the check and what it said', () => {
    const health = healthFacts({
      interval: 1_500,
      log: [
        { exitCode: 1, output: '' },
        { exitCode: 1, output: 'no database' },
      ],
    });
    expect(healthLog(containerFacts({ health }))).toEqual([
      'health check of shop-web-1: curl -f localhost (every 1.5 s, 3 times, 30 s each)',
      '  exit 1: (no output)',
      '  exit 1: no database',
    ]);
    expect(healthLog(containerFacts())).toEqual([]);
  });
});
