import { serviceOptions } from './service-options';

const read = (value: unknown) => serviceOptions('shop', 'web', value);

describe('serviceOptions', () => {
  it.each([
    ['90', 90_000],
    [1.5, 1500],
    ['1h30m', 5_400_000],
    ['500ms', 500],
  ])('takes %j for a deadline', (deadline, ms) => {
    expect(read({ start: { deadline } }).options.start.deadlineMs).toBe(ms);
  });

  it.each([
    ['true', true],
    ['no', false],
  ])('takes the value %j of a variable for a switch', (rollout, expected) => {
    expect(read({ rollout }).options.rollout).toBe(expected);
  });

  it('reads what is there', () => {
    const drain = { deadline: 5, command: ['touch', '/tmp/drain'] };
    expect(read({ rollout: false, drain, hold: { deadline: 90 }, start: { deadline: '5m' } })).toEqual({
      options: {
        rollout: false,
        start: { deadlineMs: 300_000 },
        drain: { deadlineMs: 5000, hook: ['touch', '/tmp/drain'] },
        hold: { deadlineMs: 90_000 },
      },
      problems: [],
    });
    expect(read(undefined)).toEqual({
      options: {
        rollout: null,
        start: { deadlineMs: null },
        drain: { deadlineMs: null, hook: null },
        hold: { deadlineMs: null },
      },
      problems: [],
    });
  });

  it.each([
    ['yes', 'it must be a mapping'],
    [{ rolout: true }, 'does not know rolout'],
    [{ start: { deadlin: 5 } }, 'start does not know deadlin'],
    [{ rollout: 'maybe' }, 'rollout must be `true` or `false`'],
    [{ drain: 5 }, 'drain must be a mapping'],
    [
      { drain: { deadline: '5 s' } },
      'drain.deadline must be a number of seconds, or a duration such as `5m`',
    ],
    [{ start: { deadline: -1 } }, 'start.deadline must be a number of seconds, or a duration such as `5m`'],
    [{ hold: true }, 'hold must be a mapping'],
    [{ hold: { deadline: 'soon' } }, 'hold.deadline must be a number of seconds, or a duration such as `5m`'],
    [{ drain: { command: 'touch' } }, 'drain.command must be a list of words'],
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
