import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { Compose, ComposeStack } from '../compose/compose';
import type { ComposeModel, ComposeService } from '../compose/compose-model';
import { COMPOSE_LABELS, ofComposeProject } from '../compose/labels';
import type { ContainerDetails, ContainerSummary } from '../container/container';
import type { Docker } from '../docker';
import { DockerError } from '../fault/docker-error';
import type { DockerFault } from '../fault/docker-fault';
import type { Behaviour } from './simulated-container';

/** An engine that the contract is asked of. */
export interface ContractSubject {
  docker: Docker;
  /** Begins the names of everything that is made; nobody else's does. */
  prefix: string;
  /** A service whose container turns out so; `checked`: with a health check. */
  service(behaviour: Exclude<Behaviour, 'crash-loop'>, checked?: boolean): ComposeService;
  /** Two images with different contents that the engine has. */
  images: readonly [string, string];
  /** A port of this host that is free. */
  port: number;
}

const WATCH_MS = 100;
const LOOKS = 600;

/** What simulations and real engines do alike, as far as a deploy can tell. */
export function engineContract(open: () => Promise<ContractSubject>): void {
  let subject: ContractSubject;
  let docker: Docker;
  let project: string;
  let folder: string;

  beforeAll(async () => {
    subject = await open();
    docker = subject.docker;
    project = `${subject.prefix}app`;
    folder = mkdtempSync(path.join(tmpdir(), 'itsup-contract-'));
  });

  afterEach(async () => {
    const made = (await docker.listContainers()).filter(({ name }) => name.startsWith(subject.prefix));
    await docker.remove(
      made.map(({ id }) => id),
      { force: true, volumes: true },
    );
    const networks = (await docker.listNetworks()).filter(({ name }) => name.startsWith(subject.prefix));
    for (const { name } of networks) await docker.removeNetwork(name);
    await docker.removeVolumes(await docker.listVolumes({ labelFilters: ofComposeProject(project) }));
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  const stackOf = (services: Record<string, ComposeService>, change: Partial<ComposeModel> = {}): ComposeStack => {
    const file = path.join(folder, 'docker-compose.yml');
    const model = {
      name: project,
      services: Object.fromEntries(
        Object.entries(services).map(([name, one]) => [
          name,
          one.network_mode === undefined ? { networks: { default: null }, ...one } : one,
        ]),
      ),
      networks: { default: { name: `${project}_default` } },
      ...change,
    };
    writeFileSync(file, JSON.stringify(model));
    return { project, files: [file], cwd: folder, env: {} };
  };
  const compose = (services: Record<string, ComposeService>, change: Partial<ComposeModel> = {}): Compose =>
    docker.compose(stackOf(services, change));
  const listed = async (service?: string): Promise<ContainerSummary[]> => {
    const found = await docker.listContainers({ labelFilters: ofComposeProject(project, service) });
    return found.sort((a, b) => (a.compose?.number ?? 0) - (b.compose?.number ?? 0));
  };
  const only = async (service: string): Promise<ContainerDetails> => {
    const [first, ...others] = await listed(service);
    expect(others).toEqual([]);
    return inspected(first?.id ?? '');
  };
  const inspected = async (id: string): Promise<ContainerDetails> => {
    const [details] = await docker.inspectContainers([id]);
    if (details === undefined) throw new Error(`${id} is gone`);
    return details;
  };
  const until = async (id: string, holds: (one: ContainerDetails) => boolean): Promise<ContainerDetails> => {
    let looks = 0;
    for await (const [one] of docker.watch([id], { intervalMs: WATCH_MS })) {
      if (one !== undefined && holds(one)) return one;
      if ((looks += 1) > LOOKS) throw new Error(`never: ${holds.toString()}, but ${JSON.stringify(one)}`);
    }
    throw new Error('the watch ended');
  };
  const faultOf = (act: Promise<unknown>): Promise<DockerFault> =>
    act.then(
      () => Promise.reject(new Error('it should have failed')),
      (error: unknown) => {
        if (error instanceof DockerError) return error.fault;
        throw error;
      },
    );

  describe('up', () => {
    it('makes what is missing, labelled and listed, and leaves it as it is the second time', async () => {
      const web = { ...subject.service('healthy'), labels: { colour: 'blue,green' } };
      const stack = compose({ web });
      await stack.up();
      const [first] = await listed('web');
      const hashes = await stack.configHashes();
      expect(first).toMatchObject({
        name: `${project}-web-1`,
        state: 'running',
        health: null,
        networks: [`${project}_default`],
        compose: { project, service: 'web', number: 1, oneoff: false, configHash: hashes['web'] },
      });
      expect(first?.compose?.configFiles).toEqual([path.join(folder, 'docker-compose.yml')]);
      const details = await inspected(first?.id ?? '');
      expect(details.labels).toMatchObject({
        colour: 'blue,green',
        [COMPOSE_LABELS.project]: project,
        [COMPOSE_LABELS.service]: 'web',
        [COMPOSE_LABELS.oneoff]: 'False',
      });
      expect(first?.compose?.imageId).toBe(details.imageId);
      await stack.up();
      expect(await only('web')).toMatchObject({ id: details.id, startedAt: details.startedAt });
    });

    it('makes all services where none is named, and the named one alone', async () => {
      const services = { web: subject.service('healthy'), api: subject.service('healthy') };
      await compose(services).up({ services: ['web'] });
      expect((await listed()).map(({ compose: made }) => made?.service)).toEqual(['web']);
      await compose(services).up();
      expect((await listed()).map(({ compose: made }) => made?.service).sort()).toEqual(['api', 'web']);
    });

    it('makes a changed service anew under its name, unless it may not', async () => {
      await compose({ web: subject.service('healthy') }).up();
      const before = await only('web');
      const changed = compose({ web: { ...subject.service('healthy'), environment: { LEVEL: 'debug' } } });
      await changed.up({ noRecreate: true });
      expect(await only('web')).toMatchObject({ id: before.id, startedAt: before.startedAt });
      await changed.up();
      const after = await only('web');
      expect(after).toMatchObject({ name: before.name, state: 'running' });
      expect(after.id).not.toBe(before.id);
    });

    it('makes a service anew whose tag names another image by now, and lists the old one by its id', async () => {
      const tag = `${subject.prefix}moved:1`;
      const [image, other] = subject.images;
      await docker.tagImage(image, tag);
      try {
        const stack = compose({ web: { ...subject.service('healthy'), image: tag } });
        await stack.up();
        const before = await only('web');
        expect((await listed('web'))[0]?.image).toBe(tag);
        await docker.tagImage(other, tag);
        expect((await listed('web'))[0]?.image).toBe(before.imageId);
        await stack.up({ noRecreate: true });
        expect((await only('web')).id).toBe(before.id);
        await stack.up({ noStart: true });
        const after = await only('web');
        expect(after.imageId).not.toBe(before.imageId);
      } finally {
        await docker.removeImage(tag);
      }
    });

    it('recreates by force, without what was connected beside the file', async () => {
      const stack = compose({ web: subject.service('healthy') });
      await stack.up();
      const before = await only('web');
      const network = `${subject.prefix}extra`;
      await docker.createNetwork({ name: network });
      await docker.connectNetwork(network, before.id);
      await stack.up({ services: ['web'], noDeps: true, forceRecreate: true });
      const after = await only('web');
      expect(after.id).not.toBe(before.id);
      expect(Object.keys(after.networks)).toEqual([`${project}_default`]);
      expect(await docker.inspectContainers([before.id])).toEqual([]);
    });

    it('adds replicas under the next free number, and takes the highest away', async () => {
      const stack = compose({ web: subject.service('healthy') });
      const numbers = async (): Promise<unknown[]> => (await listed('web')).map(({ compose: made }) => made?.number);
      const scale = (web: number): Promise<void> =>
        stack.up({ services: ['web'], noDeps: true, noRecreate: true, scale: { web } });
      await scale(2);
      const [first] = await listed('web');
      await docker.remove([first?.id ?? ''], { force: true });
      await scale(2);
      expect(await numbers()).toEqual([2, 3]);
      await scale(1);
      expect(await numbers()).toEqual([2]);
    });

    it('starts what was stopped, and makes without starting where asked', async () => {
      const stack = compose({ web: subject.service('healthy') });
      await stack.up({ noStart: true });
      const made = await only('web');
      expect(made).toMatchObject({ state: 'created', running: false, startedAt: null, finishedAt: null });
      expect(made.networks[`${project}_default`]?.ipv4).toBeNull();
      await stack.up({ noRecreate: true });
      expect(await only('web')).toMatchObject({ id: made.id, state: 'running', running: true });
    });

    it('hashes a definition, and not how many run', async () => {
      const hash = async (change: ComposeService): Promise<string | undefined> =>
        (await compose({ web: { ...subject.service('healthy'), ...change } }).configHashes())['web'];
      const plain = await hash({});
      expect(await hash({ scale: 2 })).toBe(plain);
      expect(await hash({ environment: { LEVEL: 'debug' } })).not.toBe(plain);
    });

    it('makes the volumes that a service uses, which going down leaves', async () => {
      const volumes = { data: { name: `${project}_data` }, other: { name: `${project}_other` } };
      const web = {
        ...subject.service('healthy'),
        volumes: [{ type: 'volume' as const, source: 'data', target: '/data' }],
      };
      const stack = compose({ web }, { volumes });
      await stack.up();
      const own = { labelFilters: ofComposeProject(project) };
      expect(await docker.listVolumes(own)).toContain(`${project}_data`);
      expect((await listed('web'))[0]?.mounts).toEqual([`${project}_data`]);
      expect((await only('web')).mounts).toMatchObject([
        { type: 'volume', name: `${project}_data`, destination: '/data', readOnly: false },
      ]);
      await stack.down();
      expect(await docker.listContainers(own)).toEqual([]);
      expect(await docker.listNetworks(own)).toEqual([]);
      expect(await docker.listVolumes(own)).toContain(`${project}_data`);
      await stack.down({ volumes: true });
      expect(await docker.listVolumes(own)).not.toContain(`${project}_data`);
    });
  });

  describe('depends_on', () => {
    const needs = (condition: 'service_healthy' | 'service_completed_successfully'): ComposeService => ({
      ...subject.service('healthy'),
      depends_on: { first: { condition, required: true } },
    });

    it('starts what is needed first and waits until it is healthy', async () => {
      await compose({ web: needs('service_healthy'), first: subject.service('healthy', true) }).up({
        services: ['web'],
      });
      const [first, web] = [await only('first'), await only('web')];
      expect(first.health?.status).toBe('healthy');
      expect(Date.parse(web.startedAt ?? '') - Date.parse(first.startedAt ?? '')).toBeGreaterThan(500);
    });

    it('starts nothing that needs an unhealthy one', async () => {
      const stack = compose({ web: needs('service_healthy'), first: subject.service('unhealthy', true) });
      expect(await faultOf(stack.up())).toMatchObject({
        code: 'container-unhealthy',
        container: `${project}-first-1`,
      });
      expect(await only('web')).toMatchObject({ state: 'created', startedAt: null });
    });

    it('waits for the end of what has to be done before, and goes on only when that went well', async () => {
      await compose({ web: needs('service_completed_successfully'), first: subject.service('finishes') }).up();
      expect(await only('first')).toMatchObject({ state: 'exited', exitCode: 0 });
      expect((await only('web')).state).toBe('running');
      await compose({}).down({ removeOrphans: true });
      const failing = { web: needs('service_completed_successfully'), first: subject.service('exits') };
      await faultOf(compose(failing).up());
      expect((await only('web')).state).toBe('created');
    });

    it('is left alone where it is said', async () => {
      const services = { web: needs('service_healthy'), first: subject.service('healthy', true) };
      await compose(services).up({ services: ['web'], noDeps: true });
      expect((await listed()).map(({ compose: made }) => made?.service)).toEqual(['web']);
    });
  });

  describe('a container', () => {
    const run = async (service: ComposeService): Promise<ContainerDetails> => {
      await compose({ web: service }).up({ services: ['web'], noDeps: true });
      return only('web');
    };

    it('becomes healthy, and counts as unhealthy when it was stopped', async () => {
      const { id, health } = await run(subject.service('healthy', true));
      expect(['starting', 'healthy']).toContain(health?.status);
      await until(id, (one) => one.health?.status === 'healthy');
      expect((await listed('web'))[0]).toMatchObject({ state: 'running', health: 'healthy' });
      await docker.stop([id]);
      expect((await listed('web'))[0]).toMatchObject({ state: 'exited', health: null });
      expect(await inspected(id)).toMatchObject({ exitCode: 143, health: { status: 'unhealthy' }, pid: 0 });
    });

    it('becomes unhealthy and runs on', async () => {
      const { id } = await run(subject.service('unhealthy', true));
      await until(id, (one) => one.health?.status === 'unhealthy');
      expect((await listed('web'))[0]).toMatchObject({ state: 'running', health: 'unhealthy' });
    });

    it('has no health before its first start', async () => {
      await compose({ web: subject.service('healthy', true) }).up({ noStart: true });
      expect(await only('web')).toMatchObject({ health: null, healthcheck: { shell: ['/bin/sh', '-c'] } });
    });

    it.each([
      ['exits', 1],
      ['finishes', 0],
    ] as const)('that %s keeps its exit code and has no address', async (behaviour, exitCode) => {
      const { id } = await run(subject.service(behaviour));
      const ended = await until(id, (one) => one.state === 'exited');
      expect(ended).toMatchObject({ exitCode, running: false, health: null, restartCount: 0 });
      expect(ended.restartPolicy.name).toBe('no');
      expect(Date.parse(ended.finishedAt ?? '')).toBeGreaterThan(Date.parse(ended.startedAt ?? ''));
      expect(ended.networks[`${project}_default`]?.ipv4).toBeNull();
      expect((await listed('web'))[0]?.status).toContain(`Exited (${exitCode})`);
    });

    it.each(['always', 'unless-stopped'])('that ends is started again with restart: %s', async (restart) => {
      const { id } = await run({ ...subject.service('exits'), restart });
      const looping = await until(id, (one) => one.restartCount >= 2);
      expect(looping.restartPolicy.name).toBe(restart);
      expect(['running', 'restarting']).toContain(looping.state);
    });

    it('that ended well is not started again with restart: on-failure, one that failed is', async () => {
      const { id } = await run({ ...subject.service('finishes'), restart: 'on-failure' });
      expect(await until(id, (one) => one.state === 'exited')).toMatchObject({ restartCount: 0 });
      await docker.remove([id]);
      const failed = await run({ ...subject.service('exits'), restart: 'on-failure' });
      await until(failed.id, (one) => one.restartCount >= 1);
    });

    it('is stopped, started and removed by id, each as often as wanted', async () => {
      const { id, startedAt } = await run(subject.service('healthy'));
      expect(await faultOf(docker.remove([id]))).toMatchObject({ code: 'command-failed' });
      await docker.stop([id, 'no-such-container']);
      await docker.stop([id]);
      expect(await faultOf(docker.exec(id, ['true']))).toMatchObject({ code: 'container-not-running' });
      await docker.start([id]);
      await docker.start([id]);
      const again = await inspected(id);
      expect(again).toMatchObject({ state: 'running', restartCount: 0, exitCode: 0 });
      expect(Date.parse(again.startedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(startedAt ?? ''));
      expect(await docker.exec(id, ['true'])).toEqual({ exitCode: 0, stdout: '', stderr: '' });
      await docker.remove([id], { force: true });
      await docker.remove([id]);
      expect(await docker.inspectContainers([id])).toEqual([]);
      expect(await faultOf(docker.start([id]))).toMatchObject({ code: 'container-not-found' });
      expect(await faultOf(docker.logs(id))).toMatchObject({ code: 'container-not-found' });
    });

    it('is made again as it was kept, under another id', async () => {
      const before = await run({ ...subject.service('healthy'), environment: { LEVEL: 'debug' } });
      const kept = await docker.keepContainers([before.id]);
      await docker.remove([before.id], { force: true });
      for (const one of kept) await docker.bringBack(one);
      const after = await only('web');
      expect(after.id).not.toBe(before.id);
      expect(after).toMatchObject({ name: before.name, state: 'running', imageId: before.imageId });
      expect(after.labels).toEqual(before.labels);
      expect(Object.keys(after.networks)).toEqual(Object.keys(before.networks));
      await faultOf(docker.keepContainers([before.id]));
    });

    it('shares the network of another one by its id', async () => {
      const web = { ...subject.service('healthy'), network_mode: 'service:vpn' };
      await compose({ web, vpn: subject.service('healthy') }).up();
      const vpn = await only('vpn');
      expect(await only('web')).toMatchObject({
        joins: [vpn.id],
        networkMode: `container:${vpn.id}`,
        networks: {},
      });
    });

    it('that is no replica is told apart', async () => {
      const labels = {
        [COMPOSE_LABELS.project]: project,
        [COMPOSE_LABELS.service]: 'web',
        [COMPOSE_LABELS.oneoff]: 'True',
      };
      const { image = '' } = subject.service('healthy');
      const name = `${subject.prefix}one-off`;
      await docker.runDetached({ image, name, labels, command: ['sleep', '30'] });
      expect((await listed('web'))[0]).toMatchObject({ name, compose: { oneoff: true } });
      const helper = `${subject.prefix}helper`;
      const id = await docker.runDetached({ image, name: helper, labels: { helps: 'yes' }, command: ['sleep', '30'] });
      expect(await docker.listContainers({ labelFilters: ['helps=yes'], labels: ['helps', 'odd'] })).toMatchObject([
        { id, name: helper, compose: null, labels: { helps: 'yes' } },
      ]);
      expect(await docker.listContainers({ labelFilters: ['helps=no'] })).toEqual([]);
    });
  });

  describe('a network', () => {
    it('is made once, told by id and name, and not removed while somebody is on it', async () => {
      const name = `${subject.prefix}net`;
      const spec = { name, subnet: '10.213.8.0/24', internal: true, labels: { made: 'here' } };
      const id = await docker.createNetwork(spec);
      expect(await faultOf(docker.createNetwork(spec))).toEqual({ code: 'network-exists', network: name });
      expect(await docker.listNetworks({ labelFilters: ['made=here'], labels: ['made'] })).toEqual([
        { id, name, driver: 'bridge', labels: { made: 'here' } },
      ]);
      expect(await docker.inspectNetworks(['no-such-network', id])).toMatchObject([
        { id, name, internal: true, containers: [], subnets: [{ subnet: '10.213.8.0/24' }] },
      ]);
      await compose({ web: subject.service('healthy') }).up();
      const web = await only('web');
      await docker.connectNetwork(name, web.id);
      expect(await faultOf(docker.removeNetwork(name))).toEqual({ code: 'network-in-use', network: name });
      await docker.disconnectNetwork(name, web.id);
      await docker.removeNetwork(name);
      await docker.removeNetwork(name);
      expect(await faultOf(docker.connectNetwork(name, web.id))).toMatchObject({ code: 'network-not-found' });
    });

    it('gives an address and aliases for as long as the container runs', async () => {
      const name = `${subject.prefix}net`;
      await docker.createNetwork({ name, subnet: '10.213.8.0/24' });
      await compose({ web: subject.service('healthy'), api: subject.service('healthy') }).up();
      const [web, api] = [await only('web'), await only('api')];
      expect(web.networks[`${project}_default`]?.aliases).toContain('web');
      expect(web.networks[`${project}_default`]?.ipv4).not.toBe(api.networks[`${project}_default`]?.ipv4);
      await docker.connectNetwork(name, web.id, { aliases: ['shop'], ip: '10.213.8.9' });
      await docker.connectNetwork(name, web.id, { aliases: ['other'] });
      const joined = (await inspected(web.id)).networks[name];
      expect(joined).toMatchObject({ ipv4: '10.213.8.9', pinnedIpv4: '10.213.8.9' });
      expect(joined?.aliases).toContain('shop');
      expect(joined?.aliases).not.toContain('other');
      expect((await listed('web'))[0]?.networks.sort()).toEqual([`${project}_default`, name].sort());
      expect(await faultOf(docker.connectNetwork(name, api.id, { ip: '10.213.8.9' }))).toMatchObject({
        code: 'address-taken',
      });
      expect(Object.keys((await inspected(api.id)).networks)).toEqual([`${project}_default`]);
      await docker.stop([web.id]);
      expect((await inspected(web.id)).networks[name]?.ipv4).toBeNull();
      expect((await docker.inspectNetworks([name]))[0]?.containers).toEqual([]);
      await docker.start([web.id]);
      expect((await docker.inspectNetworks([name]))[0]?.containers).toMatchObject([
        { id: web.id, name: web.name, ipv4: '10.213.8.9' },
      ]);
      await docker.disconnectNetwork(name, web.id);
      await docker.disconnectNetwork(name, web.id);
      expect(Object.keys((await inspected(web.id)).networks)).toEqual([`${project}_default`]);
      expect(await faultOf(docker.connectNetwork(name, 'no-such-container'))).toMatchObject({
        code: 'container-not-found',
      });
    });
  });

  describe('it refuses', () => {
    it('an image that is not there', async () => {
      const absent = { ...subject.service('healthy'), image: 'no.such/image:1', pull_policy: 'never' };
      expect(await faultOf(compose({ web: absent }).up())).toMatchObject({ code: 'image-not-found' });
      expect(await listed('web')).toEqual([]);
      expect(await faultOf(docker.runDetached({ image: 'no.such/image:1' }))).toMatchObject({
        code: 'image-not-found',
      });
      expect(await docker.inspectImages(['no.such/image:1'])).toEqual(new Map());
      expect(await faultOf(docker.tagImage('no.such/image:1', 'other:1'))).toMatchObject({ code: 'image-not-found' });
    });

    it('an external network that is not there', async () => {
      const name = `${subject.prefix}none`;
      const web = { ...subject.service('healthy'), networks: { away: null } };
      const stack = compose({ web }, { networks: { away: { name, external: true } } });
      expect(await faultOf(stack.up())).toMatchObject({ code: 'network-not-found', network: name });
    });

    it('a name that another container has', async () => {
      const name = `${subject.prefix}taken`;
      const { image = '' } = subject.service('healthy');
      await docker.runDetached({ image, name, command: ['sleep', '30'] });
      const stack = compose({ web: { ...subject.service('healthy'), container_name: name } });
      expect(await faultOf(stack.up())).toMatchObject({ code: 'container-name-taken', name });
      expect(await listed('web')).toEqual([]);
    });

    it('a port that another container has, and leaves the container unstarted', async () => {
      const { port } = subject;
      const ports = [{ target: 80, published: String(port), protocol: 'tcp', mode: 'ingress' }];
      await compose({ api: { ...subject.service('healthy'), ports } }).up();
      expect((await only('api')).ports).toMatchObject([{ containerPort: 80, protocol: 'tcp', hostPort: port }]);
      const both = compose({
        api: { ...subject.service('healthy'), ports },
        web: { ...subject.service('healthy'), ports },
      });
      expect(await faultOf(both.up())).toMatchObject({ code: 'port-taken', port });
      expect(await only('web')).toMatchObject({ state: 'created', running: false });
    });

    it('a file that is none', async () => {
      const stack = stackOf({ web: subject.service('healthy') });
      writeFileSync(stack.files[0] ?? '', '{"services": [');
      expect(await faultOf(docker.compose(stack).configJson())).toMatchObject({ code: 'compose-invalid' });
    });
  });

  it('tells what happened to a container, from a moment on', async () => {
    const stack = compose({ web: subject.service('finishes') });
    await stack.up({ noStart: true });
    const { id } = await only('web');
    const sinceMs = Date.parse((await inspected(id)).createdAt) - 1;
    await docker.start([id]);
    const told: string[] = [];
    for await (const event of docker.events({ filters: [`container=${id}`, 'type=container'], sinceMs })) {
      expect(event.id).toBe(id);
      told.push(event.action);
      if (event.action === 'die') break;
    }
    expect(told.filter((action) => ['create', 'start', 'die'].includes(action))).toEqual(['create', 'start', 'die']);
  });

  it('says which networks its commands made', async () => {
    const made: string[] = [];
    const watched = docker.with({ onNetwork: (name) => made.push(name) });
    const stack = watched.compose(stackOf({ web: subject.service('healthy') }));
    await stack.up();
    await stack.up();
    expect(made).toEqual([`${project}_default`]);
  });
}
