import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { SimulatedHost, type Behaviour } from '../testing/simulated-host';
import { SimulatedProcess } from '../testing/simulated-process';
import { createConnectionTable } from '../drain/connection-table';
import { rollOut } from '../service/rollout';
import type { RolloutContext } from '../types';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'drain-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const internal: Behaviour = { labels: {}, healthyAfter: 800, exitsAfter: null };

describe('a service without ingress', () => {
  /** The old container has a connection of a sibling for so long after the drain began. */
  async function roll(busyMs: number) {
    const world = new SimulatedHost(folder, 'nobody.test', internal, 1);
    const process = new SimulatedProcess(world);
    const context = process.context();
    const seen: { at: number; pids: number[] }[] = [];
    const notes: string[] = [];
    const withPids: RolloutContext = {
      ...context,
      report: (event) => event.type === 'note' && notes.push(event.text),
      docker: {
        ...context.docker,
        inspect: async (ids) => (await context.docker.inspect(ids)).map((one) => ({ ...one, pid: 77 })),
      },
      connections: {
        listTo: async () => [],
        countTo: () => Promise.reject(new Error('nothing of Traefik leads there')),
        countInto: async (pids) => {
          seen.push({ at: world.now, pids });
          return world.now - (seen[0]?.at ?? 0) < busyMs ? 2 : 0;
        },
      },
    };
    const outcome = await rollOut(withPids, process.request(1), process.journal);
    return { outcome, seen, notes, steps: process.steps };
  }

  it('is drained by the connections that its containers have', async () => {
    const { outcome, seen, notes, steps } = await roll(1_000);
    expect(outcome).toMatchObject({ result: 'done' });
    expect(seen[0]?.pids).toEqual([77]);
    expect((seen.at(-1)?.at ?? 0) - (seen[0]?.at ?? 0)).toBeGreaterThanOrEqual(1_000);
    expect(notes).toEqual([]);
    expect(steps.indexOf('join-edges')).toBe(steps.indexOf('wait-healthy') + 1);
    expect(steps.indexOf('switch')).toBe(steps.indexOf('join-edges') + 1);
  });

  it('is stopped at the deadline, and what is cut is said', async () => {
    const { outcome, notes } = await roll(100_000);
    expect(outcome).toMatchObject({ result: 'done' });
    expect(notes.join()).toMatch(/2 connections still open at the end of the drain/);
  });
});

describe('countInto', () => {
  /** Lines of /proc/<pid>/net/tcp: local, remote, state. */
  function table(...sockets: [string, string, string][]): string {
    const lines = sockets.map(
      ([local, remote, state], index) => `   ${index}: ${local} ${remote} ${state} 0:0`,
    );
    return ['  sl  local_address rem_address   st tx_queue', ...lines, ''].join('\n');
  }

  it('counts what others opened to ports that listen there', async () => {
    mkdirSync(join(folder, '77/net'), { recursive: true });
    writeFileSync(
      join(folder, '77/net/tcp'),
      table(
        ['00000000:1F90', '00000000:0000', '0A'],
        ['050014AC:1F90', '060014AC:C350', '01'],
        // Its own health check, a connection that it opened itself, one that is closing.
        ['0100007F:1F90', '0100007F:C351', '01'],
        ['050014AC:C352', '070014AC:1538', '01'],
        ['050014AC:1F90', '060014AC:C353', '06'],
      ),
    );
    writeFileSync(
      join(folder, '77/net/tcp6'),
      table(['0000000000000000FFFF0000050014AC:1F90', '0000000000000000FFFF0000060014AC:C354', '01']),
    );
    const connections = createConnectionTable('/proc/net', folder);
    expect(await connections.countInto?.([77])).toBe(2);
    expect(await connections.countInto?.([78])).toBe(0);
    expect(await connections.countInto?.([77], ['172.20.0.5'])).toBe(2);
    expect(await connections.countInto?.([77], ['172.20.0.6', '10.64.1.2'])).toBe(0);
  });
});
