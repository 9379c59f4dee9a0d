import { spawnSync } from 'node:child_process';
import { createDocker } from './create-docker';
import { DockerError } from './fault/docker-error';
import type { PacketRule } from './host/packet-filter';
import { fakeDocker, rejection, removeFakes } from './testing/fake-docker';

const INFO = JSON.stringify({
  ID: 'X',
  Name: 'host',
  ServerVersion: '28.0.0',
  OperatingSystem: 'Debian',
  KernelVersion: '6.1.0',
  SecurityOptions: ['name=rootless'],
});
const CONTEXT = JSON.stringify({
  Name: 'default',
  Endpoints: { docker: { Host: 'unix:///var/run/docker.sock' } },
});
const ENGINE = (info: string) => [
  { match: '^context inspect', stdout: CONTEXT },
  { match: '^system info', stdout: info },
];
const COMPOSE_VERSION = { match: '^compose version', stdout: '2.40.0\n' };
const MISSING = {
  match: 'inspect',
  stdout: '[]\n',
  stderr: 'Error response from daemon: No such container: a\n',
  exit: 1,
};

afterAll(removeFakes);

describe('a child', () => {
  it('has the given environment alone, and no value of it in its arguments', async () => {
    process.env['LEAK'] = 'of this process';
    const { docker, calls } = fakeDocker([{ match: 'config', stdout: 'web 1\n' }], { env: { HOME: '/h' } });
    await docker
      .compose({ project: 'shop', files: ['a.yml'], cwd: '/', env: { DB_PASSWORD: 'hunter22-long' } })
      .configHashes();
    delete process.env['LEAK'];
    const [call] = calls();
    expect(call?.env).toMatchObject({ HOME: '/h', DB_PASSWORD: 'hunter22-long' });
    expect(call?.env).not.toHaveProperty('LEAK');
    expect(call?.args.join(' ')).not.toContain('hunter22');
  });

  it('shows no value of its environment in progress and errors', async () => {
    const lines: string[] = [];
    const { docker } = fakeDocker(
      [{ match: ' up ', stderr: 'using hunter22-long\ncannot use hunter22-long\n', exit: 1 }],
      {
        onLine: (line) => lines.push(line),
      },
    );
    const stack = { project: 'shop', files: ['a.yml'], cwd: '/', env: { DB_PASSWORD: 'hunter22-long' } };
    const error = (await rejection(docker.compose(stack).up())) as DockerError;
    expect(lines).toEqual(['using ${DB_PASSWORD}', 'cannot use ${DB_PASSWORD}']);
    expect(error.message).toContain('cannot use ${DB_PASSWORD}');
    expect(JSON.stringify(error)).not.toContain('hunter22');
  });

  it('that does not exist is a missing docker; a missing folder is said as such', async () => {
    const docker = createDocker({ binary: 'no-such-docker', env: { PATH: process.env['PATH'] } });
    expect(await rejection(docker.listContainers())).toMatchObject({ code: 'docker-missing' });
    const stack = { project: 'shop', files: ['a.yml'], cwd: '/no/such/folder', env: {} };
    expect(await rejection(docker.compose(stack).configQuiet())).toMatchObject({
      message: expect.stringContaining('/no/such/folder does not exist') as string,
    });
  });

  it.each(['polite', 'deaf'] as const)(
    'is ended by the signal within three seconds (%s)',
    async (hang) => {
      const controller = new AbortController();
      let abortedAt = 0;
      const { docker } = fakeDocker([{ match: 'pull', hang, stdout: 'up\n' }], {
        signal: controller.signal,
        onLine: () => {
          abortedAt = performance.now();
          controller.abort();
        },
      });
      const image = `interrupted-${hang}-${process.pid}`;
      expect(await rejection(docker.pullImage(image))).toMatchObject({ code: 'interrupted' });
      expect(performance.now() - abortedAt).toBeLessThan(3000);
      expect(await rejection(docker.listContainers())).toMatchObject({ code: 'interrupted' });
      expect(spawnSync('pgrep', ['-f', `pull ${image}`], { encoding: 'utf8' }).stdout).toBe('');
    },
    15_000,
  );

  it('runs after an interrupt for a Docker without the signal', async () => {
    const { docker } = fakeDocker([{ match: 'ps' }], { signal: AbortSignal.abort() });
    expect(await docker.with({ signal: null }).listContainers()).toEqual([]);
  });

  it('that takes too long is ended', async () => {
    const { docker } = fakeDocker([{ match: 'exec', hang: 'polite' }]);
    expect(await rejection(docker.exec('a', ['x'], { timeoutSeconds: 0.3 }))).toMatchObject({
      code: 'timeout',
    });
  });
});

describe('versions', () => {
  it('says what is missing', async () => {
    const missing = await createDocker({ binary: 'no-such-docker', env: {} }).versions();
    expect(missing).toMatchObject({
      client: null,
      server: null,
      compose: null,
      clientError: { code: 'docker-missing' },
    });

    const down = await fakeDocker([
      {
        match: '^version',
        stdout: '{"Client":{"Version":"28.2.2"},"Server":null}\n',
        stderr: 'Cannot connect to the Docker daemon at unix:///x.sock. Is the docker daemon running?',
        exit: 1,
      },
      COMPOSE_VERSION,
    ]).docker.versions();
    expect(down).toMatchObject({
      client: '28.2.2',
      clientError: null,
      server: null,
      serverError: { code: 'engine-unreachable' },
      compose: '2.40.0',
      composeError: null,
    });
  });

  it.each([
    ['2.20.2\n', 'compose-too-old'],
    ['v2.20.3\n', undefined],
    ['', 'compose-missing'],
  ])('judges Compose %j', async (stdout, code) => {
    const { docker } = fakeDocker([
      { match: '^version', stdout: '{"Client":{"Version":"28"},"Server":{"Version":"27"}}' },
      { match: '^compose', stdout, stderr: stdout ? '' : 'unknown flag: --short', exit: stdout ? 0 : 125 },
    ]);
    expect((await docker.versions()).composeError?.code).toBe(code);
  });
});

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

