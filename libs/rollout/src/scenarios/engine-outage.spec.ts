import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { DockerError } from '@itsup/docker';

import { momentsOf } from '../testing/moments';
import { SimulatedHost, type Behaviour } from '../testing/simulated-host';
import { SimulatedProcess } from '../testing/simulated-process';
import { recoverRollout } from '../service/recover';
import { rollOut } from '../service/rollout';
import { scaleService } from '../service/scale';
import type { RolloutContext, RolloutRequest } from '../types';

jest.setTimeout(120_000);

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
const bad: Behaviour = { ...good, healthyAfter: null };

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'outage-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** An engine that is restarted before the nth operation of the process, for four seconds; what runs goes on. */
class Outage {
  readonly notes: string[] = [];
  private from: number | null = null;

  constructor(
    private readonly world: SimulatedHost,
    private readonly process: SimulatedProcess,
    private readonly at: number,
  ) {}

  private readonly reach = async <T>(act: () => Promise<T>): Promise<T> => {
    if (this.process.operations + 1 >= this.at) this.from ??= this.world.now;
    if (this.from !== null && this.world.now < this.from + 4_000) {
      throw new DockerError({ code: 'engine-unreachable', endpoint: null, reason: 'is it running?' });
    }
    return act();
  };

  context(): RolloutContext {
    const context = this.process.context();
    const { docker } = context;
    return {
      ...context,
      report: (event) => event.type === 'note' && this.notes.push(event.text),
      docker: {
        listService: (...args) => this.reach(() => docker.listService(...args)),
        listRunning: () => this.reach(() => docker.listRunning()),
        inspect: (...args) => this.reach(() => docker.inspect(...args)),
        exec: (...args) => this.reach(() => docker.exec(...args)),
        logs: (...args) => this.reach(() => docker.logs(...args)),
        stop: (...args) => this.reach(() => docker.stop(...args)),
        remove: (...args) => this.reach(() => docker.remove(...args)),
        start: (...args) => this.reach(() => docker.start(...args)),
        snapshot: (...args) => this.reach(() => docker.snapshot(...args)),
        restore: (...args) => this.reach(() => docker.restore(...args)),
        disconnect: (...args) => this.reach(() => docker.disconnect(...args)),
        stir: () => this.reach(() => docker.stir()),
      },
    };
  }

  request(replicas: number): RolloutRequest {
    const request = this.process.request(replicas);
    return {
      ...request,
      start: (total) => this.reach(() => request.start(total)),
      joinEdges: (ids) => this.reach(() => request.joinEdges(ids)),
    };
  }
}

async function momentsOfRollout(wanted: Behaviour): Promise<number[]> {
  const world = new SimulatedHost(folder, host, good, 1);
  world.wanted = wanted;
  const process = new SimulatedProcess(world);
  await rollOut(process.context(), process.request(1), process.journal);
  return momentsOf(process.stepAt, 2);
}

describe('an engine that is restarted', () => {
  it.each([
    ['during a rollout changes nothing about its end', good, 'done'],
    ['during one that fails leaves nothing of the new', bad, 'failed'],
  ])('%s', async (_, wanted, result) => {
    for (const at of await momentsOfRollout(wanted)) {
      const world = new SimulatedHost(folder, host, good, 1);
      const old = world.list().map(({ id }) => id);
      world.wanted = wanted;
      const process = new SimulatedProcess(world);
      const outage = new Outage(world, process, at);
      const outcome = await rollOut(outage.context(), outage.request(1), process.journal);
      const where = `before operation ${at} (${process.stepAt[at]})`;
      expect({ where, ...outcome }).toMatchObject({ where, result, leftover: null });
      world.advance(1_000);
      const ids = world.list().map(({ id }) => id);
      expect({ where, replaced: ids.join() !== old.join(), count: ids.length }).toEqual({
        where,
        replaced: result === 'done',
        count: 1,
      });
      expect({ where, files: readdirSync(folder), violations: world.violations }).toEqual({
        where,
        files: [],
        violations: [],
      });
      if (outage.notes.length > 0) expect(outage.notes[0]).toMatch(/waiting for the engine/);
    }
  });

  it('leaves the docker provider blind for a while: the old ones stay until their longer rule is gone', async () => {
    const rule = `Host(\`${host}\`) || Host(\`www.${host}\`)`;
    const labels = { ...good.labels, 'traefik.http.routers.web.rule': rule };
    const world = new SimulatedHost(folder, host, { ...good, labels }, 1);
    world.wanted = good;
    world.providerBlindUntil = world.now + 15_000;
    const process = new SimulatedProcess(world);
    const outcome = await rollOut(process.context(), process.request(1), process.journal);
    expect(outcome).toMatchObject({ result: 'done', leftover: null });
    world.advance(1_000);
    expect({ files: readdirSync(folder), violations: world.violations }).toEqual({
      files: [],
      violations: [],
    });
  });

  it('during a scaling or a recovery changes nothing about their ends', async () => {
    for (let at = 1; at < 20; at += 3) {
      const world = new SimulatedHost(folder, host, good, 3);
      const ids = world.list().map(({ id }) => id);
      const process = new SimulatedProcess(world);
      const outage = new Outage(world, process, at);
      const request = { ...outage.request(1), keep: ids.slice(0, 1), surplus: ids.slice(1) };
      const outcome = await scaleService(outage.context(), request, process.journal);
      expect({ at, ...outcome }).toMatchObject({ at, result: 'done' });

      world.wanted = good;
      const killed = new SimulatedProcess(world, { killBefore: 60 });
      await Promise.race([rollOut(killed.context(), killed.request(1), killed.journal), killed.killed]);
      if (!killed.state) throw new Error('the rollout was not under way');
      const again = new SimulatedProcess(world, { state: killed.state });
      const second = new Outage(world, again, at);
      const callbacks = { joinEdges: async () => undefined, publishRoutes: null };
      const settled = await recoverRollout(second.context(), killed.state, again.journal, callbacks);
      expect({ at, ...settled }).toMatchObject({ at, result: 'done' });
      world.advance(1_000);
      expect({ at, files: readdirSync(folder), violations: world.violations }).toEqual({
        at,
        files: [],
        violations: [],
      });
    }
  });

  it('and does not come back ends the rollout', async () => {
    const world = new SimulatedHost(folder, host, good, 1);
    world.wanted = good;
    const process = new SimulatedProcess(world);
    const refuse = () =>
      Promise.reject(new DockerError({ code: 'engine-unreachable', endpoint: null, reason: 'gone' }));
    const context = process.context();
    const docker = { ...context.docker, listService: refuse };
    const outcome = await rollOut({ ...context, docker }, process.request(1), process.journal);
    expect(outcome).toMatchObject({ result: 'failed' });
    expect(outcome.leftover).toMatch(/next deploy of this stack/);
  });
});
