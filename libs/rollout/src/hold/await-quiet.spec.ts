import type { Waiter } from '../procedure/waiting';
import { awaitEnded, awaitQuiet, withoutShared } from './await-quiet';
import { clientsIn } from './relay/waiting-clients';

const end = { address: '172.20.128.2', port: 80, scheme: 'http' };
const shared = { ...end, port: 81, scheme: 'h2c' };

/** Virtual time that passes while somebody sleeps. */
function waiterFrom(start = 0): { waiter: Waiter; now: () => number } {
  let now = start;
  const sleep = async (ms: number): Promise<void> => {
    now += ms;
  };
  return {
    now: () => now,
    waiter: {
      clock: { now: () => now, sleep },
      signal: new AbortController().signal,
      onWaiting: () => undefined,
    },
  };
}

/** @param openAt names of the connections that are open at a time */
async function waited(openAt: (now: number) => string[], limitMs = 10_000): Promise<[string[], number]> {
  const { waiter, now } = waiterFrom();
  const left = await awaitQuiet({ listTo: async () => openAt(now()) }, [end], limitMs, waiter);
  return [left, now()];
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

  it.each([3_000, 10_000])('gives up on a websocket at the limit of %i ms', async (limit) => {
    const [left, now] = await waited(() => ['websocket', 'stream'], limit);
    expect([left, now]).toEqual([['websocket', 'stream'], limit]);
  });

  it('gives up on no request of a site that always has slow ones: it ends in time', async () => {
    const slow = (at: number): string[] => [0, 1].map((one) => `slow ${Math.floor(at / 1_500) + one}`);
    const [left, now] = await waited((at) => ['websocket', ...slow(at)]);
    expect([left, now]).toEqual([['websocket'], 10_000]);
  });
});

describe('withoutShared', () => {
  it('leaves out what requests share, but for what was open before', async () => {
    const open = new Map([
      [end.port, ['request']],
      [shared.port, ['kept', 'busy']],
    ]);
    const table = {
      listTo: async (ends: { port: number }[]) => ends.flatMap(({ port }) => open.get(port) ?? []),
    };
    const listed = await withoutShared(table, ['kept', 'request']).listTo([end, shared]);
    expect(listed).toEqual(['request', 'kept']);
    expect(await withoutShared(table, []).listTo([shared, { ...shared, scheme: 'https' }])).toEqual([]);
  });
});

describe('awaitEnded', () => {
  it('waits for the last requests and not for what was given up on', async () => {
    const { waiter, now } = waiterFrom();
    const table = (until: number) => ({
      listTo: async () => ['websocket', ...(now() < until ? ['request'] : [])],
    });
    expect(await awaitEnded(table(300), [end], ['websocket'], waiter)).toBe(0);
    expect(now()).toBe(300 + 250);
    expect(await awaitEnded(table(60_000), [end], ['websocket'], waiter)).toBe(1);
    expect(now()).toBe(5_550);
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
