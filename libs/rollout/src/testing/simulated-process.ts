import type {
  RecreateRequest,
  Relay,
  RolloutContext,
  RolloutJournal,
  RolloutRequest,
  RolloutState,
  RolloutStep,
} from '../types';
import type { Behaviour, SimulatedHost, SimulatedRelay } from './simulated-host';

export interface ProcessOptions {
  /** SIGKILL right before the nth thing the process does to the world outside; it does nothing any more. */
  killBefore?: number;
  /** Ctrl-C right before the nth. */
  interruptBefore?: number;
  /** What the journal held when the process started. */
  state?: RolloutState | null;
}

/** One run of the deploy command on a simulated host. */
export class SimulatedProcess {
  /** Things done so far. */
  operations = 0;
  readonly steps: RolloutStep[] = [];
  /** The step that was under way at each operation. */
  readonly stepAt: string[] = [];
  state: RolloutState | null;
  /** Resolves when the process was killed. */
  readonly killed: Promise<'killed'>;
  private kill: () => void = () => undefined;
  private readonly relays: { relay: SimulatedRelay; dueAt: number }[] = [];
  private readonly deadlines: { due: number; controller: AbortController }[] = [];
  private readonly interruption = new AbortController();

  constructor(
    private readonly host: SimulatedHost,
    private readonly options: ProcessOptions = {},
  ) {
    this.state = options.state ?? null;
    this.killed = new Promise((resolve) => (this.kill = () => resolve('killed')));
  }

  readonly journal: RolloutJournal = {
    step: async (name, run) => {
      await this.act(() => this.steps.push(name));
      const result = await run();
      await this.act(() => undefined);
      return result;
    },
    save: (state) => this.act(() => void (this.state = state === null ? null : structuredClone(state))),
  };

  request(replicas: number): RolloutRequest {
    const count = (): number => this.host.list().length;
    return {
      project: 'shop',
      composeProject: 'shop',
      service: 'web',
      replicas,
      start: (total) =>
        this.act(() => {
          while (count() < total) this.host.start();
        }),
      joinEdges: () => this.act(() => undefined),
      fileRoutes: null,
      publishRoutes: null,
      drain: { hook: 'auto', deadlineMs: 3_000 },
      healthBudgetMs: null,
    };
  }

  recreation(replicas: number, hasHealthcheck = true): RecreateRequest {
    const { start: _start, ...rest } = this.request(replicas);
    return {
      ...rest,
      replace: () => this.act(() => this.host.recreate(replicas)),
      hasHealthcheck,
      hold: { limitMs: 60_000, page: '' },
    };
  }

  /** What there is of the deploy's listeners, as it sees them itself. */
  private async openRelay(): Promise<Relay> {
    const { host } = this;
    const { port, relay } = await this.act(() => host.openRelay());
    const own = { relay, dueAt: Infinity };
    this.relays.push(own);
    return {
      port,
      get proofs() {
        return relay.proofs;
      },
      get total() {
        return relay.held;
      },
      longestMs: 0,
      get refused() {
        return relay.refused;
      },
      // Nothing outlasts a simulated listener.
      carried: 0,
      hold: (limitMs) => {
        relay.mode = 'holding';
        own.dueAt = host.now + limitMs;
      },
      refuse: () => {
        relay.mode = 'refusing';
        relay.refused += relay.held;
      },
      release: (targets) =>
        this.act(() => {
          own.dueAt = Infinity;
          host.release(
            relay,
            targets.map(({ address }) => address),
          );
        }),
      isQuiet: (forMs) => host.now - relay.usedAt >= forMs,
      close: () => {
        relay.mode = 'closed';
      },
    };
  }

  context(): RolloutContext {
    const { host } = this;
    return {
      docker: {
        listService: () => this.act(() => host.list()),
        inspect: (ids) => this.act(() => host.list().filter(({ id }) => ids.includes(id))),
        exec: (id, command) =>
          this.act(() => {
            const isCheck = command.some((word) => word.startsWith('test '));
            if (!isCheck) host.drain(id, command[0] === 'touch');
            return { exitCode: isCheck && !host.check(id) ? 1 : 0, output: '' };
          }),
        logs: () => this.act(() => 'cannot open the database\n'),
        stop: (ids) => this.act(() => ids.forEach((id) => host.stop(id))),
        remove: (ids) => this.act(() => ids.forEach((id) => host.remove(id))),
        start: (ids) => this.act(() => ids.forEach((id) => host.restart(id))),
        snapshot: (ids) =>
          this.act(() =>
            ids.flatMap((id) => {
              const known = host.containers.get(id);
              return known ? [{ id, behaviour: known.behaviour }] : [];
            }),
          ),
        restore: (kept) =>
          this.act(() =>
            (kept as { id: string; behaviour: Behaviour }[]).map((one) => host.remake(one.id, one.behaviour)),
          ),
        disconnect: (network, id) => this.act(() => host.disconnect(network, id)),
        stir: () => this.act(() => host.stir()),
      },
      get: (url) =>
        this.act(() => {
          const { pathname, hostname } = new URL(url);
          if (pathname.startsWith('/api/')) return host.api(pathname);
          if (pathname.startsWith('/itsup-hold-')) host.prove(pathname);
          if (!host.answersAt(hostname)) throw new Error('connect ECONNREFUSED');
          return { status: 200, body: '' };
        }),
      tcpProbe: (address) => this.act(() => host.answersAt(address)),
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
      connections: { countTo: () => this.act(() => 0), listTo: () => this.act(() => []) },
      openRelay: () => this.openRelay(),
      proxy: {
        dynamicFolder: host.dynamicFolder,
        apis: async () => ['http://traefik'],
        apiSecret: null,
        staticConfiguration: {
          providers: { precedence: ['file', 'docker'], docker: { network: 'proxynet' } },
        },
      },
      report: () => undefined,
      signal: this.interruption.signal,
    };
  }

  /** Everything that reaches the world outside goes through here. */
  private async act<T>(work: () => T): Promise<T> {
    this.operations += 1;
    this.stepAt[this.operations] = this.steps.at(-1) ?? 'before';
    if (this.options.interruptBefore === this.operations) this.interruption.abort();
    if (this.options.killBefore !== undefined && this.operations >= this.options.killBefore) {
      this.kill();
      // Its listeners end with it.
      for (const { relay } of this.relays) relay.mode = 'closed';
      return new Promise<T>(() => undefined);
    }
    this.host.advance(1);
    for (const { relay, dueAt } of this.relays) {
      if (relay.mode !== 'holding' || this.host.now < dueAt) continue;
      relay.mode = 'refusing';
      relay.refused += relay.held;
    }
    for (const { due, controller } of this.deadlines) if (this.host.now >= due) controller.abort();
    return work();
  }
}
