import { PassThrough } from 'node:stream';
import { watchText, type Watch } from './watch-text';

/** What is printed for these looks, of which the last one is interrupted; an error is one that fails. */
async function printed(looks: (string | Error)[], change: Partial<Watch> = {}): Promise<string[]> {
  const controller = new AbortController();
  const left = [...looks];
  const texts: string[] = [];
  await watchText({
    look: async () => {
      const next = left.shift();
      if (next instanceof Error) throw next;
      return next ?? '';
    },
    failed: (error) => `failed: ${String(error)}`,
    screen: null,
    print: (text) => texts.push(text),
    pause: async () => {
      if (left.length > 0) return;
      controller.abort();
      throw new Error('interrupted');
    },
    signal: controller.signal,
    ...change,
  });
  return texts;
}

describe('watchText', () => {
  it('writes what changed where nothing can be redrawn', async () => {
    expect(await printed(['a', 'a', 'b'])).toEqual(['a', '\nb']);
  });

  it('redraws the screen each time', async () => {
    const screen = new PassThrough();
    const drawn: string[] = [];
    screen.on('data', (chunk) => drawn.push(String(chunk)));
    expect(await printed(['a', 'a'], { screen })).toEqual(['a', 'a']);
    const erased = `${String.fromCharCode(27)}[1;1H${String.fromCharCode(27)}[0J`;
    expect(drawn.join('')).toBe(erased + erased);
  });

  it('goes on when it cannot look for a while', async () => {
    expect(await printed(['a', new Error('no engine'), 'a'])).toEqual([
      'a',
      '\nfailed: Error: no engine',
      '\na',
    ]);
  });

  it('fails when there is nothing to watch', async () => {
    await expect(printed([new Error('no engine')])).rejects.toThrow('no engine');
  });

  it('shows nothing of a look that was interrupted', async () => {
    const controller = new AbortController();
    const look = async (): Promise<string> => {
      controller.abort();
      throw new Error('interrupted');
    };
    expect(await printed([], { look, signal: controller.signal })).toEqual([]);
  });
});
