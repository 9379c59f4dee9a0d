import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { momentsOf } from '../testing/moments';
import { SimulatedHost, type Behaviour } from '../testing/simulated-host';
import { SimulatedProcess } from '../testing/simulated-process';
import { recoverRollout } from './recover';
import { rollOut } from './rollout';
import { rolloutSteps } from '../types';

jest.setTimeout(60_000);

const host = 'shop.test';

const labels = (rule: string): Record<string, string> => ({
  'traefik.enable': 'true',
  'traefik.docker.network': 'proxynet',
  'traefik.http.routers.web.rule': rule,
  'traefik.http.routers.web.service': 'web',
  'traefik.http.services.web.loadbalancer.server.port': '8080',
});
const first: Behaviour = { labels: labels(`Host(\`${host}\`)`), healthyAfter: 800, exitsAfter: null };
const relabelled: Behaviour = { ...first, labels: labels(`Host(\`${host}\`) || Host(\`www.${host}\`)`) };

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rollout-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

const callbacks = { joinEdges: async () => undefined, publishRoutes: null };

/** Lets the configuration settle and looks at what is left. */
function remains(world: SimulatedHost): { ids: string[]; files: string[]; violations: string[] } {
  world.advance(1000);
  return { ids: world.list().map(({ id }) => id), files: readdirSync(folder), violations: world.violations };
}

