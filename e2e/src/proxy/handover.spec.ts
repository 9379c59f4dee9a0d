import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { describeWithCommands, describeWithProxy } from '../harness/engine/describe-with';
import { NODE, PROXY_IMAGES } from '../harness/engine/images';
import { openNeighbour, type Neighbour } from '../harness/traffic/neighbour';
import { HandedOverProxy, openLoadRun, type Profile } from '../load';

/** Least time that a long-lived connection has: the drain deadline of Traefik's hand-over. */
const DRAIN_SECONDS = 15;

describeWithProxy([NODE], "Traefik's own rollout under load", () => {
  let proxy: HandedOverProxy;

  beforeAll(async () => {
    proxy = await HandedOverProxy.open();
  });
  afterAll(() => proxy?.close());

  it.each(Array.from({ length: 10 }, (_, index) => index + 1))('loses nothing, time %d', async () => {
    await proxy.openPort();
    await sleep(500);
    await proxy.expectNothingLost();
    await proxy.expectClean();
  });

  it('lets a stream and a websocket live until the drain deadline, and the certificates alone', async () => {
    const acme = join(proxy.workspace.state, 'acme/acme.json');
    const before = await readFile(acme, 'utf8').catch(() => null);
    const held = await openLoadRun(heldProfiles(proxy));
    const began = performance.now();
    await sleep(1_000);
    await proxy.openPort();
    const { load } = held;
    const ended = load.closings();
    expect(ended.length).toBeGreaterThanOrEqual(2);
    for (const at of ended) expect(at - began).toBeGreaterThan(DRAIN_SECONDS * 1000);
    await held.end();
    await proxy.expectNothingLost();
    expect(await readFile(acme, 'utf8').catch(() => null)).toBe(before);
    await proxy.expectClean();
  });

  it('carried out every POST exactly once', async () => {
    const { tallies, failures } = await proxy.running.end();
    expect(failures).toEqual({});
    expect(Object.values(tallies).map(({ ok, sent }) => ok > 0 && sent > 0)).not.toContain(false);
    // That Traefik does reset what is to be reset; else it would show nothing that it was not refused.
    expect(tallies['reset connections']?.versions['reset']).toBeGreaterThan(50);
  });

  describeWithCommands(['ip', 'iptables'], PROXY_IMAGES, 'for a neighbour, behind a firewall', () => {
    let neighbour: Neighbour;
    beforeAll(async () => {
      neighbour = await openNeighbour([proxy.workspace.ports.webSecure, proxy.workspace.ports.web]);
    });
    afterAll(() => neighbour?.close());

    it('that lets in the public ports alone, loses nothing', async () => {
      const { webSecure: port } = proxy.workspace.ports;
      const load = neighbour.request({ port, host: proxy.host, perSecond: 40 });
      await sleep(1_000);
      await proxy.openPort().catch(async (error: unknown) => {
        await load.end();
        throw error;
      });
      const { ok, failures } = await load.end();
      expect({ ok, failures }).toMatchObject({ failures: {} });
      expect(ok).toBeGreaterThan(100);
      // That the firewall is one: what is not public does not answer.
      expect(await neighbour.reaches(proxy.ports.tcp)).toBe(false);
      expect(await neighbour.reaches(port)).toBe(true);
    });
  });
});

function heldProfiles({ workspace, ports, host }: HandedOverProxy): Profile[] {
  const held = { kind: 'held' as const, count: 1, address: '127.0.0.1', perSecond: 5 };
  const port = workspace.ports.webSecure;
  return [
    { ...held, name: 'websocket', via: 'websocket', port, host, tls: true },
    { ...held, name: 'stream', via: 'tcp', port: ports.tcp },
  ];
}
