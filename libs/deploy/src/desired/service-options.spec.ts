import { serviceOptions } from './service-options';

const read = (value: unknown) => serviceOptions('shop', 'web', value);

describe('serviceOptions', () => {
  it('reads what is there', () => {
    expect(read({ rollout: false, drain: { deadline: 5, command: ['touch', '/tmp/drain'] } })).toEqual({
      options: { rollout: false, drain: { deadlineMs: 5000, hook: ['touch', '/tmp/drain'] } },
      problems: [],
    });
    expect(read(undefined)).toEqual({
      options: { rollout: null, drain: { deadlineMs: null, hook: null } },
      problems: [],
    });
  });

  it.each([
    ['yes', 'is not a mapping'],
    [{ rolout: true }, 'does not know rolout'],
    [{ rollout: 'no' }, 'rollout is neither true nor false'],
    [{ drain: 5 }, 'drain is not a mapping'],
    [{ drain: { deadline: '5s' } }, 'drain.deadline is not a number of seconds'],
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