describe('rollOut', () => {
  it.each([
    ['the image changes', first, 1, 1],
    ['labels change', relabelled, 1, 1],
    ['labels change and the number of replicas grows', relabelled, 1, 3],
    ['labels change and the number of replicas shrinks', relabelled, 3, 1],
  ])('replaces the containers without a failed request when %s', async (_, next, before, after) => {
    const world = new SimulatedHost(folder, host, first, before);
    const old = world.list().map(({ id }) => id);
    world.wanted = next;
    const process = new SimulatedProcess(world);

    const outcome = await rollOut(process.context(), process.request(after), process.journal);

    expect(outcome).toMatchObject({ result: 'done', reason: '', leftover: null });
    expect(process.steps).toEqual([...rolloutSteps]);
    expect(process.state).toBeNull();
    const { ids, files, violations } = remains(world);
    expect(violations).toEqual([]);
    expect(files).toEqual([]);
    expect(ids).toHaveLength(after);
    expect(ids.filter((id) => old.includes(id))).toEqual([]);
  });

  it.each<[string, Partial<Behaviour>, RegExp]>([
    ['is never healthy', { healthyAfter: null }, /is unhealthy/],
    ['ends at start', { exitsAfter: 300 }, /ended: exit code 1/],
    ['is healthy too late', { healthyAfter: 10_000_000 }, /not ready after/],
  ])('keeps the old containers when the new one %s', async (_, fault, reason) => {
    const world = new SimulatedHost(folder, host, first, 2);
    const old = world.list().map(({ id }) => id);
    world.wanted = { ...relabelled, ...fault };
    const process = new SimulatedProcess(world);

    const outcome = await rollOut(process.context(), process.request(2), process.journal);

    expect(outcome.result).toBe('failed');
    expect(outcome.reason).toMatch(reason);
    expect(outcome.details.join('\n')).toContain('cannot open the database');
    expect(outcome.leftover).toBeNull();
    expect(process.state).toBeNull();
    expect(remains(world)).toEqual({ ids: old, files: [], violations: [] });
  });

  it('runs what comes before a start before anything is touched, and what comes before a stop when it is drained', async () => {
    const world = new SimulatedHost(folder, host, first, 2);
    const old = world.list().map(({ id }) => id);
    world.wanted = relabelled;
    const process = new SimulatedProcess(world);
    const stopped: string[][] = [];
    const outcome = await rollOut(
      process.context(),
      {
        ...process.request(2),
        preStart: (total) => {
          expect(total).toBe(4);
          return Promise.resolve();
        },
        preStop: async (ids) => void stopped.push(ids),
      },
      process.journal,
    );
    expect(outcome.result).toBe('done');
    expect(process.steps).toEqual(['clear-leftovers', 'pre-start', ...rolloutSteps.slice(1)]);
    expect(stopped.map((ids) => ids.sort())).toEqual([old.sort()]);
  });

  it('touches nothing where what comes before a start fails', async () => {
    const world = new SimulatedHost(folder, host, first, 2);
    const old = world.list().map(({ id }) => id);
    world.wanted = relabelled;
    const process = new SimulatedProcess(world);
    const preStart = (): Promise<void> => Promise.reject(new Error('the schema is too old'));
    const outcome = await rollOut(process.context(), { ...process.request(2), preStart }, process.journal);
    expect(outcome).toMatchObject({ result: 'failed', reason: 'the schema is too old', leftover: null });
    expect(process.steps).not.toContain('pin-old');
    expect(remains(world)).toEqual({ ids: old, files: [], violations: [] });
  });

  /** How many operations an undisturbed rollout takes, and during which step each happens. */
  async function undisturbed(): Promise<string[]> {
    const world = new SimulatedHost(folder, host, first, 2);
    world.wanted = relabelled;
    const process = new SimulatedProcess(world);
    await rollOut(process.context(), process.request(2), process.journal);
    return process.stepAt;
  }

  it('loses nothing when it is killed, wherever that is, and the next deploy ends clean', async () => {
    const stepAt = await undisturbed();
    expect([...new Set(stepAt.slice(1))]).toEqual(['before', ...rolloutSteps]);
    for (const killBefore of momentsOf(stepAt)) {
      const where = `killed before operation ${killBefore} (${stepAt[killBefore]})`;
      const world = new SimulatedHost(folder, host, first, 2);
      const old = world.list().map(({ id }) => id);
      world.wanted = relabelled;
      const process = new SimulatedProcess(world, { killBefore });
      await Promise.race([rollOut(process.context(), process.request(2), process.journal), process.killed]);
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
      const replaced = world.list().every(({ id }) => !old.includes(id));
      if (!replaced) {
        const outcome = await rollOut(again.context(), again.request(2), again.journal);
        expect({ where, ...outcome }).toMatchObject({ where, result: 'done' });
      }

      const { ids, files, violations } = remains(world);
      expect({ where, violations }).toEqual({ where, violations: [] });
      expect({ where, files }).toEqual({ where, files: [] });
      expect({ where, replaced: ids.length === 2 && ids.every((id) => !old.includes(id)) }).toEqual({
        where,
        replaced: true,
      });
    }
  });

  it('survives a recovery that is killed as well', async () => {
    const stepAt = await undisturbed();
    const interesting = [stepAt.indexOf('wait-healthy') + 3, stepAt.indexOf('drain') + 1];
    for (const killBefore of interesting) {
      for (let second = 1; second < 60; second += 3) {
        const world = new SimulatedHost(folder, host, first, 1);
        world.wanted = relabelled;
        const process = new SimulatedProcess(world, { killBefore });
        await Promise.race([rollOut(process.context(), process.request(1), process.journal), process.killed]);
        world.advance(2_000);
        if (!process.state) throw new Error('the rollout was not under way');
        const half = new SimulatedProcess(world, { state: process.state, killBefore: second });
        await Promise.race([
          recoverRollout(half.context(), process.state, half.journal, callbacks),
          half.killed,
        ]);
        world.advance(2_000);
        const last = new SimulatedProcess(world, { state: half.state });
        if (half.state) await recoverRollout(last.context(), half.state, last.journal, callbacks);
        const { files, violations, ids } = remains(world);
        expect({ killBefore, second, files, violations, count: ids.length }).toEqual({
          killBefore,
          second,
          files: [],
          violations: [],
          count: 1,
        });
      }
    }
  });

  it('is back at the old containers within three seconds of an interrupt, wherever that is', async () => {
    const stepAt = await undisturbed();
    for (const interruptBefore of momentsOf(stepAt)) {
      const where = `interrupted before operation ${interruptBefore} (${stepAt[interruptBefore]})`;
      const world = new SimulatedHost(folder, host, first, 2);
      world.wanted = relabelled;
      const process = new SimulatedProcess(world, { interruptBefore });
      const started = world.now;
      const outcome = await rollOut(process.context(), process.request(2), process.journal);
      if (outcome.result === 'done') continue;

      expect({ where, result: outcome.result }).toEqual({ where, result: 'interrupted' });
      expect({ where, leftover: outcome.leftover === null }).toEqual({
        where,
        leftover: process.state === null,
      });
      const sofar = outcome.durations.reduce((sum, { ms }) => sum + ms, 0);
      expect({ where, quick: world.now - started - sofar < 3_000 }).toEqual({ where, quick: true });
      if (process.state) {
        const next = new SimulatedProcess(world, { state: process.state });
        const recovered = await recoverRollout(next.context(), process.state, next.journal, callbacks);
        expect({ where, ...recovered }).toMatchObject({ where, result: 'done', reason: '' });
      }
      const { ids, files, violations } = remains(world);
      expect({ where, violations, files, count: ids.length }).toEqual({
        where,
        violations: [],
        files: [],
        count: 2,
      });
    }
  });
});
