import { progressLine } from './progress-line';

const ESCAPE = String.fromCharCode(27);

describe('progressLine', () => {
  it.each([
    [' Container shop-web-1  Started', 'Container shop-web-1 Started'],
    [' Container shop-web-1 Started ', 'Container shop-web-1 Started'],
    [' Image a/b:1  Pulling ', 'Image a/b:1 Pulling'],
    ['Step 1:  RUN  a', 'Step 1:  RUN  a'],
    [
      'time="2026-01-01T00:00:00Z" level=warning msg="The \\"A\\" variable is not set."',
      'warning: The "A" variable is not set.',
    ],
    [`${ESCAPE}[32mok${ESCAPE}[0m`, 'ok'],
    ['#3 transferring context: 2B done', null],
    ['   ', null],
  ])('%j', (raw, line) => {
    expect(progressLine(raw)).toBe(line);
  });
});
