import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { recoverRollout } from '../service/recover';
import { momentsOf } from '../testing/moments';
import { SimulatedHost, type Behaviour } from '../testing/simulated-host';
import { SimulatedProcess } from '../testing/simulated-process';
import { recreateSteps } from '../types';
import { recreateHeld } from './recreate';

jest.setTimeout(240_000);

const host = 'shop.test';

const labels = (rule: string): Record<string, string> => ({
  'traefik.enable': 'true',
  'traefik.docker.network': 'proxynet',
  'traefik.http.routers.web.rule': rule,
  'traefik.http.routers.web.service': 'web',
  'traefik.http.services.web.loadbalancer.server.port': '8080',
});
const first: Behaviour = { labels: labels(`Host(\`${host}\`)`), healthyAfter: 1500, exitsAfter: null };
const relabelled: Behaviour = { ...first, labels: labels(`Host(\`${host}\`) || Host(\`www.${host}\`)`) };

const callbacks = { joinEdges: async () => undefined, publishRoutes: null };

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'recreate-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

function worldOf(next: Behaviour, replicas = 1, now = first): SimulatedHost {
  const world = new SimulatedHost(folder, host, now, replicas);
  world.wanted = next;
  return world;
}

/** Lets the configuration settle and looks at what is left. */
function remains(world: SimulatedHost): { ids: string[]; files: string[]; violations: string[] } {
  world.advance(1000);
  const ids = world
    .list()
    .filter(({ status }) => status === 'running')
    .map(({ id }) => id);
  return { ids, files: readdirSync(folder), violations: world.violations };
}

/** Of each listener: whether it was closed while somebody was being told that nobody serves. */
function cutBy(world: SimulatedHost): boolean[] {
  return [...world.relays.values()].map(({ cut }) => cut);
}

function heldBy(world: SimulatedHost): number {
  return [...world.relays.values()].reduce((sum, { held }) => sum + held, 0);
}

