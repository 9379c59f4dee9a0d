import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { SimulatedHost, type Behaviour } from '../testing/simulated-host';
import { SimulatedProcess } from '../testing/simulated-process';
import { recoverRollout } from '../service/recover';
import { rollOut } from '../service/rollout';
import type { RolloutContext } from '../types';

jest.setTimeout(60_000);

const host = 'shop.test';
const good: Behaviour = {
  labels: {
    'traefik.enable': 'true',
    'traefik.docker.network': 'proxynet',
    'traefik.http.routers.web.rule': `Host(\`${host}\`)`,
    'traefik.http.routers.web.service': 'web',
    'traefik.http.services.web.loadbalancer.server.port': '8080',
  },
  healthyAfter: 800,
  exitsAfter: null,
};
const callbacks = { joinEdges: async () => undefined, publishRoutes: null };

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'after-switch-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** Someone has a connection to the old containers for so long after the switch. */
function busyFor(world: SimulatedHost, process: SimulatedProcess, ms: number): RolloutContext {
  let since: number | null = null;
  const countTo = async (): Promise<number> => {
    since ??= world.now;
    return world.now - since < ms ? 1 : 0;
  };
  return { ...process.context(), connections: { listTo: async () => [], countTo } };
}

/** Milliseconds from the first failed request to the last. */
function span(violations: string[]): number {
  const times = violations.map((text) => Number(/ at ([\d.]+)$/.exec(text)?.[1]));
  return times.length === 0 ? 0 : Math.max(...times) - Math.min(...times);
}

describe('new containers that got the traffic', () => {
  it('go back to the old ones when they fall over at their first requests', async () => {
    const world = new SimulatedHost(folder, host, good, 1);
    const old = world.list().map(({ id }) => id);
    world.wanted = { ...good, underTraffic: { after: 200, what: 'ends' } };
    const process = new SimulatedProcess(world);
    const outcome = await rollOut(busyFor(world, process, 2_000), process.request(1), process.journal);
    expect(outcome).toMatchObject({ result: 'failed', leftover: null });
    expect(outcome.reason).toMatch(/after the switch to the new containers: shop-web-2 ended: exit code 1/);
    expect(outcome.details.join('\n')).toContain('cannot open the database');
    world.advance(2_000);
    expect(world.list().map(({ id }) => id)).toEqual(old);
    expect(readdirSync(folder)).toEqual([]);
    expect(span(world.violations)).toBeLessThan(1_000);
  });

  it('are looked at before the old ones go, also when nobody is connected to these', async () => {
    const world = new SimulatedHost(folder, host, good, 1);
    const old = world.list().map(({ id }) => id);
    world.wanted = { ...good, underTraffic: { after: 0, what: 'ends' } };
    const process = new SimulatedProcess(world);
    const outcome = await rollOut(process.context(), process.request(1), process.journal);
    expect(outcome.result).toBe('failed');
    expect(world.list().map(({ id }) => id)).toEqual(old);
  });

  it('are followed by the pin when they restart with another address, where no check begins anew', async () => {
    const world = new SimulatedHost(folder, host, good, 1);
    world.wanted = {
      ...good,
      ...{ hasHealthcheck: false, readyAfter: 300, underTraffic: { after: 200, what: 'moves' } },
    };
    const process = new SimulatedProcess(world);
    const outcome = await rollOut(busyFor(world, process, 2_900), process.request(1), process.journal);
    expect(outcome).toMatchObject({ result: 'done' });
    world.advance(1_000);
    expect(readdirSync(folder)).toEqual([]);
    expect(span(world.violations)).toBeLessThan(1_000);
  });

  it('go back to the old ones when they restart and their health check begins anew', async () => {
    const world = new SimulatedHost(folder, host, good, 1);
    const old = world.list().map(({ id }) => id);
    world.wanted = { ...good, underTraffic: { after: 200, what: 'moves' } };
    const process = new SimulatedProcess(world);
    const outcome = await rollOut(busyFor(world, process, 2_900), process.request(1), process.journal);
    expect(outcome).toMatchObject({ result: 'failed', leftover: null });
    expect(outcome.reason).toMatch(/shop-web-2 does not serve any more/);
    world.advance(1_000);
    expect(world.list().map(({ id }) => id)).toEqual(old);
    expect(readdirSync(folder)).toEqual([]);
    expect(span(world.violations)).toBeLessThan(1_000);
  });
});

describe('recovery forward', () => {
  /** Killed in the drain; the new containers turn out deaf. */
  async function killedInDrain(world: SimulatedHost): Promise<SimulatedProcess> {
    world.wanted = { ...good, hasHealthcheck: false, underTraffic: { after: 200, what: 'deaf' } };
    const process = new SimulatedProcess(world);
    await Promise.race([
      rollOut(
        {
          ...process.context(),
          connections: {
            listTo: async () => [],
            countTo: () => {
              world.advance(1_000);
              return new Promise<number>(() => undefined);
            },
          },
        },
        process.request(1),
        process.journal,
      ),
      new Promise((resolve) => setTimeout(resolve, 2_000)),
    ]);
    expect(process.state).toMatchObject({ direction: 'forward' });
    return process;
  }

  it('falls back to the old containers when the new ones are not fit', async () => {
    const world = new SimulatedHost(folder, host, good, 1);
    const old = world.list().map(({ id }) => id);
    const { state } = await killedInDrain(world);
    const again = new SimulatedProcess(world, { state });
    if (!state) throw new Error('the rollout was not under way');
    const outcome = await recoverRollout(again.context(), state, again.journal, callbacks);
    expect(outcome).toMatchObject({ result: 'done' });
    expect(again.state).toBeNull();
    expect(world.list().map(({ id }) => id)).toEqual(old);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('lets a fixed version be deployed when neither are', async () => {
    const world = new SimulatedHost(folder, host, good, 1);
    const old = world.list().map(({ id }) => id);
    const { state } = await killedInDrain(world);
    if (!state) throw new Error('the rollout was not under way');
    await world.engine.docker().remove(old, { force: true });
    const notes: string[] = [];
    const again = new SimulatedProcess(world, { state });
    const context: RolloutContext = {
      ...again.context(),
      report: (event) => event.type === 'note' && notes.push(event.text),
    };
    expect(await recoverRollout(context, state, again.journal, callbacks)).toMatchObject({ result: 'done' });
    expect(notes.join()).toMatch(/neither the old nor the new containers are fit .*does not answer HTTP/);
    world.wanted = good;
    const outcome = await rollOut(context, again.request(1), again.journal);
    expect(outcome).toMatchObject({ result: 'done', leftover: null });
    expect(readdirSync(folder)).toEqual([]);
  });
});
