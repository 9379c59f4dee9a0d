import { goDuration, isGoBoolean, isGoFloat, isGoInteger } from './go-values';

describe("Go's values", () => {
  it.each([
    ['10s', 10e9],
    ['1m30s', 90e9],
    ['1.5h', 5400e9],
    ['-2ms', -2e6],
    ['+3us', 3e3],
    ['7', 7e9],
    ['0', 0],
    ['.5s', 0.5e9],
  ])('takes the duration %s', (text, nanoseconds) => {
    expect(goDuration(text, 'seconds')).toBe(nanoseconds);
  });

  it.each(['5x', '1d', '', 's', '1s2', '10 s', '1,5s', '1.5'])('takes no duration %j', (text) => {
    expect(goDuration(text, 'seconds')).toBeNull();
  });

  it('reads a bare number in the unit of the field', () => {
    expect(goDuration('5', 'nanoseconds')).toBe(5);
  });

  it('takes whole numbers of their size', () => {
    expect(['1', '-1', '+1', '9223372036854775807'].every((text) => isGoInteger(text, 64, true))).toBe(true);
    expect(
      ['', '1.0', '1_0', '0x1', ' 1', '9223372036854775808'].some((text) => isGoInteger(text, 64, true)),
    ).toBe(false);
    expect(isGoInteger('-1', 16, false)).toBe(false);
    expect(isGoInteger('65535', 16, false)).toBe(true);
    expect(isGoInteger('65536', 16, false)).toBe(false);
  });

  it('takes numbers with a fraction, and words for booleans', () => {
    expect(['1', '1.5', '.5', '1e3', 'inf', 'NaN'].every(isGoFloat)).toBe(true);
    expect(['', 'x', '1,5'].some(isGoFloat)).toBe(false);
    expect(['1', 't', 'TRUE', 'False'].every(isGoBoolean)).toBe(true);
    expect(['yes', 'on', '', 'tRue'].some(isGoBoolean)).toBe(false);
  });
});
