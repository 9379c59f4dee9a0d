import type { Compose } from '@itsup/docker';

import type {
  RecreateRequest,
  Relay,
  RolloutContext,
  RolloutDocker,
  RolloutJournal,
  RolloutRequest,
  RolloutState,
  RolloutStep,
} from '../types';
import { rolloutDocker } from '../rollout-docker';
import type { SimulatedHost, SimulatedRelay } from './simulated-host';

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
    return {
      project: 'shop',
      composeProject: 'shop',
      service: 'web',
      replicas,
      start: (total) =>
        this.act(() =>
          this.compose().up({ services: ['web'], noDeps: true, noRecreate: true, scale: { web: total } }),
        ),
      joinEdges: () => this.act(() => undefined),
      fileRoutes: null,
      publishRoutes: null,
      drain: { hook: 'auto', deadlineMs: 3_000 },
      startDeadlineMs: null,
    };
  }

  recreation(replicas: number, hasHealthcheck = true): RecreateRequest {
    const { start: _start, ...rest } = this.request(replicas);
    return {
      ...rest,
      replace: () =>
        this.act(() =>
          this.compose().up({
            services: ['web'],
            noDeps: true,
            forceRecreate: true,
            scale: { web: replicas },
          }),
        ),
      hasHealthcheck,
      hold: { limitMs: 60_000, page: '' },
    };
  }

  private compose(): Compose {
    return this.host.engine.docker().compose(this.host.stack);
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
      get carried() {
        return host.now < relay.tellsUntil ? 1 : 0;
      },
      reaches: async () => true,
      hold: (limitMs) => {
        relay.mode = 'holding';
        own.dueAt = host.now + limitMs;
      },
      refuse: () => host.refuse(relay, relay.held),
      release: (targets) =>
        this.act(() => {
          own.dueAt = Infinity;
          host.release(
            relay,
            targets.map(({ address }) => address),
          );
        }),
      isQuiet: (forMs) => host.now - relay.usedAt >= forMs && host.now >= relay.tellsUntil,
      close: () => {
        if (relay.mode !== 'closed') relay.cut = host.now < relay.tellsUntil;
        relay.mode = 'closed';
      },
    };
  }

  context(): RolloutContext {
    const { host } = this;
    return {
      docker: this.docker(),
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

  /** The commands of a rollout on the simulated engine. */
  private docker(): RolloutDocker {
    const docker = rolloutDocker(this.host.engine.docker(), async () => this.host.stir());
    return {
      listService: (...args) => this.act(() => docker.listService(...args)),
      listRunning: () => this.act(() => docker.listRunning()),
      inspect: (...args) => this.act(() => docker.inspect(...args)),
      exec: (...args) => this.act(() => docker.exec(...args)),
      logs: (...args) => this.act(() => docker.logs(...args)),
      stop: (...args) => this.act(() => docker.stop(...args)),
      remove: (...args) => this.act(() => docker.remove(...args)),
      start: (...args) => this.act(() => docker.start(...args)),
      snapshot: (...args) => this.act(() => docker.snapshot(...args)),
      restore: (...args) => this.act(() => docker.restore(...args)),
      disconnect: (...args) => this.act(() => docker.disconnect(...args)),
      stir: () => this.act(() => docker.stir()),
    };
  }

  /** Everything that reaches the world outside goes through here. */
  private async act<T>(work: () => T | Promise<T>): Promise<T> {
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
      if (relay.mode === 'holding' && this.host.now >= dueAt) this.host.refuse(relay, relay.held);
    }
    for (const { due, controller } of this.deadlines) if (this.host.now >= due) controller.abort();
    return work();
  }
}
