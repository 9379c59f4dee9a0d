import { serviceOptions } from './service-options';

const read = (value: unknown) => serviceOptions('shop', 'web', value);

describe('serviceOptions', () => {
  it('reads what is there', () => {
    const drain = { deadline: 5, command: ['touch', '/tmp/drain'] };
    expect(read({ rollout: false, drain, hold: { deadline: 90 } })).toEqual({
      options: {
        rollout: false,
        drain: { deadlineMs: 5000, hook: ['touch', '/tmp/drain'] },
        hold: { deadlineMs: 90_000 },
      },
      problems: [],
    });
    expect(read(undefined)).toEqual({
      options: { rollout: null, drain: { deadlineMs: null, hook: null }, hold: { deadlineMs: null } },
      problems: [],
    });
  });

  it.each([
    ['yes', 'is not a mapping'],
    [{ rolout: true }, 'does not know rolout'],
    [{ rollout: 'no' }, 'rollout is neither true nor false'],
    [{ drain: 5 }, 'drain is not a mapping'],
    [{ drain: { deadline: '5s' } }, 'drain.deadline is not a number of seconds'],
    [{ hold: true }, 'hold is not a mapping'],
    [{ hold: { deadline: '1m' } }, 'hold.deadline is not a number of seconds'],
    [{ drain: { command: 'touch' } }, 'drain.command is not a list of words'],
  ])('refuses %j', (value, message) => {
    expect(read(value).problems).toMatchObject([
      {
        code: 'service-option',
        severity: 'error',
        project: 'shop',
        message: `x-itsup of service web: ${message}`,
      },
    ]);
  });
});
