import path from 'node:path';

import type { ComposeService } from '../../compose/compose-model';
import { COMPOSE_LABELS, ofComposeProject } from '../../compose/labels';
import type { ContractKit } from './kit';

/** What Compose makes of a stack, and what it leaves as it is. */
export function upContract(kit: ContractKit): void {
  const { compose, faultOf, inspected, listed, only } = kit;

  describe('up', () => {
    it('makes what is missing, labelled and listed, and leaves it as it is the second time', async () => {
      const web = { ...kit.subject.service('healthy'), labels: { colour: 'blue,green' } };
      const stack = compose({ web });
      await stack.up();
      const [first] = await listed('web');
      const hashes = await stack.configHashes();
      expect(first).toMatchObject({
        name: `${kit.project}-web-1`,
        state: 'running',
        health: null,
        networks: [`${kit.project}_default`],
        compose: {
          project: kit.project,
          service: 'web',
          number: 1,
          oneoff: false,
          configHash: hashes['web'],
        },
      });
      expect(first?.compose?.configFiles).toEqual([path.join(kit.folder, 'docker-compose.yml')]);
      const details = await inspected(first?.id ?? '');
      expect(details.labels).toMatchObject({
        colour: 'blue,green',
        [COMPOSE_LABELS.project]: kit.project,
        [COMPOSE_LABELS.service]: 'web',
        [COMPOSE_LABELS.oneoff]: 'False',
      });
      expect(first?.compose?.imageId).toBe(details.imageId);
      await stack.up();
      expect(await only('web')).toMatchObject({ id: details.id, startedAt: details.startedAt });
    });

    it('makes all services where none is named, and the named one alone', async () => {
      const services = { web: kit.subject.service('healthy'), api: kit.subject.service('healthy') };
      await compose(services).up({ services: ['web'] });
      expect((await listed()).map(({ compose: made }) => made?.service)).toEqual(['web']);
      await compose(services).up();
      expect((await listed()).map(({ compose: made }) => made?.service).sort()).toEqual(['api', 'web']);
    });

    it('makes a changed service anew under its name, unless it may not', async () => {
      await compose({ web: kit.subject.service('healthy') }).up();
      const before = await only('web');
      const changed = compose({
        web: { ...kit.subject.service('healthy'), environment: { LEVEL: 'debug' } },
      });
      await changed.up({ noRecreate: true });
      expect(await only('web')).toMatchObject({ id: before.id, startedAt: before.startedAt });
      await changed.up();
      const after = await only('web');
      expect(after).toMatchObject({ name: before.name, state: 'running' });
      expect(after.id).not.toBe(before.id);
    });

    it('makes a service anew whose tag names another image by now, and lists the old one by its id', async () => {
      const tag = `${kit.subject.prefix}moved:1`;
      const [image, other] = kit.subject.images;
      await kit.docker.tagImage(image, tag);
      try {
        const stack = compose({ web: { ...kit.subject.service('healthy'), image: tag } });
        await stack.up();
        const before = await only('web');
        expect((await listed('web'))[0]?.image).toBe(tag);
        await kit.docker.tagImage(other, tag);
        expect((await listed('web'))[0]?.image).toBe(before.imageId);
        await stack.up({ noRecreate: true });
        expect((await only('web')).id).toBe(before.id);
        await stack.up({ noStart: true });
        const after = await only('web');
        expect(after.imageId).not.toBe(before.imageId);
      } finally {
        await kit.docker.removeImage(tag);
      }
    });

    it('recreates by force, without what was connected beside the file', async () => {
      const stack = compose({ web: kit.subject.service('healthy') });
      await stack.up();
      const before = await only('web');
      const network = `${kit.subject.prefix}extra`;
      await kit.docker.createNetwork({ name: network });
      await kit.docker.connectNetwork(network, before.id);
      await stack.up({ services: ['web'], noDeps: true, forceRecreate: true });
      const after = await only('web');
      expect(after.id).not.toBe(before.id);
      expect(Object.keys(after.networks)).toEqual([`${kit.project}_default`]);
      expect(await kit.docker.inspectContainers([before.id])).toEqual([]);
    });

    it('adds replicas under the next free number, and takes the highest away', async () => {
      const stack = compose({ web: kit.subject.service('healthy') });
      const numbers = async (): Promise<unknown[]> =>
        (await listed('web')).map(({ compose: made }) => made?.number);
      const scale = (web: number): Promise<void> =>
        stack.up({ services: ['web'], noDeps: true, noRecreate: true, scale: { web } });
      await scale(2);
      const [first] = await listed('web');
      await kit.docker.remove([first?.id ?? ''], { force: true });
      await scale(2);
      expect(await numbers()).toEqual([2, 3]);
      await scale(1);
      expect(await numbers()).toEqual([2]);
    });

    it('starts what was stopped, and makes without starting where asked', async () => {
      const stack = compose({ web: kit.subject.service('healthy') });
      await stack.up({ noStart: true });
      const made = await only('web');
      expect(made).toMatchObject({ state: 'created', running: false, startedAt: null, finishedAt: null });
      expect(made.networks[`${kit.project}_default`]?.ipv4).toBeNull();
      await stack.up({ noRecreate: true });
      expect(await only('web')).toMatchObject({ id: made.id, state: 'running', running: true });
    });

    it('tells the hash that a service gets whose container uses that of another one', async () => {
      const main = { ...kit.subject.service('healthy'), ipc: 'shareable' };
      const uses = (keys: ComposeService): ComposeService => ({ ...kit.subject.service('healthy'), ...keys });
      const stack = compose({
        main,
        net: uses({ network_mode: 'service:main' }),
        spaces: uses({ ipc: 'service:main', pid: 'service:main' }),
        volumes: uses({ volumes_from: ['main:ro'] }),
        plain: uses({ command: [], labels: { a: 'x$$y' } }),
      });
      await stack.up({ noStart: true });
      const [first] = await listed('main');
      const names = ['main', 'net', 'spaces', 'volumes', 'plain'];
      const labels = await Promise.all(
        names.map(async (name) => [name, (await listed(name))[0]?.compose?.configHash] as const),
      );
      expect(await stack.createdHashes(names, { main: first?.id ?? '' })).toEqual(Object.fromEntries(labels));
      expect(Object.keys(await stack.createdHashes(names, {})).sort()).toEqual(['main', 'plain']);
    });

    it('hashes a definition, and not how many run', async () => {
      const hash = async (change: ComposeService): Promise<string | undefined> =>
        (await compose({ web: { ...kit.subject.service('healthy'), ...change } }).configHashes())['web'];
      const plain = await hash({});
      expect(await hash({ scale: 2 })).toBe(plain);
      expect(await hash({ environment: { LEVEL: 'debug' } })).not.toBe(plain);
    });

    it('makes the volumes that a service uses, which going down leaves', async () => {
      const volumes = { data: { name: `${kit.project}_data` }, other: { name: `${kit.project}_other` } };
      const web = {
        ...kit.subject.service('healthy'),
        volumes: [{ type: 'volume' as const, source: 'data', target: '/data' }],
      };
      const stack = compose({ web }, { volumes });
      await stack.up();
      const own = { labelFilters: ofComposeProject(kit.project) };
      expect(await kit.docker.listVolumes(own)).toContain(`${kit.project}_data`);
      expect((await listed('web'))[0]?.mounts).toEqual([`${kit.project}_data`]);
      expect((await only('web')).mounts).toMatchObject([
        { type: 'volume', name: `${kit.project}_data`, destination: '/data', readOnly: false },
      ]);
      await stack.down();
      expect(await kit.docker.listContainers(own)).toEqual([]);
      expect(await kit.docker.listNetworks(own)).toEqual([]);
      expect(await kit.docker.listVolumes(own)).toContain(`${kit.project}_data`);
      await stack.down({ volumes: true });
      expect(await kit.docker.listVolumes(own)).not.toContain(`${kit.project}_data`);
    });
  });

  describe('depends_on', () => {
    const needs = (condition: 'service_healthy' | 'service_completed_successfully'): ComposeService => ({
      ...kit.subject.service('healthy'),
      depends_on: { first: { condition, required: true } },
    });

    it('starts what is needed first and waits until it is healthy', async () => {
      await compose({ web: needs('service_healthy'), first: kit.subject.service('healthy', true) }).up({
        services: ['web'],
      });
      const [first, web] = [await only('first'), await only('web')];
      expect(first.health?.status).toBe('healthy');
      expect(Date.parse(web.startedAt ?? '') - Date.parse(first.startedAt ?? '')).toBeGreaterThan(500);
    });

    it('starts nothing that needs an unhealthy one', async () => {
      const stack = compose({ web: needs('service_healthy'), first: kit.subject.service('unhealthy', true) });
      expect(await faultOf(stack.up())).toMatchObject({
        code: 'container-unhealthy',
        container: `${kit.project}-first-1`,
      });
      expect(await only('web')).toMatchObject({ state: 'created', startedAt: null });
    });

    it('waits for the end of what has to be done before, and goes on only when that went well', async () => {
      await compose({
        web: needs('service_completed_successfully'),
        first: kit.subject.service('finishes'),
      }).up();
      expect(await only('first')).toMatchObject({ state: 'exited', exitCode: 0 });
      expect((await only('web')).state).toBe('running');
      await compose({}).down({ removeOrphans: true });
      const failing = { web: needs('service_completed_successfully'), first: kit.subject.service('exits') };
      await faultOf(compose(failing).up());
      expect((await only('web')).state).toBe('created');
    });

    it('is left alone where it is said', async () => {
      const services = { web: needs('service_healthy'), first: kit.subject.service('healthy', true) };
      await compose(services).up({ services: ['web'], noDeps: true });
      expect((await listed()).map(({ compose: made }) => made?.service)).toEqual(['web']);
    });
  });
}
