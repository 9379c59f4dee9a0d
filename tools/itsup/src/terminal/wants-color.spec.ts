import { wantsColor } from './wants-color';

describe('wantsColor', () => {
  it.each([
    ['a terminal', {}, true, true],
    ['a pipe', {}, false, false],
    ['NO_COLOR', { NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
    ['FORCE_COLOR in a worker of Nx', { FORCE_COLOR: 'true' }, false, true],
    ['FORCE_COLOR=0', { FORCE_COLOR: '0' }, true, false],
  ])('follows %s', (_, env, terminal, expected) => {
    expect(wantsColor(env, terminal)).toBe(expected);
  });
});
