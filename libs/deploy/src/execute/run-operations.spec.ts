import type { Operation } from '../plan/operation';
import { runOperations } from './run-operations';

function wait(service: string, after: string[] = [], optional = false): Operation {
  return {
    id: service,
    kind: 'wait',
    services: [service],
    until: 'ready',
    retired: [],
    after,
    reasons: [],
    ...(optional && { optional: true as const }),
  };
}

/** Runs them; those in `failing` fail, and `open` are the most that were under way at the same time. */
async function run(
  operations: Operation[],
  {
    failing = [],
    isInTurn = false,
    interruptAt = '',
    tolerated = '',
  }: { failing?: string[]; isInTurn?: boolean; interruptAt?: string; tolerated?: string } = {},
) {
  const log: string[] = [];
  const further: string[] = [];
  let under = 0;
  let most = 0;
  let interrupted = false;
  const error = await runOperations(operations, {
    isInTurn,
    isInterrupted: () => interrupted,
    isTolerated: (_, { id }) => id === tolerated,
    onFurtherFailure: (caught) => void further.push(String(caught)),
    run: async ({ id }) => {
      log.push(`+${id}`);
      under += 1;
      most = Math.max(most, under);
      await new Promise((resolve) => setImmediate(resolve));
      under -= 1;
      log.push(`-${id}`);
      if (id === interruptAt) interrupted = true;
      if (failing.includes(id)) throw new Error(`${id} failed`);
    },
  }).then(
    () => null,
    (caught: unknown) => caught,
  );
  return { log: log.join(' '), most, further, error: error instanceof Error ? error.message : error };
}

describe('runOperations', () => {
  it('lets an operation that only waits for its turn see that nothing more is to begin', async () => {
    const seen: string[] = [];
    const failure = runOperations([wait('a'), wait('b'), wait('c', [], true)], {
      ...{ isInTurn: false, isInterrupted: () => false },
      run: async ({ id }, isOver) => {
        if (id === 'a') throw new Error('a failed');
        await new Promise((resolve) => setImmediate(resolve));
        seen.push(`${id} ${isOver()}`);
      },
    });
    await expect(failure).rejects.toThrow('a failed');
    expect(seen).toEqual(['b true', 'c true']);
  });

  it('begins an operation when those it waits for are done, and the others beside each other', async () => {
    const { log, error } = await run([wait('a'), wait('b'), wait('c', ['a', 'b']), wait('d', ['c'])]);
    expect(error).toBeNull();
    expect(log).toBe('+a +b -a -b +c -c +d -d');
  });

  it('has all that are ready under way at once, or one after the other', async () => {
    const four = ['a', 'b', 'c', 'd'].map((id) => wait(id));
    expect((await run(four)).most).toBe(4);
    expect((await run(four, { isInTurn: true })).most).toBe(1);
  });

  it('begins nothing after a failure, lets end what is under way, and fails with it', async () => {
    const { log, error } = await run([wait('a'), wait('b'), wait('c', ['b'])], { failing: ['a'] });
    expect(error).toBe('a failed');
    expect(log).toBe('+a +b -a -b');
  });

  it('tells of every failure', async () => {
    const { error, further } = await run([wait('a'), wait('b'), wait('c')], { failing: ['a', 'b', 'c'] });
    expect(error).toBe('a failed');
    expect(further).toEqual(['Error: b failed', 'Error: c failed']);
  });

  it('goes on without what is optional, and fails in the end', async () => {
    const { log, error } = await run([wait('a', [], true), wait('b', ['a'])], { failing: ['a'] });
    expect(error).toBe('a failed');
    expect(log).toBe('+a -a +b -b');
  });

  it('goes on after a failure that is tolerated, but for what needs it, and fails in the end', async () => {
    const needs = { ...wait('c', ['a']), needs: ['a'] };
    const { log, error } = await run([wait('a'), wait('b', ['a']), needs], {
      failing: ['a'],
      tolerated: 'a',
    });
    expect(error).toBe('a failed');
    expect(log).toBe('+a -a +b -b');
  });

  it('begins nothing once it is interrupted', async () => {
    const { log, error } = await run([wait('a'), wait('b', ['a'])], { interruptAt: 'a' });
    expect(error).toBeNull();
    expect(log).toBe('+a -a');
  });

  it('does not wait for what is not there', async () => {
    expect((await run([wait('a', ['gone'])])).log).toBe('+a -a');
  });
});
