import { setImmediate } from 'node:timers/promises';
import { forEachBounded } from './for-each-bounded';

describe('forEachBounded', () => {
  it('acts on every item once, never on more than the limit at a time', async () => {
    let running = 0;
    let most = 0;
    const seen: number[] = [];
    await forEachBounded([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
      most = Math.max(most, ++running);
      await setImmediate();
      seen.push(item);
      running--;
    });
    expect(seen.sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(most).toBe(3);
  });

  it('rejects with the first rejection', async () => {
    await expect(
      forEachBounded([1, 2], 1, (item) => Promise.reject(new Error(`no ${item}`))),
    ).rejects.toThrow('no 1');
  });
});
