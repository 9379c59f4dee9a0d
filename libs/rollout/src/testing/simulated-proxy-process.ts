import { join } from 'node:path';

import type { Connection, PacketFilter } from '@itsup/docker';

import type { HandoverContext, HandoverJournal, HandoverRequest, HandoverStep } from '../traefik/types';
import { IMAGE, type SimulatedProxy } from './simulated-proxy';

export interface ProxyProcessOptions {
  /** SIGKILL right before the nth thing that the process does. */
  killBefore?: number;
  /** Ctrl-C right before the nth. */
  interruptBefore?: number;
}

/** One run of the deploy command against it. */
export class SimulatedProxyProcess {
  operations = 0;
  readonly steps: HandoverStep[] = [];
  readonly stepAt: string[] = [];
  readonly notes: string[] = [];
  readonly killed: Promise<'killed'>;
  private kill: () => void = () => undefined;
  private readonly interruption = new AbortController();
  private readonly deadlines: { due: number; controller: AbortController }[] = [];
  private held = 0;

  constructor(
    private readonly host: SimulatedProxy,
    private readonly folder: string,
    private readonly options: ProxyProcessOptions = {},
  ) {
    this.killed = new Promise((resolve) => (this.kill = () => resolve('killed')));
  }

  readonly journal: HandoverJournal = {
    step: async (name, run) => {
      await this.act(() => this.steps.push(name));
      const result = await run();
      await this.act(() => undefined);
      return result;
    },
  };

  readonly replace = (): Promise<void> => this.act(() => this.host.replace());

  request(current: string, next: string): HandoverRequest {
    return {
      current,
      next,
      container: { image: IMAGE, binds: ['/state/acme:/acme'], env: {}, limits: {} },
      folder: this.folder,
      dynamicFolder: join(this.folder, '../dynamic'),
      certificates: () => this.act(() => []),
      stored: () => this.act(() => []),
      changesUser: false,
      publish: () => this.act(() => undefined),
      replace: this.replace,
    };
  }

  /** The commands of a hand-over on the simulated engine. */
  private docker(): HandoverContext['docker'] {
    const { host } = this;
    const docker = host.engine.docker();
    return {
      packetFilter: (options) =>
        this.act(async () => {
          if (!host.filterAvailable)
            return { available: false, code: 'rootless', reason: 'The engine runs without root.', help: '' };
          const found = await docker.packetFilter(options);
          return found.available ? { available: true, filter: this.filter(found.filter) } : found;
        }),
      connections: () => this.act(() => this.connections()),
      listeners: () =>
        this.act(() =>
          host.takenPorts.map((port) => ({
            protocol: 'tcp',
            address: '*',
            port,
            processes: [{ name: 'postgres', pid: 7 }],
          })),
        ),
      runDetached: (spec) => this.act(() => host.start(spec)),
      run: (...args) => this.act(() => docker.run(...args)),
      listContainers: (...args) => this.act(() => docker.listContainers(...args)),
      inspectContainers: (...args) => this.act(() => docker.inspectContainers(...args)),
      exec: (...args) => this.act(() => docker.exec(...args)),
      logs: (...args) => this.act(() => docker.logs(...args)),
      stop: (...args) => this.act(() => docker.stop(...args)),
      remove: (...args) => this.act(() => docker.remove(...args)),
    };
  }

  private filter(filter: PacketFilter): PacketFilter {
    const { host } = this;
    return {
      ...filter,
      list: (prefix) => this.act(() => filter.list(prefix)),
      apply: (changes) =>
        this.act(async () => {
          await filter.apply(changes);
          if (changes.some(({ operation, rule }) => operation === 'delete' && rule.table === 'nat'))
            host.restoredAt = host.now;
        }),
    };
  }

  context(): HandoverContext {
    const { host } = this;
    return {
      docker: this.docker(),
      get: (url) => this.act(() => this.answer(new URL(url))),
      apiSecret: null,
      connect: () =>
        this.act(() => {
          this.held += 1;
          return { localPort: 50_000, close: () => void (this.held -= 1) };
        }),
      clock: {
        now: () => host.now,
        sleep: (ms, signal) =>
          this.act(() => {
            host.advance(ms);
            signal?.throwIfAborted();
          }),
      },
      deadline: (ms) => {
        const controller = new AbortController();
        this.deadlines.push({ due: host.now + ms, controller });
        return controller.signal;
      },
      report: (event) => {
        if (event.type === 'note') this.notes.push(event.text);
      },
      signal: this.interruption.signal,
    };
  }

  private connections(): Connection[] {
    if (this.held === 0) return [];
    const redirect = this.host.engine.packetRules.find(
      ({ table, args }) => table === 'nat' && args.includes('8080'),
    );
    const port = redirect ? Number(redirect.args.at(-1)) : 8080;
    const end = { address: '127.0.0.1', port };
    return [
      {
        local: end,
        remote: { address: '127.0.0.1', port: 50_000 },
        bytesSent: 0,
        bytesReceived: 0,
        idleMs: 0,
        receiveQueue: 0,
        sendQueue: 0,
      },
    ];
  }

  private answer(url: URL): { status: number; body: string } {
    const instance = this.host.behind(url.origin);
    if (!instance) throw new Error('connect ECONNREFUSED');
    const serves = this.host.serves(instance);
    const routers = serves
      ? { 'web@docker': { rule: 'Host(`a.test`)', entryPoints: ['web'], status: 'enabled' } }
      : {};
    if (url.pathname === '/api/rawdata') return { status: 200, body: JSON.stringify({ routers }) };
    return { status: 200, body: url.pathname === '/api/entrypoints' ? '[{"name":"web"}]' : '[]' };
  }

  /** Everything that reaches the world outside goes through here. */
  private async act<T>(work: () => T | Promise<T>): Promise<T> {
    this.operations += 1;
    this.stepAt[this.operations] = this.steps.at(-1) ?? 'before';
    if (this.options.interruptBefore === this.operations) this.interruption.abort();
    if (this.options.killBefore !== undefined && this.operations >= this.options.killBefore) {
      this.kill();
      return new Promise<T>(() => undefined);
    }
    this.host.advance(2);
    for (const { due, controller } of this.deadlines) if (this.host.now >= due) controller.abort();
    return work();
  }
}
