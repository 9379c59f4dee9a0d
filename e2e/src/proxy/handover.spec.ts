import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';

import { http, tcp } from '../harness/clients';
import { describeWithCommands, describeWithProxy } from '../harness/describe-with';
import { containersOf } from '../harness/engine';
import { eventually } from '../harness/eventually';
import { NODE, PROXY_IMAGES } from '../harness/images';
import { openNeighbour, type Neighbour } from '../harness/neighbour';
import { freePorts } from '../harness/ports';
import { output, run, succeeded } from '../harness/run';
import type { TestWorkspace } from '../harness/workspace';
import {
  createLoadWorkspace,
  openLedger,
  openLoadRun,
  writeLoadProject,
  type LoadRun,
  type Profile,
} from '../load';

const host = 'load.test';
/** Least time that a long-lived connection has: the drain deadline of Traefik's hand-over. */
const DRAIN_SECONDS = 15;
/** Nx starts in half the time. */
const DAEMON = { NX_DAEMON: 'true' };

describeWithProxy([NODE], "Traefik's own rollout under load", () => {
  let workspace: TestWorkspace;
  let app: string;
  let ports: { tcp: number; udp: number };
  let running: LoadRun;
  let outsidePort: number;
  const outside = createServer((socket) => socket.on('error', () => undefined).pipe(socket));
  /** Entry points that were added, in the order of the hand-overs. */
  const added: number[] = [];

  beforeAll(async () => {
    workspace = await createLoadWorkspace();
    app = workspace.name('load');
    const [tcpPort = 0, udpPort = 0] = await freePorts(2);
    ports = { tcp: tcpPort, udp: udpPort };
    await once(outside.listen(0, '127.0.0.1'), 'listening');
    outsidePort = (outside.address() as AddressInfo).port;
    const ledger = await openLedger();
    await writeLoadProject(workspace, app, { version: 'v0', ledgerPort: ledger.port, hostports: ports });
    await writeTransports();
    succeeded(await workspace.nx(['run-many', '-t', 'deploy'], { timeoutMs: 280_000 }));
    const { webSecure: port } = workspace.ports;
    await eventually(async () =>
      expect(await http({ address: '127.0.0.1', port, tls: true, host })).toMatchObject({ status: 200 }),
    );
    running = await openLoadRun(profiles(port, ports), ledger);
    await sleep(2_000);
    expect(running.failures()).toEqual({});
  });

  afterAll(async () => {
    await running?.end();
    await workspace?.nx(['daemon', '--stop'], { env: DAEMON });
    await workspace?.dispose();
    outside.close();
  });

  /** Opens one more port of the host, which is an entry point, which only another Traefik has. */
  async function openPort(): Promise<void> {
    const [port = 0] = await freePorts(1);
    added.push(port);
    await writeMorePorts();
    await writeTransports();
    const before = await traefikId();
    succeeded(await workspace.nx(['run-many', '-t', 'deploy'], { timeoutMs: 200_000, env: DAEMON }));
    expect(await traefikId()).not.toBe(before);
    await eventually(async () => expect((await tcp({ port, send: 'hello' })).text).toBe('hello'));
  }

  /** Ports to a server outside Docker: no container has anything to do with them. */
  async function writeMorePorts(): Promise<void> {
    const ingress = added.map((hostport) => ({
      router: 'tcp',
      port: outsidePort,
      hostport,
      proxyprotocol: null,
    }));
    const path = `projects/${workspace.name('outside')}/ingress.yml`;
    await workspace.write(path, stringify({ host: '127.0.0.1', ingress }));
  }

  /** So that kept connections leave soon: how soon is what a hand-over waits for. */
  async function writeTransports(): Promise<void> {
    const names = ['web', 'web-secure', ...[ports.tcp, ...added].map((port) => `tcp-${port}`)];
    const transport = { keepAliveMaxTime: '2s' };
    const entryPoints = Object.fromEntries(names.map((name) => [name, { transport }]));
    await workspace.write('projects/traefik.yml', stringify({ entryPoints }));
  }

  /** The one Traefik; the engine may need a moment to see that it is healthy. */
  async function traefikId(): Promise<string> {
    return eventually(async () => {
      const found = (await containersOf('proxy')).filter(({ service }) => service === 'traefik');
      expect(found.map(({ status, health }) => `${status} ${health}`)).toEqual(['running healthy']);
      return found[0]?.id ?? '';
    });
  }

  /** Rules of ours in the packet filter of this host, whatever their kind. */
  async function handoverRules(): Promise<string[]> {
    const tables = await Promise.all(
      ['nat', 'filter', 'raw'].flatMap((table) =>
        ['iptables-save', 'ip6tables-save'].map((save) => run(save, ['-t', table])),
      ),
    );
    return tables.flatMap(({ stdout }) =>
      stdout.split('\n').filter((line) => line.includes('itsup:handover')),
    );
  }

  async function expectClean(): Promise<void> {
    expect(await handoverRules()).toEqual([]);
    const all = await output('docker', ['ps', '--all', '--format', '{{.Names}}']);
    expect(all.split('\n').filter((name) => /trial|temporary/.test(name))).toEqual([]);
  }

  it.each(Array.from({ length: 10 }, (_, index) => index + 1))('loses nothing, time %d', async () => {
    await openPort();
    await sleep(500);
    expect(running.failures()).toEqual({});
    await expectClean();
  });

  it('lets a stream and a websocket live until the drain deadline, and the certificates alone', async () => {
    const acme = join(workspace.state, 'acme/acme.json');
    const before = await readFile(acme, 'utf8').catch(() => null);
    const held = await openLoadRun(heldProfiles(workspace.ports.webSecure, ports.tcp));
    const began = performance.now();
    await sleep(1_000);
    await openPort();
    const { load } = held;
    const ended = load.closings();
    expect(ended.length).toBeGreaterThanOrEqual(2);
    for (const at of ended) expect(at - began).toBeGreaterThan(DRAIN_SECONDS * 1000);
    await held.end();
    expect(running.failures()).toEqual({});
    expect(await readFile(acme, 'utf8').catch(() => null)).toBe(before);
    await expectClean();
  });

  it('carried out every POST exactly once', async () => {
    const { tallies, failures } = await running.end();
    expect(failures).toEqual({});
    expect(Object.values(tallies).map(({ ok, sent }) => ok > 0 && sent > 0)).not.toContain(false);
  });

  describeWithCommands(['ip', 'iptables'], PROXY_IMAGES, 'for a neighbour, behind a firewall', () => {
    let neighbour: Neighbour;
    beforeAll(async () => {
      neighbour = await openNeighbour([workspace.ports.webSecure, workspace.ports.web]);
    });
    afterAll(() => neighbour?.close());

    it('that lets in the public ports alone, loses nothing', async () => {
      const { webSecure: port } = workspace.ports;
      const load = neighbour.request({ port, host, perSecond: 40 });
      await sleep(1_000);
      await openPort().catch(async (error: unknown) => {
        await load.end();
        throw error;
      });
      const { ok, failures } = await load.end();
      expect({ ok, failures }).toMatchObject({ failures: {} });
      expect(ok).toBeGreaterThan(100);
      // That the firewall is one: what is not public does not answer.
      expect(await neighbour.reaches(ports.tcp)).toBe(false);
      expect(await neighbour.reaches(port)).toBe(true);
    });
  });
});

