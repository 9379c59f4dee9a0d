import type { ExecutorContext, TaskGraph } from '@nx/devkit';
import { stackExecutor } from './stack-executor';
import type { StackOptions } from '../inference/targets';

it('tells in a batch what a stack waits for while it waits, and keeps it out of what Nx keeps', async () => {
  let shown = '';
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => ((shown += String(text)), true));
  jest.useFakeTimers();
  const { batch } = stackExecutor<StackOptions>(async ({ reporter, endTask }) => {
    reporter.status?.('a', 'web: waits for the new containers to be ready');
    reporter.status?.('b', 'pulls the image of web', '2 of 5 layers');
    jest.advanceTimersByTime(3000);
    endTask('b');
    jest.advanceTimersByTime(10_000);
    reporter.line('a', 'web: a note');
    endTask('a', { success: false });
    jest.advanceTimersByTime(60_000);
  });
  const options = { 'a:deploy': { stack: 'a', digest: 'd' }, 'b:deploy': { stack: 'b', digest: 'd' } };
  const kept: string[] = [];
  const graph: TaskGraph = {
    roots: ['a:deploy', 'b:deploy'],
    tasks: {},
    dependencies: {},
    continuousDependencies: {},
  };
  for await (const { result } of batch(graph, options, {}, { root: '/' } as ExecutorContext)) {
    kept.push(result.terminalOutput);
  }
  jest.useRealTimers();
  jest.restoreAllMocks();
  expect(shown.split('\n')).toEqual([
    'a  web: waits for the new containers to be ready, 1 s',
    'b  pulls the image of web, 2 of 5 layers, 1 s',
    'a  web: waits for the new containers to be ready, 11 s',
    'a  web: a note',
    '',
  ]);
  expect(kept).toEqual(['', 'web: a note\n']);
});
