import { stripVTControlCharacters } from 'node:util';
import type { ExecutorContext, TaskGraph } from '@nx/devkit';
import type { StackAction } from './run-action';
import { stepExecutor, type StepOptions } from './stack-executor';

const context = { root: '/workspace' } as ExecutorContext;

beforeEach(() => void jest.spyOn(process.stdout, 'write').mockReturnValue(true));
afterEach(() => jest.restoreAllMocks());

interface Told {
  /** Step and stacks of every action that ran, in order. */
  ran: string[];
  /** Task and status, in order. */
  outcomes: string[];
}

/** Runs these tasks, `stack:step`, of which some depend on others. */
async function batch(
  tasks: Record<string, string[]>,
  act: (step: string, run: Parameters<StackAction<StepOptions>>[0]) => void = () => undefined,
  extra: Record<string, unknown> = {},
): Promise<Told> {
  const told: Told = { ran: [], outcomes: [] };
  const step = (name: string, flags: string[] = []) => ({
    flags,
    load: () =>
      Promise.resolve<StackAction<StepOptions>>(async (run) => {
        told.ran.push(`${name} ${run.stacks.join()}`);
        act(name, run);
        await Promise.resolve();
      }),
  });
  const steps = { generate: step('generate'), validate: step('validate'), deploy: step('deploy', ['pull']) };
  const options = Object.fromEntries(
    Object.keys(tasks).map((task) => {
      const [stack = '', name = ''] = task.split(':');
      return [task, { step: name, stack, digest: 'd', ...extra }];
    }),
  );
  const graph: TaskGraph = { roots: [], tasks: {}, dependencies: tasks, continuousDependencies: {} };
  for await (const { task, result } of stepExecutor(steps).batch(graph, options, {}, context)) {
    told.outcomes.push(`${task} ${result.status ?? result.success}`);
  }
  return told;
}

describe('an executor of several steps', () => {
  it('does each for all its stacks before the next, whatever the order of the tasks', async () => {
    const tasks = {
      'a:deploy': ['a:validate'],
      'b:deploy': [],
      'a:validate': ['a:generate'],
      'a:generate': [],
    };
    expect(await batch(tasks)).toEqual({
      ran: ['generate a', 'validate a', 'deploy a,b'],
      outcomes: ['a:generate true', 'a:validate true', 'a:deploy true', 'b:deploy true'],
    });
  });

  it('skips what depends on a task that failed, over several steps, and nothing else', async () => {
    const tasks = {
      'a:generate': [],
      'b:generate': [],
      'a:validate': ['a:generate'],
      'b:validate': ['b:generate'],
      'a:deploy': ['a:validate'],
      'b:deploy': ['b:validate'],
      'consumer:deploy': ['a:deploy'],
    };
    const { ran, outcomes } = await batch(tasks, (step, { endTask }) => {
      if (step === 'generate') endTask('a', { success: false });
    });
    expect(ran).toEqual(['generate a,b', 'validate b', 'deploy b']);
    expect(outcomes.filter((outcome) => !outcome.endsWith('true'))).toEqual([
      'a:generate false',
      'a:validate skipped',
      'a:deploy skipped',
      'consumer:deploy skipped',
    ]);
  });

  it('begins no other step after an interrupt', async () => {
    const tasks = { 'a:generate': [], 'a:deploy': ['a:generate'] };
    const { ran, outcomes } = await batch(tasks, () => void process.emit('SIGINT'));
    expect(ran).toEqual(['generate a']);
    expect(outcomes).toEqual(['a:generate true', 'a:deploy skipped']);
    expect(process.listenerCount('SIGINT')).toBe(0);
  });

  it('refuses a flag that is another step’s, or nobody’s', async () => {
    expect(await batch({ 'a:generate': [] }, undefined, { pull: true })).toEqual({
      ran: [],
      outcomes: ['a:generate false'],
    });
    expect(await batch({ 'a:deploy': [] }, undefined, { nope: 1 })).toMatchObject({ ran: [] });
    expect(await batch({ 'a:deploy': [] }, undefined, { pull: true })).toMatchObject({ ran: ['deploy a'] });
  });

  it('shows a note once, however many steps tell it', async () => {
    const note = { code: 'x', severity: 'note' as const, message: 'a is a guest' };
    const write = jest.spyOn(process.stdout, 'write');
    await batch({ 'a:validate': [], 'a:deploy': ['a:validate'] }, (step, { endTask, unseen, print }) => {
      if (step === 'validate') endTask('a', { problems: [note] });
      else for (const { message } of unseen([note, { ...note, message: 'b is odd' }])) print(null, message);
    });
    // Nx asks its tasks for colours.
    const shown = stripVTControlCharacters(write.mock.calls.map(([text]) => String(text)).join(''));
    expect(shown).toBe('note: a is a guest\nb is odd\n');
  });
});
