import { containerFacts, healthFacts } from '../testing/container-facts';
import { checkCommand, EarlyCheck } from './early-check';

/** A container whose check ends as `exits` says, one code a try; null: the engine does not answer in time. */
function tried(exits: (number | null)[]) {
  let now = 0;
  const at: number[] = [];
  const check = new EarlyCheck({
    clock: { now: () => now },
    docker: {
      exec: async () => {
        const exit = exits[Math.min(at.length, exits.length - 1)] ?? null;
        at.push(now);
        if (exit === null) throw new Error('timeout');
        return { exitCode: exit, output: '' };
      },
    },
  });
  const container = containerFacts({ health: healthFacts({ status: 'starting' }) });
  const run = async (untilMs: number): Promise<void> => {
    for (; now <= untilMs && !check.isReady(container); now += 50) await check.look(container);
  };
  return { at, run, isReady: (facts = container) => check.isReady(facts), container };
}

describe('EarlyCheck', () => {
  it('tries at 0.2, 0.4 and 0.8 s, then every second, and takes two successes a second apart', async () => {
    const { at, run, isReady } = tried([1, 1, 1, 1, 0, 0]);
    await run(10_000);
    expect(at).toEqual([200, 400, 800, 1800, 2800, 3800]);
    expect(isReady()).toBe(true);
  });

  it('begins anew after a failure, and with a new start of the container', async () => {
    const { at, run, isReady, container } = tried([0, 1, 0, 0]);
    await run(10_000);
    expect(at).toHaveLength(4);
    expect(isReady({ ...container, startedAt: container.startedAt + 1 })).toBe(false);
  });

  it.each([
    ['took too long: its end says nothing', null],
    ['cannot be run', 126],
    ['is not there', 127],
  ])('leaves it to the engine after a check that %s', async (_, exit) => {
    const { at, run, isReady } = tried([exit, 0]);
    await run(10_000);
    expect(at).toHaveLength(1);
    expect(isReady()).toBe(false);
  });
});

describe('checkCommand', () => {
  it.each([
    [['CMD', 'curl', '-f', 'localhost'], undefined, ['curl', '-f', 'localhost']],
    [['CMD-SHELL', 'test -f /ready'], undefined, ['/bin/sh', '-c', 'test -f /ready']],
    [
      ['CMD-SHELL', 'test -f /ready'],
      ['/bin/bash', '-ec'],
      ['/bin/bash', '-ec', 'test -f /ready'],
    ],
    [['NONE'], undefined, null],
  ])('runs %j as the engine does', (test, shell, command) => {
    expect(checkCommand({ health: healthFacts({ test, ...(shell && { shell }) }) })).toEqual(command);
  });
});
