import { drainLimit } from './drain-ports';

const kept = { transport: { keepAliveMaxTime: '1m' } };

it.each([
  ['ten seconds at least', { web: { address: ':80', transport: { keepAliveMaxTime: '2s' } } }, 15_000],
  [
    'the longest of all entry points',
    { web: { address: ':80' }, 'web-secure': { address: ':443', ...kept } },
    65_000,
  ],
  [
    'names that differ in case are two entry points',
    { web: { address: ':80' }, WEB: { address: ':81', ...kept } },
    65_000,
  ],
])('HTTP clients may stay five seconds longer than they are kept: %s', (_, entryPoints, limit) => {
  expect(drainLimit({ entryPoints })).toBe(limit);
});
