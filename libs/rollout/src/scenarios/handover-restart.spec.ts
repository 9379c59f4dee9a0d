import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { SimulatedProxy } from '../testing/simulated-proxy';
import { SimulatedProxyProcess } from '../testing/simulated-proxy-process';
import { handOver } from '../traefik/handover';

let parent: string;
beforeEach(() => (parent = mkdtempSync(join(tmpdir(), 'handover-'))));
afterEach(() => rmSync(parent, { recursive: true }));

describe('a Traefik that can only be stopped and started', () => {
  it('is not said to go on serving when the new one does not come up', async () => {
    const current = 'entryPoints: {traefik: {address: "127.0.0.1:8082"}, web: {address: ":8080"}}';
    const host = new SimulatedProxy('http://127.0.0.1:8082', false);
    const process = new SimulatedProxyProcess(host, join(parent, 'handover'));
    const request = {
      ...process.request(current, current),
      replace: async () => {
        host.remove('public');
      },
    };
    const outcome = await handOver(process.context(), request, process.journal);
    expect(process.steps).not.toContain('start-temporary');
    expect(outcome.result).toBe('failed');
    expect(outcome.leftover).toMatch(/the old Traefik is gone/);
  });
});
