import { noneIdle } from './none-idle';

it.each([
  ['http://172.20.128.2:80', {}, 0],
  ['https://172.20.128.2:443', { disableHTTP2: 'true' }, 0],
  ['https://172.20.128.2:443', {}, -1],
  ['h2c://172.20.128.2:80', {}, -1],
])('keeps nothing of %s with %j by %i, where the fast proxy is on', (url, transport, expected) => {
  expect(noneIdle({ servers: [{ url }] }, transport, true)).toBe(expected);
  expect(noneIdle({ servers: [{ url }] }, transport)).toBe(-1);
});
