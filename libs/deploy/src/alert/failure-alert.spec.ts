import type { DeployRecord, StackOutcome } from '../requests';
import { failureAlert, alertSubject, alertText } from './failure-alert';

const FACTS = {
  command: 'deploy' as const,
  host: 'box',
  workspace: '/srv/it',
  by: 'root@box',
  commit: 'abc',
  at: '2026-01-01T00:00:00.000Z',
};

function outcome(stack: string, status: StackOutcome['status'], messages: string[] = []): StackOutcome {
  const problems = messages.map((message) => ({
    code: 'x',
    severity: 'error' as const,
    message,
    help: `mend ${message}`,
  }));
  return { stack, status, plan: null, problems, durationMs: 1 };
}

describe('failureAlert', () => {
  it('has nothing to say of a deploy that went well', () => {
    const outcomes = [outcome('blog', 'deployed'), outcome('shop', 'unchanged'), outcome('old', 'down')];
    expect(failureAlert(FACTS, outcomes, new Map())).toBeNull();
  });

  it('tells what failed with its record, what was left out, and nothing of the rest', () => {
    const record = { id: 'r1', stack: 'shop' } as DeployRecord;
    const alert = failureAlert(
      FACTS,
      [outcome('blog', 'deployed'), outcome('shop', 'failed', ['no image']), outcome('cart', 'skipped')],
      new Map([['shop', record]]),
    );
    expect(alert).toEqual({
      version: 1,
      ...FACTS,
      stacks: [
        {
          stack: 'shop',
          status: 'failed',
          problems: [{ message: 'no image', help: 'mend no image' }],
          record,
        },
        { stack: 'cart', status: 'skipped', problems: [], record: null },
      ],
      problems: [],
    });
    expect(alert && alertSubject(alert)).toBe('deploy failed on box: shop');
    expect(alert && alertText(alert)).toBe('no image\n  mend no image\nnot deployed for that reason: cart');
  });

  it('tells what kept a deploy from beginning', () => {
    const problem = { code: 'x', severity: 'error' as const, message: 'no engine' };
    const alert = failureAlert(FACTS, [], new Map(), [problem]);
    expect(alert && [alertSubject(alert), alertText(alert)]).toEqual(['deploy failed on box', 'no engine']);
  });
});
