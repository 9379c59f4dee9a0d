import { DockerError } from '@itsup/docker';

import { retryOnRestart, type RetryContext } from './retry-on-restart';

const away = (): DockerError =>
  new DockerError({ code: 'engine-unreachable', endpoint: null, reason: 'is it running?' });

/** A clock that only sleeping moves, and what was told. */
function context(): RetryContext & { told: string[] } {
  let now = 0;
  const told: string[] = [];
  const system = { now: () => now, sleep: async (ms: number) => void (now += ms) };
  const reporter = { line: (stack: string | null, line: string) => void told.push(`${stack}: ${line}`) };
  return { system, reporter, told };
}

describe('an act that outlasts the engine', () => {
  it('is repeated until the engine answers, and says once what is waited for', async () => {
    const given = context();
    let times = 0;
    const act = async (): Promise<string> => {
      times += 1;
      if (times < 5) throw away();
      return 'done';
    };
    expect(await retryOnRestart(given, 'shop', act)).toBe('done');
    expect(given.told).toEqual(['shop: waiting for the engine, which does not answer (at most 60 s)']);
  });

  it('ends when the engine stays away, and at once with any other error', async () => {
    await expect(retryOnRestart(context(), 'shop', () => Promise.reject(away()))).rejects.toThrow(
      'is it running?',
    );
    const given = context();
    await expect(retryOnRestart(given, 'shop', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(given.told).toEqual([]);
  });
});
