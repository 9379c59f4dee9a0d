import type { ComposeService } from '../../compose/compose-model';
import { COMPOSE_LABELS } from '../../compose/labels';
import type { ContainerDetails } from '../../container/container';
import type { ContractKit } from './kit';

/** What becomes of one container. */
export function containerContract(kit: ContractKit): void {
  const { compose, faultOf, inspected, listed, only, until } = kit;

  describe('a container', () => {
    const run = async (service: ComposeService): Promise<ContainerDetails> => {
      await compose({ web: service }).up({ services: ['web'], noDeps: true });
      return only('web');
    };

    it('becomes healthy, and counts as unhealthy when it was stopped', async () => {
      const { id, health } = await run(kit.subject.service('healthy', true));
      expect(['starting', 'healthy']).toContain(health?.status);
      await until(id, (one) => one.health?.status === 'healthy');
      expect((await listed('web'))[0]).toMatchObject({ state: 'running', health: 'healthy' });
      await kit.docker.stop([id]);
      expect((await listed('web'))[0]).toMatchObject({ state: 'exited', health: null });
      expect(await inspected(id)).toMatchObject({ exitCode: 143, health: { status: 'unhealthy' }, pid: 0 });
    });

    it('becomes unhealthy and runs on', async () => {
      const { id } = await run(kit.subject.service('unhealthy', true));
      await until(id, (one) => one.health?.status === 'unhealthy');
      expect((await listed('web'))[0]).toMatchObject({ state: 'running', health: 'unhealthy' });
    });

    it('has no health before its first start', async () => {
      const web = kit.subject.service('healthy', true);
      await compose({ web }).up({ noStart: true });
      const healthcheck = { shell: ['/bin/sh', '-c'], test: web.healthcheck?.test };
      expect(await only('web')).toMatchObject({ health: null, healthcheck });
    });

    it.each([
      ['exits', 1],
      ['finishes', 0],
    ] as const)('that %s keeps its exit code and has no address', async (behaviour, exitCode) => {
      const { id } = await run(kit.subject.service(behaviour));
      const ended = await until(id, (one) => one.state === 'exited');
      expect(ended).toMatchObject({ exitCode, running: false, health: null, restartCount: 0 });
      expect(ended.restartPolicy.name).toBe('no');
      expect(Date.parse(ended.finishedAt ?? '')).toBeGreaterThan(Date.parse(ended.startedAt ?? ''));
      expect(ended.networks[`${kit.project}_default`]?.ipv4).toBeNull();
      expect((await listed('web'))[0]?.status).toContain(`Exited (${exitCode})`);
    });

    it.each(['always', 'unless-stopped'])('that ends is started again with restart: %s', async (restart) => {
      const { id } = await run({ ...kit.subject.service('exits'), restart });
      const looping = await until(id, (one) => one.restartCount >= 2);
      expect(looping.restartPolicy.name).toBe(restart);
      expect(['running', 'restarting']).toContain(looping.state);
    });

    it('that ended well is not started again with restart: on-failure, one that failed is', async () => {
      const { id } = await run({ ...kit.subject.service('finishes'), restart: 'on-failure' });
      expect(await until(id, (one) => one.state === 'exited')).toMatchObject({ restartCount: 0 });
      await kit.docker.remove([id]);
      const failed = await run({ ...kit.subject.service('exits'), restart: 'on-failure' });
      await until(failed.id, (one) => one.restartCount >= 1);
    });

    it('is stopped, started and removed by id, each as often as wanted', async () => {
      const { id, startedAt } = await run(kit.subject.service('healthy'));
      expect(await faultOf(kit.docker.remove([id]))).toMatchObject({ code: 'command-failed' });
      await kit.docker.stop([id, 'no-such-container']);
      await kit.docker.stop([id]);
      expect(await faultOf(kit.docker.exec(id, ['true']))).toMatchObject({ code: 'container-not-running' });
      await kit.docker.start([id]);
      await kit.docker.start([id]);
      const again = await inspected(id);
      expect(again).toMatchObject({ state: 'running', restartCount: 0, exitCode: 0 });
      expect(Date.parse(again.startedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(startedAt ?? ''));
      expect(await kit.docker.exec(id, ['true'])).toEqual({ exitCode: 0, stdout: '', stderr: '' });
      await kit.docker.remove([id], { force: true });
      await kit.docker.remove([id]);
      expect(await kit.docker.inspectContainers([id])).toEqual([]);
      expect(await faultOf(kit.docker.start([id]))).toMatchObject({ code: 'container-not-found' });
      expect(await faultOf(kit.docker.logs(id))).toMatchObject({ code: 'container-not-found' });
    });

    it('is made again as it was kept, under another id', async () => {
      const before = await run({ ...kit.subject.service('healthy'), environment: { LEVEL: 'debug' } });
      const kept = await kit.docker.keepContainers([before.id]);
      await kit.docker.remove([before.id], { force: true });
      for (const one of kept) await kit.docker.bringBack(one);
      const after = await only('web');
      expect(after.id).not.toBe(before.id);
      expect(after).toMatchObject({ name: before.name, state: 'running', imageId: before.imageId });
      expect(after.labels).toEqual(before.labels);
      expect(Object.keys(after.networks)).toEqual(Object.keys(before.networks));
      await faultOf(kit.docker.keepContainers([before.id]));
    });

    it('shares the network of another one by its id', async () => {
      const web = { ...kit.subject.service('healthy'), network_mode: 'service:vpn' };
      await compose({ web, vpn: kit.subject.service('healthy') }).up();
      const vpn = await only('vpn');
      expect(await only('web')).toMatchObject({
        joins: [vpn.id],
        networkMode: `container:${vpn.id}`,
        networks: {},
      });
    });

    it('that is no replica is told apart', async () => {
      const labels = {
        [COMPOSE_LABELS.project]: kit.project,
        [COMPOSE_LABELS.service]: 'web',
        [COMPOSE_LABELS.oneoff]: 'True',
      };
      const { image = '' } = kit.subject.service('healthy');
      const name = `${kit.subject.prefix}one-off`;
      await kit.docker.runDetached({ image, name, labels, command: ['sleep', '30'] });
      expect((await listed('web'))[0]).toMatchObject({ name, compose: { oneoff: true } });
      const helper = `${kit.subject.prefix}helper`;
      const id = await kit.docker.runDetached({
        image,
        name: helper,
        labels: { helps: 'yes' },
        command: ['sleep', '30'],
      });
      expect(
        await kit.docker.listContainers({ labelFilters: ['helps=yes'], labels: ['helps', 'odd'] }),
      ).toMatchObject([{ id, name: helper, compose: null, labels: { helps: 'yes' } }]);
      expect(await kit.docker.listContainers({ labelFilters: ['helps=no'] })).toEqual([]);
    });
  });

  it('tells what happened to a container, from a moment on', async () => {
    const stack = compose({ web: kit.subject.service('finishes') });
    await stack.up({ noStart: true });
    const { id } = await only('web');
    const sinceMs = Date.parse((await inspected(id)).createdAt) - 1;
    await kit.docker.start([id]);
    const told: string[] = [];
    for await (const event of kit.docker.events({
      filters: [`container=${id}`, 'type=container'],
      sinceMs,
    })) {
      expect(event.id).toBe(id);
      told.push(event.action);
      if (event.action === 'die') break;
    }
    expect(told.filter((action) => ['create', 'start', 'die'].includes(action))).toEqual([
      'create',
      'start',
      'die',
    ]);
  });
}
