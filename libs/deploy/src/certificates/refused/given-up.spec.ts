import { isToGo, unusedNames } from './given-up';

const DAY = 24 * 3_600_000;
const NOW = Date.parse('2026-11-30T00:00:00Z');
const resolver = { certificatesDuration: 2160 };

describe('unusedNames', () => {
  it.each<[string[], string[], string[]]>([
    [['a.shop.net'], ['a.shop.net'], []],
    [['a.shop.net', 'old.shop.net'], ['a.shop.net'], ['old.shop.net']],
    [['*.shop.net'], ['any.shop.net'], []],
    [['any.shop.net'], ['*.shop.net'], []],
    [['*.shop.net'], ['shop.net', 'a.b.shop.net'], ['*.shop.net']],
  ])('of %j where %j are used', (names, used, unused) => {
    expect(unusedNames(names, used)).toEqual(unused);
  });
});

describe('isToGo', () => {
  const names = ['a.shop.net', 'old.shop.net'];
  const whole = { fingerprint: 'ab', names: ['old.shop.net'], expires: NOW + 80 * DAY };

  it.each<[string, number, string[], number, boolean]>([
    ['is used as it is and due', 1, names, 0, false],
    ['has a name that is used no more, and is not due', 80, ['a.shop.net'], 30, false],
    ['has a name that is used no more, and is renewed within a day', 31, ['a.shop.net'], 0, true],
    ['has ended, though it is used: Traefik asks for it by the day alone', -1, names, 0, true],
  ])('one that %s', (_, days, used, sinceDays, expected) => {
    const certificate = { fingerprint: 'ab', names, expires: NOW + days * DAY };
    expect(isToGo(certificate, { used, resolver, since: NOW - sinceDays * DAY, now: NOW })).toBe(expected);
  });

  it('one that is given up as a whole, a week later: its names may come back until then', () => {
    const options = { used: [], resolver, now: NOW };
    expect(isToGo(whole, { ...options, since: NOW - 6 * DAY })).toBe(false);
    expect(isToGo(whole, { ...options, since: NOW - 7 * DAY })).toBe(true);
  });
});
