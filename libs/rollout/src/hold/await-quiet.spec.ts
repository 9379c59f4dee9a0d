import { awaitEnded, awaitQuiet } from './await-quiet';
import { clientsIn } from './waiting-clients';

/** @param openAt names of the connections that are open at a time */
async function waited(openAt: (now: number) => string[], limitMs = 10_000): Promise<[string[], number]> {
  let now = 0;
  const left = await awaitQuiet({ countTo: async () => 0, listTo: async () => openAt(now) }, [], limitMs, {
    clock: {
      now: () => now,
      sleep: async (ms) => {
        now += ms;
      },
    },
    signal: new AbortController().signal,
    onWaiting: () => undefined,
  });
  return [left, now];
}

describe('awaitQuiet', () => {
  it('waits until what was kept open from before is gone, and for no short request', async () => {
    const [left, now] = await waited((at) => [
      ...(at < 3_000 ? ['kept'] : []),
      `request ${Math.floor(at / 200)}`,
    ]);
    expect(left).toEqual([]);
    expect(now).toBeGreaterThanOrEqual(3_000);
    expect(now).toBeLessThan(3_200);
  });

  it('looks for a second at least', async () => {
    expect(await waited(() => [])).toEqual([[], 1_000]);
  });

  it('gives up on a websocket at the limit, and tells how many there are', async () => {
    const [left, now] = await waited(() => ['websocket', 'stream'], 5_000);
    expect([left, now]).toEqual([['websocket', 'stream'], 5_000]);
  });
});

describe('awaitEnded', () => {
  it('waits for the last requests and not for what was given up on', async () => {
    let now = 0;
    const waiter = {
      clock: {
        now: () => now,
        sleep: async (ms: number) => {
          now += ms;
        },
      },
      signal: new AbortController().signal,
      onWaiting: () => undefined,
    };
    const table = (until: number) => ({
      countTo: async () => 0,
      listTo: async () => ['websocket', ...(now < until ? ['request'] : [])],
    });
    await awaitEnded(table(300), [], { except: ['websocket'], limitMs: 5_000 }, waiter);
    expect(now).toBe(300 + 250);
    await awaitEnded(table(60_000), [], { except: ['websocket'], limitMs: 5_000 }, waiter);
    expect(now).toBe(5_550);
  });
});

describe('clientsIn', () => {
  it('tells those who wait from those who ended their side', () => {
    const table = [
      '  sl  local_address rem_address   st tx_queue',
      '   0: 0100007F:9C41 0100007F:C001 01 00000000:00000000',
      '   1: 0100007F:9C41 0100007F:C002 08 00000000:00000000',
      '   2: 0100007F:C001 0100007F:9C41 01 00000000:00000000',
      '   3: 0100007F:9C42 0100007F:C003 01 00000000:00000000',
    ].join('\n');
    const { open, halfClosed } = clientsIn(table, 40_001);
    expect([[...open], [...halfClosed]]).toEqual([[0xc001], [0xc002]]);
  });
});
