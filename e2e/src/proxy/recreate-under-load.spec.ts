import { setTimeout as sleep } from 'node:timers/promises';

import { recreateSteps } from '@itsup/deploy';

import { describeWithProxy } from '../harness/engine/describe-with';
import { NODE } from '../harness/engine/images';
import { succeeded } from '../harness/run';
import { RolledProject, SHORT_LIMIT_MS, shortProfiles } from '../load';

describeWithProxy([NODE], 'a recreate under load', () => {
  let project: RolledProject;

  beforeAll(async () => {
    project = await RolledProject.open({}, { writable: true, listenAfterMs: 1_500 }, shortProfiles);
  });
  afterAll(() => project?.close());

  /** What was lost since the last look; nobody may be among it who heard nothing at all until he gave up. */
  const lost = (): Record<string, Record<string, number>> => {
    const failures = project.running.failures();
    expect(Object.entries(failures).filter(([, reasons]) => 'timeout' in reasons)).toEqual([]);
    return failures;
  };

  it('loses nothing in ten recreates of a service with a writable volume', async () => {
    for (let round = 0; round < 10; round += 1) {
      await project.write({ listenAfterMs: 1_000 + 300 * (round % 4) });
      const { all } = await project.deploy();
      expect(all).toMatch(/connections? waited, at most/);
    }
  });

  it('loses nothing when it is restarted, and when a version is taken back', async () => {
    const { current, workspace, app } = project;
    await project.deploy(() => workspace.itsup(['restart', app], { timeoutMs: 200_000 }));
    await project.write({});
    await project.deploy();
    const after = { ...project.current };
    project.current = current;
    await project.deploy(() => workspace.itsup(['rollback', app], { timeoutMs: 200_000 }));
    project.current = after;
    await project.deploy();
  });

  it('says in the plan what it does not promise', async () => {
    await project.writeLabels();
    const { all } = succeeded(await project.workspace.nx(['run', `${project.app}:plan`]));
    expect(all).toMatch(/requests wait while web is recreated\. Not kept: /);
    await project.deploy();
  });

  it.each([
    ['ends at start', { broken: 'exit' }, 'cannot open the database'],
    ['is never healthy', { broken: 'unhealthy' }, 'unhealthy'],
  ] as const)('starts the old container again when the new one %s', async (_, broken, message) => {
    const serving = { ...project.current };
    project.running.load.expectVersion(null);
    await project.write(broken);
    const { exitCode, all } = await project.apply();
    expect({ exitCode, all }).toMatchObject({ exitCode: 1 });
    expect(all).toContain(message);
    expect(all).toContain('the old containers were started again');
    project.running.load.expectVersion(serving.version);
    await sleep(1_000);
    expect(project.running.failures()).toEqual({});
    project.current = serving;
    await project.expectClean();
    await project.rewrite({});
    await project.deploy();
  });

  it.each(recreateSteps)('survives a deploy that is killed at %s, and the next one ends it', async (step) => {
    await project.writeLabels();
    project.running.load.expectVersion(null);
    expect(await project.signalAt(step, 'SIGKILL')).toMatchObject({ killedBy: 'SIGKILL' });
    await sleep(1_000);
    const lost = project.running.failures();
    // Before anybody waits nobody notices; who waits is lost with the deploy that held him.
    if (['pin-old', 'prove-hold', 'wait-quiet'].includes(step)) expect(lost).toEqual({});
    succeeded(await project.apply());
    await sleep(1_000);
    project.running.failures();
    project.running.load.expectVersion(project.current.version);
    await sleep(1_000);
    expect(project.running.failures()).toEqual({});
    await project.expectClean();
  });

  it.each(['wait-quiet', 'hold', 'wait-healthy'] as const)(
    'is over before Nx kills it after Ctrl-C at %s, and the next deploy serves',
    async (step) => {
      await project.writeLabels();
      project.running.load.expectVersion(null);
      const ended = await project.signalAt(step, 'SIGINT');
      expect(ended.exitCode).toBe(130);
      expect(ended.seconds).toBeLessThan(6);
      await sleep(500);
      const atOnce = lost();
      // Who waits while nobody serves is told so.
      if (step !== 'wait-healthy') expect(atOnce).toEqual({});
      succeeded(await project.apply());
      await sleep(1_000);
      lost();
      project.running.load.expectVersion(project.current.version);
      await sleep(1_000);
      expect(lost()).toEqual({});
      await project.expectClean();
    },
  );

  it('leaves nobody without an answer after Ctrl-C', async () => {
    await sleep(SHORT_LIMIT_MS);
    // Who came by plain TCP while the container was not healthy yet had no router: Traefik takes him for a client of
    // HTTP, and tells him so after the minute that it waits for a request.
    const untold = Object.values(lost())
      .flatMap((reasons) => Object.keys(reasons))
      .filter((reason) => !reason.startsWith('not the backend: HTTP/1.1 400 Bad Request'));
    expect(untold).toEqual([]);
  });

  it('carried out no POST twice, and none that was answered is missing', async () => {
    const { tallies, failures } = await project.running.end();
    expect(failures).toEqual({});
    expect(Object.values(tallies).map(({ ok, sent }) => ok > 0 && sent > 0)).not.toContain(false);
  });
});
