import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { shownBy, wantsColor, wantsColorInTask } from './wants-color';

describe('wantsColor', () => {
  it.each([
    ['a terminal', {}, true, true],
    ['a pipe', {}, false, false],
    ['NO_COLOR', { NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
    ['FORCE_COLOR', { FORCE_COLOR: 'true' }, false, true],
    ['FORCE_COLOR=0', { FORCE_COLOR: '0' }, true, false],
  ])('follows %s', (_, env, terminal, expected) => {
    expect(wantsColor(env, terminal)).toBe(expected);
  });
});

describe('wantsColorInTask', () => {
  const WORKER = { NX_FORKED_TASK_EXECUTOR: 'true', FORCE_COLOR: 'true' };

  it.each([
    ['a terminal', WORKER, { forced: undefined, isTerminal: true }, true],
    ['a pipe', WORKER, { forced: undefined, isTerminal: false }, false],
    ['FORCE_COLOR into a pipe', WORKER, { forced: 'true', isTerminal: false }, true],
    ['NO_COLOR', { ...WORKER, NO_COLOR: '1' }, { forced: undefined, isTerminal: true }, false],
    ['FORCE_COLOR=0', { ...WORKER, FORCE_COLOR: '0' }, { forced: '0', isTerminal: true }, false],
    ['a process that is not known', WORKER, null, true],
  ])('follows what Nx was started with: %s', (_, env, shown, expected) => {
    expect(wantsColorInTask(env, false, () => shown)).toBe(expected);
  });

  it('reads it of a process, where the system tells', async () => {
    const wait = ['-e', 'process.stdin.resume(); process.stdout.write("there")'];
    const env = { ...process.env, FORCE_COLOR: '3' };
    const child = spawn(process.execPath, wait, { stdio: ['pipe', 'pipe', 'ignore'], env });
    try {
      await new Promise((resolve) => child.stdout.once('data', resolve));
      const isTold = existsSync('/proc/self/environ');
      expect(shownBy(child.pid ?? 0)).toEqual(isTold ? { forced: '3', isTerminal: false } : null);
    } finally {
      child.kill();
    }
    expect(shownBy(2 ** 30)).toBeNull();
  });
});
