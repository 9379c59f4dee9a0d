import { withoutEnvironment } from './without-environment';

describe('withoutEnvironment', () => {
  it('hides the environment from what runs in it alone, and gives back the same one', () => {
    const { env } = process;
    expect(withoutEnvironment(() => process.env['PATH'])).toBeUndefined();
    expect(process.env).toBe(env);
    expect(process.env['PATH']).toBeDefined();
  });

  it('gives it back where that throws', () => {
    const { env } = process;
    expect(() =>
      withoutEnvironment(() => {
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(process.env).toBe(env);
  });
});
