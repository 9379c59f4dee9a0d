import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';

import { tcp } from '../harness/traffic/clients';
import { containersOf } from '../harness/engine/engine';
import { eventually } from '../harness/eventually';
import { newestRecord } from '../harness/workspace/newest-record';
import { freePorts } from '../harness/traffic/ports';
import { output, run, succeeded } from '../harness/run';
import type { TestWorkspace } from '../harness/workspace/workspace';
import { openLedger } from './ledger';
import { writeLoadProject } from './load-project';
import { openLoadRun, type LoadRun } from './load-run';
import { createLoadWorkspace } from './load-workspace';
import type { Profile } from './profile';
import { DAEMON, signalAtStep } from './signal-at-step';

const HOST = 'load.test';

/**
 * A Traefik that serves under constant load of every kind while another port of the host makes it be replaced, again
 * and again.
 */
export class HandedOverProxy {
  /** Entry points that were added, in the order of the hand-overs. */
  private readonly added: number[] = [];
  private readonly outside = createServer((socket) => socket.on('error', () => undefined).pipe(socket));

  private constructor(
    readonly workspace: TestWorkspace,
    /** Ports of the host that the load reaches the project by, besides HTTPS. */
    readonly ports: { tcp: number; udp: number },
  ) {}

  /** The name that the load asks for. */
  readonly host = HOST;
  private load: LoadRun | null = null;

  get running(): LoadRun {
    if (this.load === null) throw new Error('the load has not begun');
    return this.load;
  }

  /**
   * Deploys a project behind the proxy and sends it requests until `close`.
   * @param prepare changes the workspace before its first deploy
   */
  static async open(
    prepare: (workspace: TestWorkspace) => Promise<void> = async () => undefined,
  ): Promise<HandedOverProxy> {
    const workspace = await createLoadWorkspace();
    await prepare(workspace);
    const app = workspace.name('load');
    const [tcpPort = 0, udpPort = 0] = await freePorts(2);
    const ports = { tcp: tcpPort, udp: udpPort };
    const proxy = new HandedOverProxy(workspace, ports);
    await once(proxy.outside.listen(0, '127.0.0.1'), 'listening');
    const ledger = await openLedger();
    await writeLoadProject(workspace, app, { version: 'v0', ledgerPort: ledger.port, hostports: ports });
    await proxy.writeTransports();
    succeeded(await workspace.nx(['run-many', '-t', 'deploy'], { timeoutMs: 280_000 }));
    proxy.load = await openLoadRun(profiles(workspace.ports, ports), ledger);
    await sleep(2_000);
    expect(proxy.running.failures()).toEqual({});
    return proxy;
  }

  /** Ends the load and removes everything. */
  async close(): Promise<void> {
    await this.load?.end();
    await this.workspace.nx(['daemon', '--stop'], { env: DAEMON });
    await this.workspace.dispose();
    this.outside.close();
  }

  /** Writes one more port of the host, which is an entry point, which only another Traefik has. */
  async writePort(): Promise<void> {
    const [port = 0] = await freePorts(1);
    this.added.push(port);
    await this.writeMorePorts();
    await this.writeTransports();
  }

  /** Deploys what was written; another Traefik serves, and every port with it. */
  async deploy(): Promise<void> {
    succeeded(await this.workspace.nx(['run-many', '-t', 'deploy'], { timeoutMs: 200_000, env: DAEMON }));
    for (const port of this.added.slice(-1))
      await eventually(async () => expect((await tcp({ port, send: 'hello' })).text).toBe('hello'));
  }

  /** Opens one more port of the host by a hand-over. */
  async openPort(): Promise<void> {
    await this.writePort();
    const before = await this.traefikId();
    await this.deploy();
    expect(await this.traefikId()).not.toBe(before);
  }

