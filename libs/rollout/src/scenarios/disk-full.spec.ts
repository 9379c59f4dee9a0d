import { mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

import { SimulatedHost, type Behaviour } from '../testing/simulated-host';
import { SimulatedProcess } from '../testing/simulated-process';
import { writePin } from '../pin/pin-file';
import { recoverRollout } from '../service/recover';
import { rollOut } from '../service/rollout';
import type { RolloutJournal, RolloutStep } from '../types';

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

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'disk-full-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** A journal that cannot be written from this step on. */
function fullFrom(process: SimulatedProcess, full: RolloutStep): RolloutJournal {
  let isFull = false;
  const refuse = (): Promise<never> => Promise.reject(new Error('ENOSPC: no space left on device, write'));
  return {
    step: (name, run) => {
      isFull ||= name === full;
      return isFull ? refuse() : process.journal.step(name, run);
    },
    save: (state) => (isFull ? refuse() : process.journal.save(state)),
  };
}

describe('a disk that is full', () => {
  it.each<RolloutStep>(['wait-healthy', 'switch', 'drain'])(
    'at %s leaves the old containers serving, and nothing of the new',
    async (step) => {
      const world = new SimulatedHost(folder, host, good, 1);
      const old = world.list().map(({ id }) => id);
      const process = new SimulatedProcess(world);
      const outcome = await rollOut(process.context(), process.request(1), fullFrom(process, step));
      expect(outcome).toMatchObject({
        result: 'failed',
        reason: expect.stringContaining('ENOSPC') as string,
      });
      expect(outcome.leftover).toMatch(
        /journal that could not be closed.*the next deploy of this stack closes/,
      );
      world.advance(1_000);
      expect(world.list().map(({ id }) => id)).toEqual(old);
      expect({ files: readdirSync(folder), violations: world.violations }).toEqual({
        files: [],
        violations: [],
      });
      const again = new SimulatedProcess(world, { state: process.state });
      if (!process.state) throw new Error('nothing to settle');
      const callbacks = { joinEdges: async () => undefined, publishRoutes: null };
      const recovered = await recoverRollout(again.context(), process.state, again.journal, callbacks);
      expect(recovered).toMatchObject({ result: 'done' });
      expect(world.violations).toEqual([]);
    },
  );

  it('leaves no half of a pin', async () => {
    symlinkSync('/dev/full', `${dirname(folder)}/.${basename(folder)}-rollout-shop-web.yml.tmp`);
    await expect(writePin(folder, 'shop', 'web', 'http: {}\n')).rejects.toThrow(/ENOSPC/);
    expect(readdirSync(folder)).toEqual([]);
  });
});
