import { createServer, type RequestListener, type Server } from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createDocker,
  type ComposeStack,
  type ContainerSummary,
  type Docker,
  type DockerError,
} from '@itsup/docker';
import { describeWithImages } from '../harness/engine/describe-with';
import { BUSYBOX } from '../harness/engine/images';

const PREFIX = `e2e-docker-${process.pid}`;
const LABEL = `itsup.e2e=${PREFIX}`;
const OF_STACK = [`com.docker.compose.project=${PREFIX}`];
const lines: string[] = [];
const docker = createDocker({ env: process.env, onLine: (line) => lines.push(line) });
const sleeper = { image: BUSYBOX, command: ['sleep', '1000'], labels: { 'itsup.e2e': PREFIX, odd: 'a,b=c' } };

async function faultOf(promise: Promise<unknown>): Promise<DockerError['fault']> {
  return promise.then(
    () => {
      throw new Error('expected a rejection');
    },
    (error: unknown) => (error as DockerError).fault,
  );
}

describeWithImages([BUSYBOX], 'the Docker layer on an engine', () => {
  let folder: string;

  const stackOf = (yaml: string, env: Record<string, string> = {}): ComposeStack => {
    writeFileSync(join(folder, 'docker-compose.yml'), yaml);
    return { project: PREFIX, files: ['docker-compose.yml'], cwd: folder, env };
  };

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'itsup-docker-'));
  });

  afterEach(async () => {
    const containers = [
      ...(await docker.listContainers({ labelFilters: [LABEL] })),
      ...(await docker.listContainers({ labelFilters: [`com.docker.compose.project=${PREFIX}`] })),
    ];
    await docker.remove(
      containers.map(({ id }) => id),
      { force: true, volumes: true },
    );
    for (const filter of [LABEL, `com.docker.compose.project=${PREFIX}`]) {
      for (const { name } of await docker.listNetworks({ labelFilters: [filter] }))
        await docker.removeNetwork(name);
    }
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it('tells versions and the engine', async () => {
    expect(await docker.versions()).toMatchObject({
      clientError: null,
      serverError: null,
      composeError: null,
    });
    expect(await docker.engine()).toMatchObject({
      location: expect.any(String) as string,
      version: expect.any(String) as string,
    });
  });

  it('lists, inspects, runs in, stops and removes containers', async () => {
    const id = await docker.runDetached({ ...sleeper, name: `${PREFIX}-a`, env: { TOKEN: 'not-in-argv' } });
    expect(await docker.listContainers({ labelFilters: [LABEL], labels: ['odd', 'none'] })).toMatchObject([
      {
        id,
        name: `${PREFIX}-a`,
        image: BUSYBOX,
        state: 'running',
        health: null,
        compose: null,
        labels: { odd: 'a,b=c' },
      },
    ]);
    expect(await docker.exec(id, ['sh', '-c', 'echo $TOKEN; echo no >&2; exit 3'])).toEqual({
      exitCode: 3,
      stdout: 'not-in-argv\n',
      stderr: 'no\n',
    });
    expect((await docker.exec(id, ['no-such-command'])).exitCode).toBeGreaterThanOrEqual(126);
    expect(await docker.inspectContainers(['no-such-container', id])).toMatchObject([
      { id, running: true, restartCount: 0 },
    ]);

    await docker.stop([id, 'no-such-container'], { timeoutSeconds: 0 });
    expect(await docker.inspectContainers([id])).toMatchObject([{ state: 'exited', exitCode: 137 }]);
    await docker.kill([id]);
    expect(await faultOf(docker.exec(id, ['true']))).toMatchObject({ code: 'container-not-running' });
    await docker.remove([id]);
    await docker.remove([id]);
    expect(await docker.inspectContainers([id])).toEqual([]);
    expect(await faultOf(docker.logs(id))).toMatchObject({ code: 'container-not-found' });
  });

  it('is told the same by command as over the socket of the engine', async () => {
    const byCommand = createDocker({ env: process.env, socket: null });
    const volume = `${PREFIX}-data`;
    await docker
      .compose(
        stackOf(
          `services: {web: {image: "${BUSYBOX}", command: sleep 1000, stop_grace_period: 0s, ports: ["80"],
        healthcheck: {test: [CMD, "true"], interval: 1h}, labels: {odd: "a,b=c"}, networks: [default, back],
        volumes: ["data:/data", "/tmp:/host:ro", "/anonymous"], environment: {A: b}}}
volumes: {data: {name: "${volume}", labels: {odd: "a,b=c"}}}
networks: {back: {internal: true, labels: {odd: "a,b=c"}}}\n`,
        ),
      )
      .up();
    // What changes while it runs is asked of one that has ended.
    await docker.stop((await docker.listContainers({ labelFilters: OF_STACK })).map(({ id }) => id));
    const listing = { labelFilters: OF_STACK, labels: ['odd', 'none'] };
    const ids = (await docker.listContainers(listing)).map(({ id }) => id);
    const networks = (await docker.listNetworks({ labelFilters: OF_STACK })).map(({ name }) => name);
    const sorted = ({ networks: names, mounts, status, ...one }: ContainerSummary): ContainerSummary => ({
      ...one,
      status: status.replace(/\d+ seconds?|Less than a second/, 'some time'),
      networks: [...names].sort(),
      mounts: [...mounts].sort(),
    });
    const questions: ((asked: Docker) => Promise<unknown>)[] = [
      async (asked) => (await asked.listContainers(listing)).map(sorted),
      // The engine tells of mounts in any order.
      async (asked) =>
        (await asked.inspectContainers([...ids, 'no-such-container'])).map(({ mounts, ...one }) => ({
          ...one,
          mounts: mounts.sort((a, b) => a.destination.localeCompare(b.destination)),
        })),
      (asked) => asked.inspectNetworks([...networks, 'bridge', 'host', 'no-such-network']),
      (asked) => asked.inspectVolumes([volume, 'no-such-volume']),
      (asked) => asked.inspectImages([BUSYBOX, 'no/such:1', 'localhost:1/no/such@sha256:' + '0'.repeat(64)]),
      (asked) => asked.engine(),
    ];
    for (const question of questions) expect(await question(docker)).toEqual(await question(byCommand));
    expect(ids).toHaveLength(1);
    expect(networks).toHaveLength(2);
    await docker.remove(ids, { force: true, volumes: true });
    await docker.removeVolumes([volume]);
  });

  it('keeps the streams of a container in order', async () => {
    const id = await docker.runDetached({
      ...sleeper,
      command: ['sh', '-c', 'echo one; sleep 0.2; echo two >&2; sleep 0.2; echo three'],
    });
    for await (const [container] of docker.watch([id])) if (!container?.running) break;
    expect(await docker.logs(id)).toBe('one\ntwo\nthree\n');
    expect(await docker.logs(id, { tail: 1 })).toBe('three\n');
  });

  it('feeds a helper container and removes it, also when it is interrupted', async () => {
    const spec = { image: BUSYBOX, labels: sleeper.labels };
    expect(
      await docker.run({ ...spec, command: ['sh', '-c', 'cat; exit 4'] }, { input: 'in' }),
    ).toMatchObject({ exitCode: 4, stdout: 'in' });
    const controller = new AbortController();
    const running = faultOf(
      docker.with({ signal: controller.signal }).run({ ...spec, command: ['sleep', '1000'] }),
    );
    while ((await docker.listContainers({ labelFilters: [LABEL] })).length === 0) await sleep(50);
    controller.abort();
    const abortedAt = performance.now();
    expect(await running).toMatchObject({ code: 'interrupted' });
    expect(performance.now() - abortedAt).toBeLessThan(3000);
    expect(await docker.listContainers({ labelFilters: [LABEL] })).toEqual([]);
  });

  it('watches without waiting for its interval', async () => {
    const id = await docker.runDetached({ ...sleeper, command: ['sh', '-c', 'sleep 1; exit 7'] });
    const start = performance.now();
    for await (const [container] of docker.watch([id], { intervalMs: 60_000 })) {
      if (container?.running) continue;
      expect(container).toMatchObject({ exitCode: 7 });
      break;
    }
    expect(performance.now() - start).toBeLessThan(20_000);
  });

  it('makes networks and attaches containers, every step twice', async () => {
    const name = `${PREFIX}-net`;
    const spec = {
      name,
      subnet: '10.213.7.0/24',
      gateway: '10.213.7.1',
      ipRange: '10.213.7.128/25',
      internal: true,
      labels: sleeper.labels,
    };
    const id = await docker.createNetwork(spec);
    expect(await docker.listNetworks({ labelFilters: [LABEL], labels: ['odd'] })).toEqual([
      { id, name, driver: 'bridge', labels: { odd: 'a,b=c' } },
    ]);
    const container = await docker.runDetached({ ...sleeper, name: `${PREFIX}-a` });
    await docker.connectNetwork(name, container, { aliases: ['web'], ip: '10.213.7.9' });
    await docker.connectNetwork(name, container, { aliases: ['web'], ip: '10.213.7.9' });
    expect(await docker.inspectNetworks(['no-such-network', name])).toMatchObject([
      {
        name,
        internal: true,
        subnets: [{ subnet: '10.213.7.0/24', gateway: '10.213.7.1', ipRange: '10.213.7.128/25' }],
        containers: [{ id: container, ipv4: '10.213.7.9' }],
      },
    ]);
    expect((await docker.inspectContainers([container]))[0]?.networks[name]).toMatchObject({
      ipv4: '10.213.7.9',
      endpoint: { ip: '10.213.7.9' },
    });

    const other = await docker.runDetached(sleeper);
    expect(await faultOf(docker.connectNetwork(name, other, { ip: '10.213.7.9' }))).toMatchObject({
      code: 'address-taken',
    });
    expect(await faultOf(docker.createNetwork(spec))).toMatchObject({
      code: 'network-exists',
      network: name,
    });
    expect(await faultOf(docker.createNetwork({ ...spec, name: `${name}-2` }))).toMatchObject({
      code: 'subnet-taken',
    });
    expect(await faultOf(docker.removeNetwork(name))).toMatchObject({
      code: 'network-in-use',
      network: name,
    });
    await docker.disconnectNetwork(name, container);
    await docker.disconnectNetwork(name, container);
    await docker.removeNetwork(name);
    await docker.removeNetwork(name);
    expect(await faultOf(docker.connectNetwork(name, container))).toMatchObject({
      code: 'network-not-found',
    });
  });

  it('finds images, and says which cannot be had', async () => {
    const images = await docker.inspectImages(['no/such:1', BUSYBOX, 'no/such:2']);
    expect([...images.keys()]).toEqual([BUSYBOX]);
    expect(images.get(BUSYBOX)?.id).toMatch(/^sha256:/);
    const tag = `${PREFIX}:kept`;
    await docker.tagImage(BUSYBOX, tag);
    expect((await docker.inspectImages([tag])).get(tag)?.id).toBe(images.get(BUSYBOX)?.id);
    await docker.removeImage(tag);
    await docker.removeImage(tag);
    expect(await faultOf(docker.runDetached({ image: 'no/such:1' }))).toMatchObject({
      code: 'image-not-found',
      image: 'no/such:1',
    });
    await expectPullFromRegistry(404, 'MANIFEST_UNKNOWN', 'image-not-found');
    await expectPullFromRegistry(500, 'UNKNOWN', 'pull-failed');
  });

  it('converges a stack and reports how it went', async () => {
    const stack = docker.compose(
      stackOf(
        `services: {web: {image: "${BUSYBOX}", command: sleep 1000, stop_grace_period: 0s, environment: {A: "\${SECRET}"}}}\n`,
        {
          SECRET: 'correct-horse',
        },
      ),
    );
    await stack.configQuiet();
    const model = await stack.configJson();
    expect(model.services['web']).toMatchObject({
      image: BUSYBOX,
      environment: { A: 'correct-horse' },
      stop_grace_period: '0s',
    });
    const hashes = await stack.configHashes();

    lines.length = 0;
    await stack.up({ wait: true });
    expect(lines).toContain(`Container ${PREFIX}-web-1 Started`);
    const filter = { labelFilters: [`com.docker.compose.project=${PREFIX}`] };
    const [first] = await docker.listContainers(filter);
    expect(first?.compose).toMatchObject({
      project: PREFIX,
      service: 'web',
      number: 1,
      oneoff: false,
      configHash: hashes['web'],
    });
    expect(first?.compose?.configFiles).toEqual([join(folder, 'docker-compose.yml')]);

    await stack.up({ noDeps: true, noRecreate: true, scale: { web: 2 }, services: ['web'] });
    expect((await docker.listContainers(filter)).map(({ compose }) => compose?.number).sort()).toEqual([
      1, 2,
    ]);
    await stack.down({ timeoutSeconds: 0 });
    expect(await docker.listContainers(filter)).toEqual([]);
  });

  it.each<[string, string, Partial<DockerError['fault']>]>([
    [
      'a container that ends',
      `services: {web: {image: "${BUSYBOX}", command: sh -c 'exit 3'}}`,
      { code: 'container-unhealthy', container: `${PREFIX}-web-1`, reason: 'exited (3)' },
    ],
    [
      'a container that is unhealthy',
      `services: {web: {image: "${BUSYBOX}", command: sleep 100, healthcheck: {test: ["CMD", "false"], interval: 1s, retries: 1}}}`,
      { code: 'container-unhealthy', container: `${PREFIX}-web-1` },
    ],
    [
      'a required variable',
      `services: {web: {image: "${BUSYBOX}", environment: {A: "\${NOT_THERE:?set it}"}}}`,
      { code: 'variable-missing', variable: 'NOT_THERE', reason: 'set it' },
    ],
    ['a missing image and build', 'services: {web: {command: x}}', { code: 'compose-invalid' }],
    [
      'a missing network',
      `services: {web: {image: "${BUSYBOX}", networks: [x]}}\nnetworks: {x: {external: true, name: "${PREFIX}-none"}}`,
      { code: 'network-not-found', network: `${PREFIX}-none` },
    ],
    [
      'an image that is not here',
      'services: {web: {image: "no.such/image:1", pull_policy: never}}',
      { code: 'image-not-found', image: 'no.such/image:1' },
    ],
  ])('names %s', async (_, yaml, fault) => {
    expect(await faultOf(docker.compose(stackOf(yaml)).up({ wait: true }))).toMatchObject(fault);
  });

  it('names the port that another container has', async () => {
    const port = await freePort();
    const yaml = `services: {a: {image: "${BUSYBOX}", command: sleep 100, ports: ["${port}:80"]}, b: {image: "${BUSYBOX}", command: sleep 100, ports: ["${port}:80"]}}`;
    expect(await faultOf(docker.compose(stackOf(yaml)).up())).toMatchObject({ code: 'port-taken', port });
  });

  it('shows no secret that Compose repeats', async () => {
    const yaml = `services: {web: {image: "${BUSYBOX}", ports: ["\${PORT}:80"]}}`;
    const fault = await faultOf(docker.compose(stackOf(yaml, { PORT: 'correct-horse' })).configQuiet());
    expect(fault).toMatchObject({ code: 'compose-invalid' });
    expect(JSON.stringify(fault)).not.toContain('correct-horse');
  });

  it('reports an engine that does not answer', async () => {
    const down = createDocker({ env: { ...process.env, DOCKER_HOST: 'unix:///run/no-such-engine.sock' } });
    expect(await faultOf(down.listContainers())).toMatchObject({
      code: 'engine-unreachable',
      endpoint: 'unix:///run/no-such-engine.sock',
    });
    expect(await down.versions()).toMatchObject({
      clientError: null,
      server: null,
      serverError: { code: 'engine-unreachable' },
      composeError: null,
    });
    expect(await faultOf(down.engine())).toMatchObject({ code: 'engine-unreachable' });
  });

  it('puts rules into the packet filter and takes them out, where this user may', async () => {
    const result = await docker.packetFilter({ helperImage: async () => BUSYBOX });
    if (!result.available) {
      expect(result.reason).not.toBe('');
      return;
    }
    const { filter } = result;
    const rules = filter.families.map((family) => ({
      family,
      table: 'nat' as const,
      chain: 'OUTPUT',
      args: [
        '-p',
        'tcp',
        '-m',
        'addrtype',
        '--dst-type',
        'LOCAL',
        '--dport',
        '1',
        '-j',
        'REDIRECT',
        '--to-ports',
        '2',
      ],
      comment: `${PREFIX}: "1"`,
    }));
    try {
      for (let round = 0; round < 2; round++)
        await filter.apply(rules.map((rule) => ({ operation: 'insert', rule })));
      expect(
        (await filter.list(PREFIX)).map(({ family, chain, comment }) => ({ family, chain, comment })),
      ).toEqual(rules.map(({ family, chain, comment }) => ({ family, chain, comment })));
    } finally {
      for (let round = 0; round < 2; round++)
        await filter.apply(rules.map((rule) => ({ operation: 'delete', rule })));
    }
    expect(await filter.list(PREFIX)).toEqual([]);
  });

  it('sees connections and listeners of this host', async () => {
    const server = await listen((_, response) => response.end('ok'));
    const { port } = server.address() as AddressInfo;
    const client = connect(port, '127.0.0.1');
    await new Promise((resolve) => client.once('connect', resolve));
    try {
      client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
      await new Promise((resolve) => client.once('data', resolve));
      const listeners = (await docker.listeners()).filter((listener) => listener.port === port);
      expect(listeners).toMatchObject([{ protocol: 'tcp' }]);
      const [connection, ...others] = await docker.connections({
        remoteAddress: '127.0.0.1',
        remotePort: port,
      });
      expect(others).toEqual([]);
      expect(connection).toMatchObject({ remote: { address: '127.0.0.1', port } });
      // Counters are there where ss is.
      if (connection?.bytesSent !== null) expect(connection).toMatchObject({ bytesSent: 27 });
      expect(await docker.connections({ localPort: port })).toHaveLength(1);
    } finally {
      client.destroy();
      server.close();
    }
  });
});

/** An engine takes registries on the loopback address without TLS. */
async function expectPullFromRegistry(status: number, code: string, expected: string): Promise<void> {
  const server = await listen((request, response) => {
    const known = request.url === '/v2/';
    response.writeHead(known ? 200 : status, { 'Content-Type': 'application/json' });
    response.end(
      known ? '{}' : JSON.stringify({ errors: [{ code, message: code.toLowerCase().replace('_', ' ') }] }),
    );
  });
  const image = `127.0.0.1:${(server.address() as AddressInfo).port}/acme/web:1`;
  try {
    expect(await faultOf(docker.pullImage(image))).toMatchObject({ code: expected, image });
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

async function listen(handler: RequestListener): Promise<Server> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

async function freePort(): Promise<number> {
  const server = await listen(() => undefined);
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
