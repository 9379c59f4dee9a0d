import type { Connection, PacketFilter, PacketRule } from '@itsup/docker';

import type {
  HandoverContext,
  HandoverJournal,
  HandoverRequest,
  HandoverStep,
} from '../rollout/handover-types';

interface Instance {
  kind: 'public' | 'trial' | 'temporary';
  /** Address of its API. */
  api: string;
  startedAt: number;
  running: boolean;
  /** null: it ends at start. */
  comesUp: boolean;
}

/** Of the ports that a hand-over takes from 20000 on, the one after those of the two public entry points in the tests. */
const temporaryApi = 'http://127.0.0.1:20002';

/** Milliseconds until an instance listens, and until it serves what it should: in between it answers 404. */
const listensAfter = 100;
const servesAfter = 600;

/**
 * A host with a Traefik on port 8080, its packet filter and its engine, in virtual time. A new connection has to find an instance that
 * serves at every moment; where it does not, `violations` says so.
 */
export class SimulatedProxy {
  now = 1_000_000;
  readonly violations: string[] = [];
  readonly instances = new Map<string, Instance>();
  rules: PacketRule[] = [];
  /** What a firewall does with redirected packets that nobody lets in. */
  closed = true;
  /** A firewall that no rule of ours can open. */
  blocked = false;
  trialComesUp = true;
  temporaryServes = true;
  takenPorts: number[] = [];
  /** When the redirect went, and when the temporary instance did. */
  restoredAt = NaN;
  removedAt = NaN;
  private count = 0;

  constructor(
    readonly publicApi: string,
    readonly filterAvailable = true,
  ) {
    this.start('public', publicApi, true);
    this.now += 10_000;
  }

  start(kind: Instance['kind'], api: string, comesUp: boolean): string {
    this.count += 1;
    const id = `${kind}-${this.count}`;
    this.instances.set(id, { kind, api, startedAt: this.now, running: true, comesUp });
    return id;
  }

  /** Compose recreates the container: gone first, then new. */
  replace(): void {
    for (const [id, instance] of this.instances) if (instance.kind === 'public') this.instances.delete(id);
    this.look();
    this.start('public', this.publicApi, true);
  }

  advance(ms: number): void {
    for (let passed = 0; passed < ms; passed += 20) {
      this.now += Math.min(20, ms - passed);
      this.look();
    }
  }

  get redirecting(): boolean {
    return this.rules.some(({ table }) => table === 'nat');
  }

  serving(kind: Instance['kind']): Instance | undefined {
    return [...this.instances.values()].find(
      (instance) =>
        instance.kind === kind && this.isUp(instance) && this.now - instance.startedAt >= servesAfter,
    );
  }

  isUp({ running, comesUp, startedAt }: Instance): boolean {
    return running && comesUp && this.now - startedAt >= listensAfter;
  }

  /** One new connection from outside, right now, and one that connection tracking leads past the redirect. */
  private look(): void {
    if (!this.filterAvailable) return;
    const target = this.redirecting ? 'temporary' : 'public';
    const open = !this.redirecting || !this.closed || this.hasRule(/:accept:/);
    if (!open || !this.serving(target))
      this.violations.push(`no ${open ? target : 'open'} instance at ${this.now}`);
    const listens = [...this.instances.values()].some((one) => one.kind === 'public' && this.isUp(one));
    if (!listens && !this.hasRule(/:hold:/)) this.violations.push(`refused past the redirect at ${this.now}`);
  }

  private hasRule(name: RegExp): boolean {
    return this.rules.some(({ comment }) => name.test(comment));
  }
}

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
      container: { image: 'traefik', binds: ['/state/acme:/acme'], env: {} },
      folder: this.folder,
      acmeFolder: null,
      publish: () => this.act(() => undefined),
      replace: this.replace,
    };
  }

  context(): HandoverContext {
    const { host } = this;
    const filter: PacketFilter = {
      via: 'host',
      families: ['ipv4', 'ipv6'],
      list: (prefix) => this.act(() => host.rules.filter(({ comment }) => comment.startsWith(prefix))),
      apply: (changes) =>
        this.act(() => {
          for (const { operation, rule } of changes) {
            const key = JSON.stringify(rule);
            host.rules = host.rules.filter((known) => JSON.stringify(known) !== key);
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
      connect: () =>
        this.act(() => {
          this.held += 1;
          return { close: () => void (this.held -= 1) };
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
      { local: end, remote: end, bytesSent: 0, bytesReceived: 0, idleMs: 0, receiveQueue: 0, sendQueue: 0 },
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