  /**
   * Nothing failed since the last look.
   * @throws Error with the moments of the failures and the steps of the last hand-over
   */
  async expectNothingLost(): Promise<void> {
    const failures = this.running.failures();
    if (Object.keys(failures).length === 0) return;
    const { startedAt, steps } = await newestRecord(this.workspace.state, 'proxy');
    const moments = Object.entries(this.running.load.tallies()).map(
      ([profile, { failedAt }]) => `${profile}: ${failedAt.join(', ')}`,
    );
    throw new Error(
      [
        `lost: ${JSON.stringify(failures)}`,
        ...moments.filter((line) => !line.endsWith(': ')),
        `the deploy of the proxy began at ${startedAt}; its steps took, in milliseconds:`,
        ...steps.map(({ step, ms }) => `  ${step} ${ms}`),
      ].join('\n'),
    );
  }

  /** Kills a deploy of the proxy as soon as it is at the step, or past it. */
  async killAt(step: string): Promise<NodeJS.Signals | null> {
    return (await signalAtStep(this.workspace, 'proxy', step, 'SIGKILL')).killedBy;
  }

  /** The one Traefik; the engine may need a moment to see that it is healthy. */
  async traefikId(): Promise<string> {
    return eventually(async () => {
      const found = (await containersOf('proxy')).filter(({ service }) => service === 'traefik');
      expect(found.map(({ status, health }) => `${status} ${health}`)).toEqual(['running healthy']);
      return found[0]?.id ?? '';
    });
  }

  /** No rule of a hand-over in the packet filter, no temporary instance. */
  async expectClean(): Promise<void> {
    expect(await handoverRules()).toEqual([]);
    const all = await output('docker', ['ps', '--all', '--format', '{{.Names}}']);
    expect(all.split('\n').filter((name) => /trial|temporary/.test(name))).toEqual([]);
  }

  /** Ports to a server outside Docker: no container has anything to do with them. */
  private async writeMorePorts(): Promise<void> {
    const { port } = this.outside.address() as AddressInfo;
    const ingress = this.added.map((hostport) => ({ router: 'tcp', port, hostport, proxyprotocol: null }));
    const path = `projects/${this.workspace.name('outside')}/ingress.yml`;
    await this.workspace.write(path, stringify({ host: '127.0.0.1', ingress }));
  }

  /** So that kept connections leave soon: how soon is what a hand-over waits for. */
  private async writeTransports(): Promise<void> {
    const names = ['web', 'web-secure', ...[this.ports.tcp, ...this.added].map((port) => `tcp-${port}`)];
    const transport = { keepAliveMaxTime: '2s' };
    const entryPoints = Object.fromEntries(names.map((name) => [name, { transport }]));
    await this.workspace.write('projects/traefik.yml', stringify({ entryPoints }));
  }
}

/** Rules of ours in the packet filter of this host, whatever their kind. */
async function handoverRules(): Promise<string[]> {
  const tables = await Promise.all(
    ['nat', 'filter', 'raw'].flatMap((table) =>
      ['iptables-save', 'ip6tables-save'].map((save) => run(save, ['-t', table])),
    ),
  );
  return tables.flatMap(({ stdout }) => stdout.split('\n').filter((line) => line.includes('itsup:handover')));
}

/** No port that the system gives to a client, nor one of a temporary Traefik. */
const RESET_FROM = 31_500;

/**
 * New and kept connections, on IPv4 and IPv6, and ones that were reset before; POSTs with a ledger, TCP by SNI's port
 * and UDP from one socket. The kept ones on IPv6 are idle in between: nothing tracks them before a hand-over does.
 */
function profiles(
  { web, webSecure: port }: { web: number; webSecure: number },
  { tcp: tcpPort, udp }: { tcp: number; udp: number },
): Profile[] {
  const address = '127.0.0.1';
  const host = HOST;
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
    {
      ...base,
      name: 'kept connections, IPv6',
      origin: `https://[::1]:${port}`,
      keepAlive: true,
      perSecond: 1,
    },
    {
      kind: 'reset',
      name: 'reset connections',
      address,
      port: web,
      host,
      localPort: RESET_FROM,
      perSecond: 10,
    },
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
