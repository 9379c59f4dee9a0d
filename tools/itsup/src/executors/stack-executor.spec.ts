import type { ExecutorContext, TaskGraph } from '@nx/devkit';
import { UserError } from '@itsup/config';
import type { StackOptions } from '../inference/targets';
import type { StackAction, TaskOutcome } from './run-action';
import { stackExecutor } from './stack-executor';

const context = { root: '/workspace' } as ExecutorContext;
const graph: TaskGraph = { roots: [], tasks: {}, dependencies: {}, continuousDependencies: {} };

let shown: string;
beforeEach(() => {
  shown = '';
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    shown += String(text);
    return true;
  });
});
afterEach(() => jest.restoreAllMocks());

/** Outcomes by task, in the order they came. */
async function batch(
  action: StackAction<StackOptions>,
  tasks: Record<string, Partial<StackOptions>>,
): Promise<Map<string, TaskOutcome['result']>> {
  const options = Object.fromEntries(
    Object.entries(tasks).map(([task, rest]) => [
      task,
      { stack: task.split(':')[0] ?? '', digest: 'd', ...rest },
    ]),
  );
  const outcomes = new Map<string, TaskOutcome['result']>();
  for await (const { task, result } of stackExecutor(action).batch(graph, options, {}, context)) {
    outcomes.set(task, result);
  }
  return outcomes;
}

const THREE = { 'a:deploy': {}, 'b:deploy': {}, 'c:deploy': {} };

describe('a batch', () => {
  it('runs once for all tasks and tells each outcome as it comes', async () => {
    const runs: string[][] = [];
    const outcomes = await batch(async ({ stacks, endTask }) => {
      runs.push(stacks);
      endTask('c');
      await Promise.resolve();
      endTask('a', { success: false });
    }, THREE);
    expect(runs).toEqual([['a', 'b', 'c']]);
    expect([...outcomes].map(([task, { success }]) => [task, success])).toEqual([
      ['c:deploy', true],
      ['a:deploy', false],
      ['b:deploy', true],
    ]);
  });

  it('fails a task with an error of its own and leaves its neighbours alone', async () => {
    const outcomes = await batch(async ({ endTask }) => {
      endTask('b', { problems: [{ code: 'x', severity: 'error', message: 'b is broken' }] });
      endTask('c', { problems: [{ code: 'x', severity: 'warning', message: 'c is odd' }] });
    }, THREE);
    expect(outcomes.get('a:deploy')?.success).toBe(true);
    expect(outcomes.get('b:deploy')).toMatchObject({ success: false });
    expect(outcomes.get('b:deploy')?.terminalOutput).toContain('b is broken');
    expect(outcomes.get('c:deploy')).toMatchObject({ success: true });
  });

  it('shows a warning at once, because Nx folds what went well away', async () => {
    await batch(async ({ endTask }) => {
      endTask('c', { problems: [{ code: 'x', severity: 'warning', message: 'c is odd' }] });
    }, THREE);
    expect(shown).toContain('c is odd');
  });

  it('fails what is not settled yet when the action fails, without a stack trace for a mistake of the operator', async () => {
    const outcomes = await batch(async ({ endTask }) => {
      endTask('a');
      throw new UserError({ code: 'no-engine', severity: 'error', message: 'no engine answers' });
    }, THREE);
    expect([...outcomes.values()].map(({ success }) => success)).toEqual([true, false, false]);
    expect(outcomes.get('c:deploy')?.terminalOutput).toContain('no engine answers');
    expect(outcomes.get('c:deploy')?.terminalOutput).not.toMatch(/\n\s+at /);
  });

  it('keeps the lines of each task apart, and shows them with the stack in front as they come', async () => {
    const outcomes = await batch(async ({ print, endTask }) => {
      print('a', 'pulling');
      print('b', 'starting');
      print(null, 'all of it');
      endTask('a', { success: false });
      endTask('b', { success: false });
    }, THREE);
    expect(outcomes.get('a:deploy')?.terminalOutput).toBe('pulling\n');
    expect(outcomes.get('b:deploy')?.terminalOutput).toBe('starting\n');
    expect(shown).toBe('a  pulling\nb  starting\nall of it\n');
  });

  it('refuses a task without running it', async () => {
    const runs: string[][] = [];
    const outcomes = await batch(
      async ({ stacks }) => {
        runs.push(stacks);
      },
      { ...THREE, 'b:deploy': { refusal: 'b is reserved' } },
    );
    expect(runs).toEqual([['a', 'c']]);
    expect(outcomes.get('b:deploy')).toMatchObject({ success: false });
    expect(outcomes.get('b:deploy')?.terminalOutput).toContain('b is reserved');
  });

  it('does not run at all when every task is refused', async () => {
    const action = jest.fn(() => Promise.resolve());
    const outcomes = await batch(action, { 'a:deploy': { refusal: 'stale' } });
    expect(action).not.toHaveBeenCalled();
    expect(outcomes.get('a:deploy')?.success).toBe(false);
  });

  it('keeps notes about the workspace in the output, so that a cached run tells them again', async () => {
    const outcomes = await batch(() => Promise.resolve(), {
      'proxy:validate': { notes: ['projects/ is odd'] },
    });
    expect(outcomes.get('proxy:validate')).toMatchObject({ success: true });
    expect(outcomes.get('proxy:validate')?.terminalOutput).toContain('projects/ is odd');
  });

  it('aborts on an interrupt and reports what the action made of it', async () => {
    const outcomes = await batch(
      async ({ signal, endTask }) => {
        const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve));
        process.emit('SIGINT');
        await aborted;
        endTask('a', { success: false, summary: 'interrupted' });
      },
      { 'a:deploy': {} },
    );
    expect(outcomes.get('a:deploy')?.success).toBe(false);
    expect(process.listenerCount('SIGINT')).toBe(0);
  });
});

describe('the implementation for one task', () => {
  const options = { stack: 'a', digest: 'd' };

  it('shows everything and passes the verdict on', async () => {
    const { single } = stackExecutor<StackOptions>(async ({ print, endTask }) => {
      print('a', 'checking');
      endTask('a', { problems: [{ code: 'x', severity: 'error', message: 'a is broken' }] });
    });
    expect(await single(options, context)).toEqual({ success: false });
    expect(shown).toContain('checking');
    expect(shown).toContain('a is broken');
    expect(shown.match(/checking/g)).toHaveLength(1);
  });

  it('succeeds with the action', async () => {
    expect(await stackExecutor<StackOptions>(() => Promise.resolve()).single(options, context)).toEqual({
      success: true,
    });
  });
});
