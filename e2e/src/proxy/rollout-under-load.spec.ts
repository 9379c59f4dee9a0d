import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { rolloutSteps } from '@itsup/deploy';

import { http } from '../harness/traffic/clients';
import { describeWithProxy } from '../harness/engine/describe-with';
import { identityOf } from '../harness/engine/engine';
import { eventually } from '../harness/eventually';
import { digestOfFolder } from '../harness/workspace/folder-digest';
import { NODE } from '../harness/engine/images';
import { output, succeeded } from '../harness/run';
import { DAEMON, openLoadRun, RolledProject, websocketProfile } from '../load';

describeWithProxy([NODE], 'a rollout under load', () => {
  let project: RolledProject;

  beforeAll(async () => {
    project = await RolledProject.open();
  });
  afterAll(() => project?.close());

  it('loses nothing when the environment changes, and lets a websocket live until the drain deadline', async () => {
    const held = await openLoadRun([
      websocketProfile({ webSecure: project.workspace.ports.webSecure, host: project.host }),
      ...project.slowProfiles(),
    ]);
    await sleep(1_000);
    const began = performance.now();
    await project.write({ drainSeconds: 8 });
    await project.deploy();
    const [ended = 0, ...more] = held.load.closings();
    expect(more).toEqual([]);
    expect(ended - began).toBeGreaterThan(8_000);
    expect((await held.end()).failures).toEqual({});
    await project.rewrite({ drainSeconds: undefined });
  });

  it('loses nothing when the image changes', async () => {
    const image = `${project.workspace.prefix}backend:two`;
    const made = await output('docker', ['create', NODE, 'true']);
    await output('docker', ['commit', '--change', 'LABEL changed=yes', made, image]);
    await output('docker', ['rm', made]);
    await project.write({ image });
    await project.deploy();
  });

  it('loses nothing when labels change: another domain', async () => {
    await project.write({ domains: [project.host, `www.${project.host}`] });
    await project.deploy();
    const { webSecure: port } = project.workspace.ports;
    expect(await http({ address: '127.0.0.1', port, tls: true, host: `www.${project.host}` })).toMatchObject({
      status: 200,
    });
  });

  it('loses nothing when labels change: other ports, of TCP and UDP as well', async () => {
    await project.write({ port: 9080 });
    await project.deploy();
  });

  it('loses nothing when the number of replicas changes, with the version or alone', async () => {
    await project.write({ replicas: 3 });
    await project.deploy();
    await project.rewrite({ replicas: 1 });
    await project.deploy();
    await project.rewrite({ replicas: 2 });
    await project.deploy();
    await project.write({ replicas: 1 });
    await project.deploy();
  });

  it('loses nothing when a version is taken back', async () => {
    const before = { ...project.current };
    await project.write({ domains: [project.host] });
    await project.deploy();
    const after = { ...project.current };
    project.current = before;
    await project.deploy(() => project.workspace.itsup(['rollback', project.app], { timeoutMs: 200_000 }));
    project.current = after;
    await project.deploy();
  });

  it('lets the second of two deploys wait for the first', async () => {
    await project.write({});
    await project.deploy(async () => {
      const [first, second] = await Promise.all([project.apply(), project.apply()]);
      succeeded(first);
      expect(first.all + second.all).toMatch(/waits for the deploy of/);
      return second;
    });
  });

  it.each([
    ['ends at start', { broken: 'exit' }, 'cannot open the database'],
    ['ends at start again and again', { broken: 'exit', restart: 'always' }, 'cannot open the database'],
    ['is never healthy', { broken: 'unhealthy' }, 'unhealthy'],
    ['does not answer on its port', { broken: 'deaf' }, 'does not answer HTTP'],
  ] as const)('keeps the old version when the new one %s', async (_, broken, message) => {
    const serving = { ...project.current };
    const before = await identityOf(project.app);
    project.running.load.expectVersion(serving.version);
    await project.write(broken);
    const { exitCode, all } = await project.apply();
    expect(exitCode).toBe(1);
    expect(all).toContain(message);
    await sleep(500);
    expect(project.running.failures()).toEqual({});
    expect(await identityOf(project.app)).toEqual(before);
    project.current = serving;
    await project.expectClean();
  });

  it.each(rolloutSteps)('survives a deploy that is killed at %s, and the next one ends it', async (step) => {
    await project.writeLabels();
    project.running.load.expectVersion(null);
    expect(await project.signalAt(step, 'SIGKILL')).toMatchObject({ killedBy: 'SIGKILL' });
    await sleep(1_000);
    expect(project.running.failures()).toEqual({});
    await project.deploy();
  });

  it.each(['start-new', 'switch', 'drain'] as const)(
    'is back before Nx kills it after Ctrl-C at %s',
    async (step) => {
      const serving = project.current.version;
      await project.writeLabels();
      project.running.load.expectVersion(null);
      const ended = await project.signalAt(step, 'SIGINT');
      await sleep(500);
      expect(project.running.failures()).toEqual({});
      expect(ended.exitCode).toBe(130);
      // Nx kills what is there after five seconds, and takes a moment to end itself.
      expect(ended.seconds).toBeLessThan(6);
      // Settled, or back at the old containers with requests at the new ones that the next deploy waits for.
      await eventually(async () =>
        expect((await project.unsettledRollout())?.direction ?? 'back').toBe('back'),
      );
      project.running.load.expectVersion(serving);
      await sleep(1_000);
      expect(project.running.failures()).toEqual({});
      await project.deploy();
    },
  );

  it('loses nothing while artifacts are generated, restored and planned, a hundred times', async () => {
    project.running.load.expectVersion(project.current.version);
    const published = join(project.workspace.state, 'traefik/dynamic');
    const before = [
      await digestOfFolder(published),
      await identityOf('proxy'),
      await identityOf(project.app),
    ];
    const artifact = `upstream/${project.app}/docker-compose.ingress.yml`;
    const routers = 'proxy/traefik/dynamic/routers-tcp.yml';
    for (let round = 0; round < 34; round += 1) {
      await project.workspace.remove(artifact);
      await project.workspace.remove(routers);
      for (const args of [
        ['run-many', '-t', 'generate'],
        ['run-many', '-t', 'generate', '--skip-nx-cache'],
        ['run', `${project.app}:plan`],
      ]) {
        succeeded(await project.workspace.nx(args, { env: DAEMON }));
      }
      await project.workspace.read(artifact);
      await project.workspace.read(routers);
    }
    expect(project.running.failures()).toEqual({});
    expect([
      await digestOfFolder(published),
      await identityOf('proxy'),
      await identityOf(project.app),
    ]).toEqual(before);
  }, 900_000);

  it('carried out every POST exactly once', async () => {
    const { tallies, failures } = await project.running.end();
    expect(failures).toEqual({});
    expect(Object.values(tallies).map(({ ok, sent }) => ok > 0 && sent > 0)).not.toContain(false);
  });
});
