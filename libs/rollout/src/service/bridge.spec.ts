import type { RolloutContext, RolloutStep } from '../types';
import { bridge, settleBridge, type BridgeActs } from './bridge';

const unused = (): never => {
  throw new Error('not asked for');
};
const interrupt = new AbortController();
const report = jest.fn();
beforeEach(() => report.mockClear());
/** What was noted, one text after the other. */
const notes = (): string => report.mock.calls.map(([{ text }]) => text as string).join('\n');

/** Without a proxy nothing is awaited of one: what is left is the order of the acts. */
const context = {
  docker: {} as RolloutContext['docker'],
  get: unused,
  tcpProbe: unused,
  clock: { now: () => 0, sleep: () => Promise.resolve() },
  connections: null,
  proxy: null,
  report,
  signal: interrupt.signal,
};
const web = {
  ...{ project: 'shop', composeProject: 'shop', service: 'web', fileRoutes: null },
  drain: { hook: null, deadlineMs: 1000 },
};

/** Runs a bridge whose acts of these names fail, and tells what was done. */
async function run(failing: readonly (keyof BridgeActs)[] = []): Promise<{ did: string[]; error: string }> {
  const did: string[] = [];
  const act = (name: keyof BridgeActs) => async (): Promise<ReadonlyMap<string, []>> => {
    did.push(name);
    if (failing.includes(name)) throw new Error(name);
    return new Map([['web', []]]);
  };
  const none = (name: keyof BridgeActs) => async (): Promise<void> => void (await act(name)());
  const acts: BridgeActs = {
    start: act('start'),
    relabel: async () => {
      const tasks = await act('relabel')();
      return { served: tasks, relabelled: tasks };
    },
    update: act('update'),
    goBack: act('goBack'),
    publishRoutes: none('publishRoutes'),
    remove: none('remove'),
    step: async (name: RolloutStep, one) => {
      did.push(`[${name}]`);
      return one();
    },
  };
  const error = await bridge(context, [web], acts).then(
    () => '',
    (reason: Error) => reason.message,
  );
  return { did: did.filter((one) => !one.startsWith('[')), error };
}

it('gives the labels before the tasks, publishes routes before it lets go, and goes last', async () => {
  expect(await run()).toEqual({ did: ['start', 'relabel', 'update', 'publishRoutes', 'remove'], error: '' });
});

it('goes at once where it does not start: nothing was led to it', async () => {
  expect(await run(['start'])).toEqual({ did: ['start', 'remove'], error: 'start' });
});

it('says why it did not start where what was started cannot be removed either', async () => {
  expect(await run(['start', 'remove'])).toEqual({ did: ['start', 'remove'], error: 'start' });
  expect(notes()).toMatch(/could not be removed: remove$/);
});

it.each([['relabel'], ['update'], ['publishRoutes']] as const)(
  'serves until the services are back where %s fails',
  async (failing) => {
    const { did, error } = await run([failing]);
    expect(error).toBe(failing);
    expect(did.slice(-3)).toEqual([failing, 'goBack', 'remove']);
  },
);

it('stays where there is no way back: nobody else would serve', async () => {
  const { did, error } = await run(['update', 'goBack']);
  expect(did).toEqual(['start', 'relabel', 'update', 'goBack']);
  expect(error).toBe('goBack');
  expect(notes()).toMatch(/: update$/);
});

it('is left as it is by whoever interrupts: the next deploy settles it', async () => {
  interrupt.abort();
  expect((await run(['update'])).did).toEqual(['start', 'relabel', 'update']);
});

it('is settled by letting go of it', async () => {
  const removed = jest.fn(() => Promise.resolve());
  const none = new Map([['web', []]]);
  await settleBridge(context, [web], { tasks: none, left: none }, removed);
  expect(removed).toHaveBeenCalledTimes(1);
});
