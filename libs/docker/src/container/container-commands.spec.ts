import { fakeDocker, rejection, removeFakes } from '../testing/fake-docker';

const MISSING = {
  match: 'inspect',
  stdout: '[]\n',
  stderr: 'Error response from daemon: No such container: a\n',
  exit: 1,
};

afterAll(removeFakes);

describe('containers', () => {
  it('that are gone are left out, and done for whoever removes or stops them', async () => {
    const gone = 'Error response from daemon: No such container: a\n';
    const { docker } = fakeDocker([
      MISSING,
      { match: '^(stop|rm|kill)', stderr: gone, exit: 1 },
      { match: '^start', stderr: gone, exit: 1 },
    ]);
    expect(await docker.inspectContainers(['a'])).toEqual([]);
    await docker.stop(['a']);
    await docker.kill(['a']);
    await docker.remove(['a'], { force: true });
    expect(await rejection(docker.start(['a']))).toMatchObject({ code: 'container-not-found' });
  });

  it('that cannot be removed are an error, beside others that are gone', async () => {
    const { docker } = fakeDocker([
      {
        match: '^rm',
        stderr:
          'Error response from daemon: No such container: a\nError response from daemon: You cannot remove a running container b.\n',
        exit: 1,
      },
    ]);
    expect(await rejection(docker.remove(['a', 'b']))).toMatchObject({
      code: 'command-failed',
      message: expect.stringContaining('cannot remove a running container b') as string,
    });
  });

  it('of no ids cost no process', async () => {
    const { docker } = fakeDocker([]);
    await docker.stop([]);
    expect(await docker.inspectContainers([])).toEqual([]);
    expect(await docker.inspectNetworks([])).toEqual([]);
    expect(await docker.inspectImages([])).toEqual(new Map());
  });

  it('that were created and could not start are removed', async () => {
    const id = 'f'.repeat(64);
    const { docker, calls } = fakeDocker([
      {
        match: '^run',
        stdout: `${id}\n`,
        stderr: 'docker: Error response from daemon: Bind for 0.0.0.0:80 failed: port is already allocated',
        exit: 125,
      },
      { match: '^rm' },
    ]);
    expect(await rejection(docker.runDetached({ image: 'a' }))).toMatchObject({
      fault: { code: 'port-taken', port: 80 },
    });
    expect(calls().map(({ args }) => args.join(' '))).toContain(`rm --force --volumes ${id}`);
  });

  it('of an interrupted helper are removed', async () => {
    const controller = new AbortController();
    const { docker, calls } = fakeDocker([{ match: '^run', hang: 'polite' }, { match: '^rm' }], {
      signal: controller.signal,
    });
    // Not before the helper runs: what was never started needs no removal.
    const timer = setInterval(() => calls().length > 0 && controller.abort(), 20);
    expect(
      await rejection(docker.run({ image: 'a', name: 'helper', env: { TOKEN: 'hunter22-long' } })),
    ).toMatchObject({ code: 'interrupted' });
    clearInterval(timer);
    expect(calls().at(-1)?.args.join(' ')).toBe('rm --force --volumes helper');
    expect(calls()[0]?.args).toEqual([
      'run',
      '--rm',
      '--pull',
      'never',
      '--name',
      'helper',
      '--env',
      'TOKEN',
      'a',
    ]);
  });
});

describe('a helper on several networks', () => {
  it('joins them before it starts, and gets what the client goes by itself without changing the client', async () => {
    const { docker, calls } = fakeDocker([{ match: '^start', stdout: 'done\n', exit: 3 }, { match: '' }]);
    const spec = {
      image: 'a',
      name: 'hook',
      network: 'one',
      moreNetworks: ['two'],
      volumesFrom: ['made'],
      env: { TOKEN: 'hunter22-long', PATH: '/app' },
    };
    expect(await docker.run(spec)).toMatchObject({ exitCode: 3, stdout: 'done\n' });
    expect(calls().map(({ args }) => args.join(' '))).toEqual([
      'create --rm --pull never --name hook --network one --env TOKEN --env PATH=/app --volumes-from made a',
      'network connect two hook',
      'start --attach hook',
    ]);
    expect(calls()[0]?.env['TOKEN']).toBe('hunter22-long');
    expect(calls()[0]?.env['PATH']).not.toBe('/app');
  });
});

describe('watch', () => {
  it('polls when the engine gives no events, and ends with its signal', async () => {
    const { docker } = fakeDocker([{ match: '^events', stderr: 'unexpected EOF', exit: 1 }, MISSING]);
    const controller = new AbortController();
    let snapshots = 0;
    for await (const snapshot of docker.watch(['a'], { intervalMs: 20, signal: controller.signal })) {
      expect(snapshot).toEqual([]);
      if (++snapshots === 3) controller.abort();
    }
    expect(snapshots).toBe(3);
  });
});

describe('logs', () => {
  it('puts both streams into the order of their time stamps', async () => {
    const { docker } = fakeDocker([
      {
        match: '^logs --tail 100 --timestamps a$',
        stdout: '2026-01-01T00:00:00.100000000Z one\n2026-01-01T00:00:00.300000000Z three  3\n',
        stderr: '2026-01-01T00:00:00.200000000Z two\n2026-01-01T00:00:00.200000000Z \n',
      },
    ]);
    expect(await docker.logs('a')).toBe('one\ntwo\n\nthree  3\n');
    expect((await docker.logs('a', { timestamps: true })).split('\n')[1]).toBe(
      '2026-01-01T00:00:00.200000000Z two',
    );
  });
});
