import { createProgress, overwritable, type Progress } from './progress';
import { PassThrough } from 'node:stream';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

describe('progress in lines', () => {
  let lines: string[];
  let progress: Progress;
  beforeEach(() => {
    lines = [];
    progress = createProgress(null, (stack, text) => lines.push(`${stack}: ${text}`));
  });
  afterEach(() => progress.close());

  it('tells a wait when it gets long, then every ten seconds, with how far it is', () => {
    progress.status('blog', 'pulls the image of web');
    expect(lines).toEqual([]);
    jest.advanceTimersByTime(1000);
    progress.status('blog', 'pulls the image of web', '1 of 3 layers');
    progress.status('blog', 'pulls the image of web', '2 of 3 layers');
    jest.advanceTimersByTime(19_000);
    expect(lines).toEqual([
      'blog: pulls the image of web, 1 s',
      'blog: pulls the image of web, 2 of 3 layers, 11 s',
    ]);
  });

  it('leaves out steps that are over soon, and counts each wait for itself', () => {
    progress.status('blog', 'starts');
    jest.advanceTimersByTime(500);
    progress.status('blog', 'waits');
    progress.status('shop', 'builds');
    jest.advanceTimersByTime(2000);
    expect(lines).toEqual(['blog: waits, 1 s', 'shop: builds, 1 s']);
  });

  it('tells nothing of what is settled, and keeps no timer for it', () => {
    progress.status('blog', 'waits');
    progress.settled('blog');
    jest.advanceTimersByTime(60_000);
    expect(lines).toEqual([]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('shows lines at once', () => {
    progress.line('blog', 'waits for the deploy of root');
    expect(lines).toEqual(['blog: waits for the deploy of root']);
  });
});

describe('progress on a terminal', () => {
  let screen: string[];
  let stream: PassThrough & { columns?: number; rows?: number };
  let progress: Progress;
  /** What is on the screen: an erase takes back as many lines as the cursor went up. */
  const shown = (): string[] => screen.slice(0, -1);
  beforeEach(() => {
    screen = [''];
    stream = new PassThrough();
    jest.spyOn(stream, 'write').mockImplementation((chunk: unknown) => {
      const text = String(chunk);
      const up = new RegExp(`${String.fromCharCode(27)}\\[(\\d+)A`).exec(text)?.[1];
      if (up !== undefined) screen.splice(screen.length - 1 - Number(up), Number(up));
      else if (!text.includes(String.fromCharCode(27))) {
        const [first = '', ...more] = text.split('\n');
        screen.push(`${screen.pop() ?? ''}${first}`, ...more);
      }
      return true;
    });
    progress = createProgress(stream, (stack, text) => void stream.write(`${stack}  ${text}\n`));
  });
  afterEach(() => progress.close());

  it('overwrites a line a stack, every second', () => {
    progress.status('blog', 'pulls', '1 of 3 layers');
    progress.status('shop2', 'waits');
    expect(shown()).toEqual(['blog   pulls, 1 of 3 layers, 0 s', 'shop2  waits, 0 s']);
    jest.advanceTimersByTime(125_000);
    progress.status('shop2', 'drains');
    expect(shown()).toEqual(['blog   pulls, 1 of 3 layers, 2 min 5 s', 'shop2  drains, 0 s']);
  });

  it('draws on a terminal that does not know its size', () => {
    Object.assign(stream, { columns: 0, rows: 0 });
    progress.status('blog', 'waits');
    expect(shown()).toEqual(['blog  waits, 0 s']);
  });

  it('keeps lines above, and leaves nothing behind', () => {
    progress.status('blog', 'waits');
    progress.line('blog', 'a note');
    expect(shown()).toEqual(['blog  a note', 'blog  waits, 0 s']);
    progress.settled('blog');
    expect(shown()).toEqual(['blog  a note']);
    progress.status('blog', 'waits');
    progress.close();
    expect(shown()).toEqual(['blog  a note']);
  });

  it('never draws what it could not erase: lines that wrap, or more than the screen has', () => {
    Object.assign(stream, { columns: 10, rows: 3 });
    ['a', 'b', 'c'].forEach((stack) => progress.status(stack, 'waits for long'));
    expect(shown()).toEqual(['a  waits…', 'and 2 mo…']);
  });
});

describe('overwritable', () => {
  const terminal = Object.assign(new PassThrough(), { isTTY: true });
  it.each([
    ['a terminal', {}, terminal, terminal],
    ['a pipe', {}, new PassThrough(), null],
    ['a CI', { CI: 'true' }, terminal, null],
    ['a terminal that cannot move its cursor', { TERM: 'dumb' }, terminal, null],
  ])('knows %s', (_, env, stream, expected) => {
    expect(overwritable(env, stream)).toBe(expected);
  });
});