describe('recreateHeld', () => {
  it.each([
    ['the image changes', first, 1],
    ['labels change', relabelled, 1],
    ['it has several containers', relabelled, 2],
  ])('replaces the containers without a failed request when %s', async (_, next, replicas) => {
    const world = worldOf(next, replicas);
    const process = new SimulatedProcess(world);

    const outcome = await recreateHeld(process.context(), process.recreation(replicas), process.journal);

    expect(outcome).toMatchObject({ result: 'done', reason: '', leftover: null });
    expect(process.steps).toEqual([...recreateSteps]);
    expect(process.state).toBeNull();
    const { ids, files, violations } = remains(world);
    expect(violations).toEqual([]);
    expect(files).toEqual([]);
    expect(ids).toHaveLength(replicas);
    expect(heldBy(world)).toBeGreaterThan(0);
  });

  it('holds until the port answers where there is no health check', async () => {
    const unchecked = { ...first, hasHealthcheck: false };
    const world = worldOf(unchecked, 1, unchecked);
    const process = new SimulatedProcess(world);
    const outcome = await recreateHeld(process.context(), process.recreation(1, false), process.journal);
    expect(outcome.result).toBe('done');
    expect(remains(world)).toMatchObject({ files: [], violations: [] });
  });

  it('hands over when the check succeeds, not when the engine looks, and leaves the pin until it has', async () => {
    const slowEngine = { ...first, healthyAfter: 30_000, readyAfter: 2_500 };
    const world = worldOf(slowEngine, 1, { ...first });
    const process = new SimulatedProcess(world);
    const began = world.now;
    let switchedAt = NaN;
    const context = process.context();
    const watching = {
      ...context,
      report: (event: { type: string; step?: string }) => {
        if (event.type === 'step' && event.step === 'join-edges') switchedAt = world.now - began;
      },
    };
    const outcome = await recreateHeld(watching, process.recreation(1), process.journal);
    expect(outcome.result).toBe('done');
    expect(switchedAt).toBeLessThan(8_000);
    expect(world.now - began).toBeGreaterThan(30_000);
    expect(remains(world)).toMatchObject({ files: [], violations: [] });
  });

  it('lets nobody wait for a Traefik that goes on showing the old container', async () => {
    const world = worldOf(first);
    const process = new SimulatedProcess(world);
    const began = world.now;
    // As it does where the new container has the address of the old one and is healthy at once.
    world.providerBlindUntil = began + 25_000;
    let switchedAt = NaN;
    const watching = {
      ...process.context(),
      report: (event: { type: string; step?: string }) => {
        if (event.type === 'step' && event.step === 'switch') switchedAt = world.now - began;
      },
    };
    const outcome = await recreateHeld(watching, process.recreation(1), process.journal);
    expect(outcome).toMatchObject({ result: 'done', reason: '' });
    expect(switchedAt).toBeLessThan(8_000);
    expect(remains(world)).toMatchObject({ files: [], violations: [] });
  });

  it.each<[string, Partial<Behaviour>, RegExp]>([
    ['is never healthy', { healthyAfter: null }, /is unhealthy/],
    ['ends at start', { exitsAfter: 300 }, /ended: exit code 1/],
  ])('starts the old container again when the new one %s', async (_, fault, reason) => {
    const world = worldOf({ ...relabelled, ...fault });
    const process = new SimulatedProcess(world);

    const outcome = await recreateHeld(process.context(), process.recreation(1), process.journal);

    expect(outcome).toMatchObject({ result: 'failed', leftover: null });
    expect(outcome.reason).toMatch(reason);
    expect(outcome.details.join('\n')).toContain('cannot open the database');
    expect(process.state).toBeNull();
    const { ids, files, violations } = remains(world);
    expect({ files, violations, count: ids.length }).toEqual({ files: [], violations: [], count: 1 });
    expect(world.present()).toEqual([first]);
  });

  it('starts the old container again when Compose cannot make the new one', async () => {
    const world = worldOf(relabelled);
    const old = world.list().map(({ id }) => id);
    const process = new SimulatedProcess(world);
    const request = process.recreation(1);
    const outcome = await recreateHeld(
      process.context(),
      { ...request, replace: () => Promise.reject(new Error('port 9100 is taken')) },
      process.journal,
    );
    expect(outcome).toMatchObject({ result: 'failed', reason: 'port 9100 is taken', leftover: null });
    expect(remains(world)).toEqual({ ids: old, files: [], violations: [] });
  });

  it('cuts nobody off whom it tells that nothing serves, where the old container does not come back', async () => {
    const world = worldOf({ ...relabelled, exitsAfter: 300 });
    const process = new SimulatedProcess(world);
    const context = process.context();
    const docker = { ...context.docker, restore: () => Promise.reject(new Error('no space left on device')) };
    const outcome = await recreateHeld(
      { ...context, docker },
      { ...process.recreation(1), drain: { hook: null, deadlineMs: 10_000 } },
      process.journal,
    );
    expect(outcome).toMatchObject({ result: 'failed', leftover: expect.stringContaining('no space left') });
    expect(cutBy(world)).toEqual([false]);
    expect(remains(world).files).toEqual([]);
  });

  it.each<[string, Partial<Behaviour>, boolean]>([
    ['whose check has not succeeded yet', { healthyAfter: 60_000 }, true],
    ['whose port does not answer yet', { healthyAfter: 60_000, hasHealthcheck: false }, false],
    [
      'that is unhealthy, of another image, and may be at work on data',
      { healthyAfter: null, hasData: true },
      true,
    ],
  ])('leaves a container running %s, and answers who waited', async (_, slow, hasHealthcheck) => {
    const world = worldOf({ ...relabelled, ...slow });
    const [old] = world.list();
    const process = new SimulatedProcess(world);
    const published: unknown[] = [];
    const request = {
      ...process.recreation(1, hasHealthcheck),
      hold: { limitMs: 2_000, page: '' },
      startDeadlineMs: 5_000,
      fileRoutes: {},
      publishRoutes: async (routes: object) => void published.push(routes),
    };
    const outcome = await recreateHeld(process.context(), request, process.journal);
    expect(outcome).toMatchObject({ result: 'unready', leftover: null });
    expect(outcome.details.join('\n')).toContain('cannot open the database');
    expect(published).toEqual([{}]);
    expect(process.state).toBeNull();
    const [relay] = world.relays.values();
    expect(relay).toMatchObject({ mode: 'closed' });
    expect(relay?.refused).toBeGreaterThan(0);
    const { ids, files } = remains(world);
    expect({ files, count: ids.length, isOld: ids.includes(old?.id ?? '') }).toEqual({
      files: [],
      count: 1,
      isOld: false,
    });
    expect(world.list().map(({ restartCount }) => restartCount)).toEqual([0]);
  });

  it('waits as long as it is told to', async () => {
    const unchecked = { ...first, hasHealthcheck: false };
    const world = worldOf({ ...unchecked, healthyAfter: 6_000 }, 1, unchecked);
    const process = new SimulatedProcess(world);
    const request = { ...process.recreation(1, false), startDeadlineMs: 20_000 };
    const context = { ...process.context(), limits: { startAllowance: 2_000 } };
    const outcome = await recreateHeld(context, request, process.journal);
    expect(outcome).toMatchObject({ result: 'done' });
    expect(remains(world).files).toEqual([]);
  });

  it('answers who waited to the deadline, and goes on', async () => {
    const world = worldOf({ ...first, healthyAfter: 8_000 });
    const process = new SimulatedProcess(world);
    const request = { ...process.recreation(1), hold: { limitMs: 3_000, page: '' } };
    const outcome = await recreateHeld(process.context(), request, process.journal);
    expect(outcome.result).toBe('done');
    const [relay] = world.relays.values();
    expect(relay?.refused).toBeGreaterThan(0);
    expect(remains(world)).toMatchObject({ files: [], violations: [] });
  });

  it('recreates without a hold, and says so, where no request arrives at a listener', async () => {
    const world = worldOf(first);
    world.prove = () => undefined;
    const process = new SimulatedProcess(world);
    const notes: string[] = [];
    const context = {
      ...process.context(),
      report: (event: { type: string; text?: string }) => void notes.push(event.text ?? ''),
    };
    const outcome = await recreateHeld(context, process.recreation(1), process.journal);
    expect(outcome.result).toBe('done');
    expect(notes.join('\n')).toContain('requests are not held while web is away');
    expect(heldBy(world)).toBe(0);
    expect(remains(world).files).toEqual([]);
  });

  async function undisturbed(): Promise<string[]> {
    const process = new SimulatedProcess(worldOf(relabelled));
    await recreateHeld(process.context(), process.recreation(1), process.journal);
    return process.stepAt;
  }

  it('loses nothing but what waits when it is killed, wherever that is, and the next deploy ends clean', async () => {
    const stepAt = await undisturbed();
    expect([...new Set(stepAt.slice(1))]).toEqual(['before', ...recreateSteps]);
    for (const killBefore of momentsOf(stepAt, 2)) {
      const where = `killed before operation ${killBefore} (${stepAt[killBefore]})`;
      const world = worldOf(relabelled);
      const process = new SimulatedProcess(world, { killBefore });
      await Promise.race([
        recreateHeld(process.context(), process.recreation(1), process.journal),
        process.killed,
      ]);
      // Before anybody was held nobody may notice.
      const mayLose = process.steps.includes('hold');
      world.advance(3_000);
      const again = new SimulatedProcess(world, { state: process.state });
      if (again.state) {
        const recovered = await recoverRollout(again.context(), again.state, again.journal, callbacks);
        expect({ where, ...recovered }).toMatchObject({ where, result: 'done' });
      }
      expect({ where, state: again.state, files: readdirSync(folder) }).toEqual({
        where,
        state: null,
        files: [],
      });
      if (!mayLose) expect({ where, violations: world.violations }).toEqual({ where, violations: [] });
      world.advance(2_000);
      if (world.list().every(({ status }) => status !== 'running')) continue;
      world.violations = [];
      if (world.present()[0] !== relabelled) {
        const outcome = await recreateHeld(again.context(), again.recreation(1), again.journal);
        expect({ where, ...outcome }).toMatchObject({ where, result: 'done' });
      }
      const { ids, files, violations } = remains(world);
      expect({ where, files, violations, count: ids.length }).toEqual({
        where,
        files: [],
        violations: [],
        count: 1,
      });
    }
  });

  it.each([
    ['as long as it is told to, though the deploy that was told so was killed', true],
    ['as long as usual after a deploy of a version that kept no deadline', false],
  ])('waits for the new container %s', async (_, keeps) => {
    const unchecked = { ...first, hasHealthcheck: false };
    const slow = { ...unchecked, healthyAfter: 6_000 };
    const limits = { startAllowance: 2_000 };
    const recreate = async (killBefore?: number): Promise<[SimulatedHost, SimulatedProcess]> => {
      const world = worldOf(slow, 1, unchecked);
      const process = new SimulatedProcess(world, killBefore === undefined ? {} : { killBefore });
      const request = { ...process.recreation(1, false), startDeadlineMs: 20_000 };
      await Promise.race([
        recreateHeld({ ...process.context(), limits }, request, process.journal),
        process.killed,
      ]);
      return [world, process];
    };
    const [, undisturbed] = await recreate();
    const [world, process] = await recreate(undisturbed.stepAt.indexOf('wait-healthy') + 5);
    if (process.state === null) throw new Error('nothing is in progress');
    const { startDeadlineMs, ...without } = process.state;
    expect(startDeadlineMs).toBe(20_000);
    const again = new SimulatedProcess(world, { state: process.state });
    const notes: string[] = [];
    const context = {
      ...again.context(),
      limits,
      report: (event: { type: string; text?: string }) => void notes.push(event.text ?? ''),
    };
    const state = keeps ? { ...without, startDeadlineMs } : without;
    const outcome = await recoverRollout(context, state, again.journal, callbacks);
    expect(outcome).toMatchObject({ result: 'done' });
    expect(notes.join('\n').includes('what was recreated is not fit (not ready after 2 s')).toBe(!keeps);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('takes the new route over by itself when it is killed while it holds', async () => {
    const stepAt = await undisturbed();
    const world = worldOf(relabelled);
    const process = new SimulatedProcess(world, { killBefore: stepAt.indexOf('wait-healthy') + 5 });
    await Promise.race([
      recreateHeld(process.context(), process.recreation(1), process.journal),
      process.killed,
    ]);
    world.advance(3_000);
    world.violations = [];
    world.advance(2_000);
    expect(world.violations).toEqual([]);
  });

  it('is over within three seconds of an interrupt, wherever that is', async () => {
    const stepAt = await undisturbed();
    for (const interruptBefore of momentsOf(stepAt, 2)) {
      const where = `interrupted before operation ${interruptBefore} (${stepAt[interruptBefore]})`;
      const world = worldOf(relabelled);
      const process = new SimulatedProcess(world, { interruptBefore });
      const started = world.now;
      const [old] = world.list();
      const outcome = await recreateHeld(process.context(), process.recreation(1), process.journal);
      if (outcome.result === 'done') continue;
      expect({ where, result: outcome.result }).toEqual({ where, result: 'interrupted' });
      const sofar = outcome.durations.reduce((sum, { ms }) => sum + ms, 0);
      expect({ where, quick: world.now - started - sofar < 3_000 }).toEqual({ where, quick: true });
      expect({ where, cut: cutBy(world).includes(true) }).toEqual({ where, cut: false });
      const wasStopped = !world
        .list()
        .some(({ id, startedAt }) => id === old?.id && startedAt === old.startedAt);
      expect({ where, told: outcome.leftover !== null }).toEqual({ where, told: wasStopped });
      if (!wasStopped || process.steps.includes('switch'))
        expect({ where, violations: world.violations }).toEqual({ where, violations: [] });
      if (process.state) {
        const next = new SimulatedProcess(world, { state: process.state });
        const recovered = await recoverRollout(next.context(), process.state, next.journal, callbacks);
        expect({ where, ...recovered }).toMatchObject({ where, result: 'done', reason: '' });
      }
      const { files } = remains(world);
      expect({ where, files }).toEqual({ where, files: [] });
    }
  });
});
