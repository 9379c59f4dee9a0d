import { hookProblems } from './hooks';

describe('hookProblems', () => {
  it('refuses a hook for each replica, before anything is touched', () => {
    const services = { web: { pre_start: [{ command: ['a'] }, { command: ['b'], per_replica: true }] } };
    expect(hookProblems('shop', { name: 'shop', services }).map(({ message }) => message)).toEqual([
      'service web: pre_start[1] has `per_replica: true`, which Compose does not do yet',
    ]);
  });
});