/** New and kept connections, on IPv4 and IPv6, POSTs with a ledger, TCP by SNI's port and UDP from one socket. */
function profiles(port: number, { tcp: tcpPort, udp }: { tcp: number; udp: number }): Profile[] {
  const address = '127.0.0.1';
  const base = { kind: 'http' as const, origin: `https://${address}:${port}`, host, timeoutMs: 20_000 };
  return [
    { ...base, name: 'new connections', keepAlive: false, perSecond: 15 },
    {
      ...base,
      name: 'new connections, IPv6',
      origin: `https://[::1]:${port}`,
      keepAlive: false,
      perSecond: 5,
    },
    { ...base, name: 'kept connections', keepAlive: true, perSecond: 20 },
    { ...base, name: 'posts', method: 'POST', keepAlive: true, perSecond: 10 },
    { ...base, name: 'slow responses', path: '/?wait=1500', keepAlive: true, perSecond: 1 },
    { kind: 'tcp', name: 'tcp', address, port: tcpPort, perSecond: 10, timeoutMs: 20_000 },
    { kind: 'udp', name: 'udp', address, port: udp, perSecond: 10, timeoutMs: 10_000 },
    {
      kind: 'udp',
      name: 'one udp flow',
      fixedSource: true,
      address,
      port: udp,
      perSecond: 5,
      timeoutMs: 10_000,
    },
  ];
}

function heldProfiles(port: number, tcpPort: number): Profile[] {
  const held = { kind: 'held' as const, count: 1, address: '127.0.0.1', perSecond: 5 };
  return [
    { ...held, name: 'websocket', via: 'websocket', port, host, tls: true },
    { ...held, name: 'stream', via: 'tcp', port: tcpPort },
  ];
}