describe('a Compose pull that a registry refuses', () => {
  it('names the image, which Docker does not', async () => {
    const { docker } = fakeDocker([
      {
        match: ' pull',
        stderr: ' web Pulling \n web Error denied\nError response from daemon: denied\n',
        exit: 18,
      },
      { match: ' config', stdout: '{"name":"shop","services":{"web":{"image":"ghcr.io/acme/web:1"}}}' },
    ]);
    const stack = { project: 'shop', files: ['a.yml'], cwd: '/', env: {} };
    expect(await rejection(docker.compose(stack).pull())).toMatchObject({
      fault: { code: 'image-not-found', image: 'ghcr.io/acme/web:1', reason: 'denied' },
    });
  });
});

describe('the progress of Compose 5', () => {
  it('is told once where two lines that follow each other say the same', async () => {
    const lines: string[] = [];
    const { docker } = fakeDocker(
      [
        {
          match: ' up',
          stderr: ' Network a Creating \n Network a Creating \n Network a Created \n Network b Creating \n',
        },
      ],
      { onLine: (line) => lines.push(line) },
    );
    await docker.compose({ project: 'shop', files: ['a.yml'], cwd: '/', env: {} }).up();
    expect(lines).toEqual(['Network a Creating', 'Network a Created', 'Network b Creating']);
  });
});

describe('where the engine runs', () => {
  it('is asked once, also by several at a time', async () => {
    const { docker, calls } = fakeDocker(ENGINE(INFO));
    const [first, second] = await Promise.all([docker.engine(), docker.engine()]);
    expect(first).toMatchObject({ version: '28.0.0', rootless: true });
    expect(second).toBe(first);
    expect(await docker.engine()).toBe(first);
    expect(calls()).toHaveLength(2);
  });

  it('is asked again when nothing answered', async () => {
    // Of the two questions that are asked at once it is this one that fails; else the other might end the wait before
    // it is asked.
    const { docker, calls } = fakeDocker([
      { match: '^system info', stderr: 'Cannot connect', exit: 1 },
      { match: '^context', stdout: '{}' },
    ]);
    await rejection(docker.engine());
    await rejection(docker.engine());
    expect(calls().filter(({ args }) => args[0] === 'system')).toHaveLength(2);
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

describe('packetFilter', () => {
  it.each([
    [INFO, 'rootless'],
    [INFO.replace('6.1.0', '6.2.0'), 'virtual-machine'],
    [INFO.replace('name=rootless', 'name=seccomp'), 'no-helper-image'],
  ])('is out of reach: %s', async (info, code) => {
    const { docker } = fakeDocker(ENGINE(info));
    const result = await docker.packetFilter();
    expect(result).toMatchObject({ available: false, code });
  });

  it('is reached through a privileged helper in the namespaces of the host', async () => {
    const { docker, calls } = fakeDocker([
      ...ENGINE(INFO.replace('name=rootless', 'name=seccomp')),
      { match: '^image inspect', stdout: '[{"Id":"sha256:1","Config":{}}]' },
      { match: 'ip6tables -w', stderr: 'ip6tables: no IPv6\n', exit: 3 },
      { match: 'iptables -w' },
      { match: 'iptables-save', stdout: '*nat\nCOMMIT\n' },
      { match: 'iptables-restore', readInput: true },
    ]);
    const result = await docker.packetFilter({ helperImage: async () => 'busybox:stable' });
    if (!result.available) throw new Error(result.reason);
    expect(result.filter).toMatchObject({ via: 'helper', families: ['ipv4'] });
    const rule: PacketRule = {
      family: 'ipv4',
      table: 'nat',
      chain: 'OUTPUT',
      args: ['-j', 'ACCEPT'],
      comment: 'itsup:x',
    };
    await result.filter.apply([{ operation: 'insert', rule }]);
    const restore = calls().at(-1);
    expect(restore?.args.join(' ')).toMatch(
      /^run --rm --interactive --pull never --name itsup-\S+ --network none --user 0 --privileged --pid host --entrypoint nsenter busybox:stable -t 1 -m -n iptables-restore --noflush --wait=10$/,
    );
    expect(restore?.input).toBe('*nat\n-I OUTPUT -m comment --comment itsup:x -j ACCEPT\nCOMMIT\n');
    expect(
      await rejection(result.filter.apply([{ operation: 'insert', rule: { ...rule, family: 'ipv6' } }])),
    ).toBeInstanceOf(DockerError);
  });

  it('is out of reach with a reason where the image cannot act as root', async () => {
    const { docker } = fakeDocker([
      ...ENGINE(INFO.replace('name=rootless', 'name=seccomp')),
      { match: '^image inspect', stdout: '[{"Id":"sha256:1","Config":{}}]' },
      {
        match: '^run',
        stderr: 'docker: Error response from daemon: exec: "nsenter": executable file not found in $PATH',
        exit: 127,
      },
    ]);
    const result = await docker.packetFilter({ helperImage: async () => 'traefik:v3' });
    expect(result).toMatchObject({ available: false });
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
