import type { StackOutcome } from '../../requests';
import { schedule, type Schedule } from './schedule';

interface Setting {
  order: string[];
  /** What each waits for. */
  after?: Record<string, string[]>;
  mayFail?: string[];
  failing?: string[];
  parallel?: number;
  interruptAfter?: string;
}

async function play(
  setting: Setting,
): Promise<{ statuses: Record<string, string>; log: string[]; most: number }> {
  const log: string[] = [];
  let interrupted = false;
  let now = 0;
  let most = 0;
  const plan: Schedule = {
    order: setting.order,
    parallel: setting.parallel ?? 4,
    after: (stack) =>
      (setting.after?.[stack] ?? []).map((other) => ({
        stack: other,
        mayFail: setting.mayFail?.includes(other) ?? false,
      })),
    isInterrupted: () => interrupted,
    run: async (stack) => {
      now += 1;
      most = Math.max(most, now);
      log.push(`+${stack}`);
      await new Promise((resolve) => setTimeout(resolve, 2));
      log.push(`-${stack}`);
      now -= 1;
      if (stack === setting.interruptAfter) interrupted = true;
      const status: StackOutcome['status'] = setting.failing?.includes(stack) ? 'failed' : 'deployed';
      return { stack, status, plan: null, problems: [], durationMs: 0 };
    },
    onOutcome: () => undefined,
  };
  const outcomes = await schedule(plan);
  return { statuses: Object.fromEntries(outcomes.map(({ stack, status }) => [stack, status])), log, most };
}

describe('schedule', () => {
  it('runs as many at a time as it may', async () => {
    expect((await play({ order: ['a', 'b', 'c', 'd', 'e'], parallel: 2 })).most).toBe(2);
    expect((await play({ order: ['a', 'b', 'c'], parallel: 8 })).most).toBe(3);
  });

  it('starts a stack when those it waits for are done, and not later', async () => {
    const { log } = await play({ order: ['db', 'api', 'blog'], after: { api: ['db'] } });
    expect(log.indexOf('+api')).toBeGreaterThan(log.indexOf('-db'));
    expect(log.indexOf('+blog')).toBeLessThan(log.indexOf('-db'));
  });

  it('skips the dependants of a failure, and theirs, and nobody else', async () => {
    const { statuses } = await play({
      order: ['db', 'api', 'web', 'blog'],
      after: { api: ['db'], web: ['api'] },
      failing: ['db'],
    });
    expect(statuses).toEqual({ db: 'failed', api: 'skipped', web: 'skipped', blog: 'deployed' });
  });

  it('goes on after one that may fail', async () => {
    const { statuses, log } = await play({
      order: ['proxy', 'web'],
      after: { web: ['proxy'] },
      mayFail: ['proxy'],
      failing: ['proxy'],
    });
    expect(statuses).toEqual({ proxy: 'failed', web: 'deployed' });
    expect(log).toEqual(['+proxy', '-proxy', '+web', '-web']);
  });

  it('does not wait for a stack outside of the run', async () => {
    expect((await play({ order: ['api'], after: { api: ['db'] } })).statuses).toEqual({ api: 'deployed' });
  });

  it('starts nothing after an interrupt', async () => {
    const { statuses } = await play({ order: ['a', 'b'], parallel: 1, interruptAfter: 'a' });
    expect(statuses).toEqual({ a: 'deployed', b: 'skipped' });
  });

  it('gets out of a circle', async () => {
    const { statuses } = await play({ order: ['a', 'b'], after: { a: ['b'], b: ['a'] } });
    expect(statuses).toEqual({ a: 'deployed', b: 'deployed' });
  });
});
