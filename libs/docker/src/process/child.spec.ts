import { runChild, streamChild, type ChildResult, type ChildSpec } from './child';

const env = { PATH: process.env['PATH'] };

function node(script: string, more: Partial<ChildSpec> = {}): ChildSpec {
  return { file: process.execPath, args: ['-e', script], env, ...more };
}

describe('a child', () => {
  it('prints to both streams, and in the order of arrival, characters whole', async () => {
    const script = `
      const euro = Buffer.from('€');
      process.stdout.write(euro.subarray(0, 1));
      setTimeout(() => process.stdout.write(euro.subarray(1)), 50);
      setTimeout(() => process.stderr.write('no'), 100);
      setTimeout(() => process.exit(3), 150);`;
    expect(await runChild(node(script))).toEqual({
      ...{ ending: 'exited', exitCode: 3, signal: null },
      ...{ stdout: '€', stderr: 'no', all: '€no' },
    });
  });

  it('reads its input, and may end without reading it', async () => {
    const echo = await runChild(node('process.stdin.pipe(process.stdout)', { input: 'a\nb' }));
    expect(echo.stdout).toBe('a\nb');
    const deaf = await runChild(node('process.exit(4)', { input: 'x'.repeat(1_000_000) }));
    expect(deaf).toMatchObject({ ending: 'exited', exitCode: 4 });
  });

  it('has an empty input where none is given', async () => {
    expect(await runChild(node('process.stdin.resume()'))).toMatchObject({ ending: 'exited', exitCode: 0 });
  });

  it('sends its lines as they come, the last one without an end too', async () => {
    const lines: string[] = [];
    await runChild(node('process.stdout.write("a\\r\\nb\\nc")', { onLine: (line) => lines.push(line) }));
    expect(lines).toEqual(['a', 'b', 'c']);
  });

  it.each<[string, Partial<ChildSpec>, Partial<ChildResult>]>([
    ['is not there', { file: 'no-such-command' }, { ending: 'missing', exitCode: null }],
    [
      'cannot be executed',
      { file: __filename },
      { ending: 'failed', stderr: expect.stringContaining('EACCES') as string },
    ],
    ['has an argument that no process can have', { args: ['a\0b'] }, { ending: 'failed' }],
    [
      'has no folder to run in',
      { cwd: '/no/such' },
      { ending: 'failed', stderr: 'the folder /no/such does not exist' },
    ],
  ])('that %s says so and rejects nothing', async (_, spec, expected) => {
    expect(await runChild(node('', spec))).toMatchObject(expected);
    const ended: ChildResult[] = [];
    if (spec.cwd !== undefined) return;
    for await (const line of streamChild(node('', spec), (result) => ended.push(result)))
      throw new Error(line);
    expect(ended).toMatchObject([{ ending: expected.ending }]);
  });

  it('that a signal ends is told from one that was ended', async () => {
    expect(await runChild(node('process.kill(process.pid, "SIGKILL")'))).toMatchObject({
      ...{ ending: 'killed', exitCode: null, signal: 'SIGKILL' },
    });
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 200);
    expect(await runChild(node('setInterval(() => 0, 1e6)', { signal: controller.signal }))).toMatchObject({
      ending: 'aborted',
    });
    expect(await runChild(node('setInterval(() => 0, 1e6)', { timeoutMs: 200 }))).toMatchObject({
      ending: 'timed-out',
    });
  });

  it('is ended with all that it has started, which holds its output open', async () => {
    const inner = 'process.on("SIGINT", () => 0); setInterval(() => 0, 1e6)';
    const script = `
      const { spawn } = require('node:child_process');
      spawn(process.execPath, ['-e', ${JSON.stringify(inner)}], { stdio: 'inherit' });
      setInterval(() => 0, 1e6);`;
    expect(await runChild(node(script, { timeoutMs: 1_000 }))).toMatchObject({ ending: 'timed-out' });
  });
});

describe('the lines of a child', () => {
  it('come as they are printed, with its end after them', async () => {
    const ended: ChildResult[] = [];
    const lines: string[] = [];
    const script = 'console.log("a"); console.error("why"); console.log("b"); process.exitCode = 2';
    for await (const line of streamChild(node(script), (result) => ended.push(result))) lines.push(line);
    expect(lines).toEqual(['a', 'b']);
    expect(ended).toMatchObject([{ ending: 'exited', exitCode: 2, stderr: 'why\n' }]);
  });

  it('end the child when nobody wants more', async () => {
    let pid = 0;
    const script = 'console.log(process.pid); setInterval(() => console.log("more"), 5)';
    for await (const line of streamChild(node(script), () => undefined)) {
      pid = Number(line);
      break;
    }
    expect(pid).toBeGreaterThan(1);
    expect(isRunning(pid)).toBe(false);
  });
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
