import { join } from 'node:path';

import type { Connection, PacketFilter, PacketRule } from '@itsup/docker';

import type {
  HandoverContext,
  HandoverJournal,
  HandoverRequest,
  HandoverStep,
} from '../traefik/handover-types';
import { servesAfter, type SimulatedProxy } from './simulated-proxy';

/**
 * Of the ports that a hand-over takes from 20000 on, the one after those of the two public entry points in the tests.
 */
const temporaryApi = 'http://127.0.0.1:20002';

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
      container: { image: 'traefik', binds: ['/state/acme:/acme'], env: {}, limits: {} },
      folder: this.folder,
      dynamicFolder: join(this.folder, '../dynamic'),
      certificates: () => this.act(() => []),
      stored: () => this.act(() => []),
      changesUser: false,
      publish: () => this.act(() => undefined),
      replace: this.replace,
    };
  }

  context(): HandoverContext {
    const { host } = this;
    const filter: PacketFilter = {
      via: 'host',
      families: ['ipv4', 'ipv6'],
      list: (prefix) =>
        this.act(() =>
          host.rules
            .filter(({ comment }) => comment.startsWith(prefix))
            .map((rule) => ({ ...rule, isBehindOthers: false })),
        ),
      apply: (changes) =>
        this.act(() => {
          for (const { operation, rule } of changes) {
            const keyOf = ({ family, table, chain, args, comment }: PacketRule): string =>
              JSON.stringify([family, table, chain, args, comment]);
            host.rules = host.rules.filter((known) => keyOf(known) !== keyOf(rule));
            if (operation !== 'delete') host.rules.push(rule);
            else if (rule.table === 'nat') host.restoredAt = host.now;
          }
        }),
    };
    return {
      docker: {
        packetFilter: () =>
          this.act(() =>
            host.filterAvailable
              ? { available: true, filter }
              : { available: false, code: 'rootless', reason: 'The engine runs without root.', help: '' },
          ),
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
        runDetached: (spec) =>
          this.act(() => {
            const trial = spec.network === 'none';
            return host.start(trial ? 'trial' : 'temporary', temporaryApi, trial ? host.trialComesUp : true);
          }),
        run: (spec) =>
          this.act(() => {
            const ports = /for port in ([\d ]+);/.exec(spec.command?.[1] ?? '')?.[1]?.trim() ?? '';
            const lost = host.redirecting && host.blocked;
            return { exitCode: 0, stdout: lost ? '' : `${ports.split(' ').join('\n')}\n`, stderr: '' };
          }),
        listContainers: () =>
          this.act(() =>
            [...host.instances].filter(([, { kind }]) => kind !== 'public').map(([id]) => ({ id }) as never),
          ),
        inspectContainers: (ids) =>
          this.act(() =>
            ids.flatMap((id) => {
              const instance = host.instances.get(id);
              const running = instance?.running && instance.comesUp;
              return instance ? [{ id, running, exitCode: running ? 0 : 1 } as never] : [];
            }),
          ),
        exec: (id) =>
          this.act(() => {
            const instance = host.instances.get(id);
            return { exitCode: instance && host.isUp(instance) ? 0 : 1, stdout: '', stderr: '' };
          }),
        logs: () => this.act(() => 'field not found, node: entrypoint'),
        stop: (ids) => this.act(() => ids.forEach((id) => this.stop(id))),
        remove: (ids) =>
          this.act(() =>
            ids.forEach((id) => {
              this.stop(id);
              host.instances.delete(id);
            }),
          ),
      },
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

  private stop(id: string): void {
    const instance = this.host.instances.get(id);
    if (!instance?.running) return;
    instance.running = false;
    if (instance.kind === 'temporary') this.host.removedAt = this.host.now;
  }

  private connections(): Connection[] {
    if (this.held === 0) return [];
    const redirect = this.host.rules.find(({ table, args }) => table === 'nat' && args.includes('8080'));
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
    const { host } = this;
    const instance = [...host.instances.values()].find(
      ({ api, kind }) => api === url.origin && kind !== 'trial',
    );
    if (!instance || !host.isUp(instance)) throw new Error('connect ECONNREFUSED');
    const serves =
      host.now - instance.startedAt >= servesAfter && (instance.kind !== 'temporary' || host.temporaryServes);
    const routers = serves
      ? { 'web@docker': { rule: 'Host(`a.test`)', entryPoints: ['web'], status: 'enabled' } }
      : {};
    if (url.pathname === '/api/rawdata') return { status: 200, body: JSON.stringify({ routers }) };
    return { status: 200, body: url.pathname === '/api/entrypoints' ? '[{"name":"web"}]' : '[]' };
  }

  /** Everything that reaches the world outside goes through here. */
  private async act<T>(work: () => T): Promise<T> {
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
