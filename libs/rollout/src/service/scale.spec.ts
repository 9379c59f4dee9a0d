import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { momentsOf } from '../testing/moments';
import { SimulatedHost, type Behaviour } from '../testing/simulated-host';
import { SimulatedProcess } from '../testing/simulated-process';
import { recoverRollout } from './recover';
import { scaleService } from './scale';
import type { RolloutOutcome } from '../types';

jest.setTimeout(60_000);

const host = 'shop.test';
const checked: Behaviour = {
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
const unchecked: Behaviour = { ...checked, hasHealthcheck: false };
const callbacks = { joinEdges: async () => undefined, publishRoutes: null };

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'scale-'))));
afterEach(() => rmSync(folder, { recursive: true }));

function scale(world: SimulatedHost, process: SimulatedProcess, after: number): Promise<RolloutOutcome> {
  const ids = world.list().map(({ id }) => id);
  const request = { ...process.request(after), keep: ids.slice(0, after), surplus: ids.slice(after) };
  return scaleService(process.context(), request, process.journal);
}

/** What has to hold in every case once the configuration settled. */
function remains(world: SimulatedHost): { count: number; files: string[]; violations: string[] } {
  world.advance(1000);
  return { count: world.list().length, files: readdirSync(folder), violations: world.violations };
}

const clean = (count: number) => ({ count, files: [], violations: [] });

describe('scaleService', () => {
  it.each([
    ['down', 3, 1, checked],
    ['down, without a health check', 3, 2, unchecked],
    ['up', 1, 3, checked],
    ['up, without a health check', 1, 3, unchecked],
  ])('goes %s without a failed request', async (_, before, after, behaviour) => {
    const world = new SimulatedHost(folder, host, behaviour, before);
    const process = new SimulatedProcess(world);
    expect(await scale(world, process, after)).toMatchObject({ result: 'done', reason: '', leftover: null });
    expect(process.state).toBeNull();
    expect(remains(world)).toEqual(clean(after));
  });

  it('goes back to what there was when a new container does not come up', async () => {
    const world = new SimulatedHost(folder, host, checked, 2);
    world.wanted = { ...checked, healthyAfter: null };
    const process = new SimulatedProcess(world);
    const outcome = await scale(world, process, 3);
    expect(outcome).toMatchObject({ result: 'failed', leftover: null });
    expect(outcome.reason).toMatch(/is unhealthy/);
    expect(remains(world)).toEqual(clean(2));
  });

  describe.each([
    ['down', 3, 1],
    ['up', 1, 3],
  ])('%s', (_, before, after) => {
    async function moments(): Promise<number[]> {
      const world = new SimulatedHost(folder, host, unchecked, before);
      const process = new SimulatedProcess(world);
      await scale(world, process, after);
      return momentsOf(process.stepAt);
    }

    it('loses nothing when it is killed, wherever that is, and the next deploy ends clean', async () => {
      for (const killBefore of await moments()) {
        const world = new SimulatedHost(folder, host, unchecked, before);
        const process = new SimulatedProcess(world, { killBefore });
        await Promise.race([scale(world, process, after), process.killed]);
        world.advance(3_000);
        const again = new SimulatedProcess(world, { state: process.state });
        const where = `killed before operation ${killBefore} (${process.stepAt[killBefore]})`;
        if (again.state) {
          const outcome = await recoverRollout(again.context(), again.state, again.journal, callbacks);
          expect({ where, ...outcome }).toMatchObject({ where, result: 'done' });
        }
        const outcome = await scale(world, again, after);
        expect({ where, ...outcome }).toMatchObject({ where, result: 'done' });
        expect({ where, ...remains(world) }).toEqual({ where, ...clean(after) });
      }
    });

    it('is settled within three seconds of an interrupt, or by the next deploy', async () => {
      for (const interruptBefore of await moments()) {
        const world = new SimulatedHost(folder, host, unchecked, before);
        const process = new SimulatedProcess(world, { interruptBefore });
        const outcome = await scale(world, process, after);
        const where = `interrupted before operation ${interruptBefore} (${process.stepAt[interruptBefore]})`;
        if (outcome.result === 'done') continue;
        expect({ where, result: outcome.result }).toEqual({ where, result: 'interrupted' });
        const next = new SimulatedProcess(world, { state: process.state });
        if (process.state) {
          const settled = await recoverRollout(next.context(), process.state, next.journal, callbacks);
          expect({ where, ...settled }).toMatchObject({ where, result: 'done' });
        }
        await scale(world, next, after);
        expect({ where, ...remains(world) }).toEqual({ where, ...clean(after) });
      }
    });
  });
});
