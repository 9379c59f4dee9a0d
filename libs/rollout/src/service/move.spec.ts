import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { momentsOf } from '../testing/moments';
import { SimulatedHost, type Behaviour } from '../testing/simulated-host';
import { SimulatedProcess } from '../testing/simulated-process';
import { moveService } from './move';
import { recoverRollout } from './recover';
import type { RolloutOutcome } from '../types';

jest.setTimeout(60_000);

const host = 'shop.test';
const web: Behaviour = {
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
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'move-'))));
afterEach(() => rmSync(folder, { recursive: true }));

function move(process: SimulatedProcess): Promise<RolloutOutcome> {
  const { project, composeProject, service, drain } = process.request(2);
  const request = { project, composeProject, service, network: 'proxynet', drain };
  return moveService(process.context(), request, process.journal);
}

/** What has to hold in every case once the configuration settled. */
function remains(world: SimulatedHost): { networks: string[][]; files: string[]; violations: string[] } {
  world.advance(1000);
  const networks = world.list().map(({ addresses }) => Object.keys(addresses));
  return { networks, files: readdirSync(folder), violations: world.violations };
}

const moved = { networks: [['shop_default'], ['shop_default']], files: [], violations: [] };

async function moments(): Promise<number[]> {
  const world = new SimulatedHost(folder, host, web, 2, true);
  const process = new SimulatedProcess(world);
  await move(process);
  return momentsOf(process.stepAt);
}

describe('a service that leaves a network by which Traefik comes to it', () => {
  it('loses no request', async () => {
    const world = new SimulatedHost(folder, host, web, 2, true);
    const process = new SimulatedProcess(world);
    expect(await move(process)).toMatchObject({ result: 'done', reason: '', leftover: null });
    expect(process.state).toBeNull();
    expect(process.steps).toEqual(['pin-old', 'drain', 'leave-network', 'await-labels', 'unpin']);
    expect(remains(world)).toEqual(moved);
  });

  it('leaves in a moment when nobody asks it by that network, and is not told to end', async () => {
    const world = new SimulatedHost(folder, host, web, 2, true);
    const process = new SimulatedProcess(world);
    const context = process.context();
    const asked: (readonly string[] | undefined)[] = [];
    const { project, composeProject, service, drain } = process.request(2);
    const outcome = await moveService(
      {
        ...context,
        docker: {
          ...context.docker,
          listService: async (...of) =>
            (await context.docker.listService(...of)).map((one) => ({ ...one, pid: 77 })),
          exec: () => Promise.reject(new Error('no hook is run')),
        },
        connections: {
          listTo: async () => [],
          countTo: () => Promise.resolve(0),
          countInto: (_, addresses) => Promise.resolve(asked.push(addresses) < 5 ? 1 : 0),
        },
      },
      { project, composeProject, service, network: 'proxynet', drain: { ...drain, hook: ['end'] } },
      process.journal,
    );
    expect(outcome).toMatchObject({ result: 'done', reason: '' });
    expect(asked).toHaveLength(5);
    expect(asked[0]).toHaveLength(2);
    expect(remains(world)).toEqual(moved);
  });

  it('would lose some without the pin', async () => {
    const world = new SimulatedHost(folder, host, web, 1, true);
    await world.engine.docker().disconnectNetwork('proxynet', 'shop-web-1');
    world.advance(1000);
    expect(world.violations.length).toBeGreaterThan(10);
  });

  it('loses none when it is killed, wherever that is, and the next deploy moves it', async () => {
    for (const killBefore of await moments()) {
      const world = new SimulatedHost(folder, host, web, 2, true);
      const process = new SimulatedProcess(world, { killBefore });
      await Promise.race([move(process), process.killed]);
      world.advance(3_000);
      const again = new SimulatedProcess(world, { state: process.state });
      const where = `killed before operation ${killBefore} (${process.stepAt[killBefore]})`;
      if (again.state) {
        const settled = await recoverRollout(again.context(), again.state, again.journal, callbacks);
        expect({ where, ...settled }).toMatchObject({ where, result: 'done' });
      }
      expect({ where, ...(await move(again)) }).toMatchObject({ where, result: 'done' });
      expect({ where, ...remains(world) }).toEqual({ where, ...moved });
    }
  });

  it('is settled within three seconds of an interrupt, or by the next deploy', async () => {
    for (const interruptBefore of await moments()) {
      const world = new SimulatedHost(folder, host, web, 2, true);
      const process = new SimulatedProcess(world, { interruptBefore });
      const outcome = await move(process);
      const where = `interrupted before operation ${interruptBefore} (${process.stepAt[interruptBefore]})`;
      if (outcome.result === 'done') continue;
      expect({ where, result: outcome.result }).toEqual({ where, result: 'interrupted' });
      const next = new SimulatedProcess(world, { state: process.state });
      if (process.state) {
        const settled = await recoverRollout(next.context(), process.state, next.journal, callbacks);
        expect({ where, ...settled }).toMatchObject({ where, result: 'done' });
      }
      await move(next);
      expect({ where, ...remains(world) }).toEqual({ where, ...moved });
    }
  });
});
