import type { CommandOutput, ComposeModel, ComposeStack } from '@itsup/docker';
import type { SimulatedContainer } from '@itsup/docker/testing/simulated-container';
import { SimulatedEngine } from '@itsup/docker/testing/simulated-engine';

import { toFacts } from '../rollout-docker';
import type { ContainerFacts } from '../types';
import { SimulatedRoutes, type SimulatedRouter } from './simulated-routes';

/** How a container of the simulation behaves. */
export interface Behaviour {
  labels: Record<string, string>;
  /** Milliseconds until it is healthy; null: it becomes unhealthy instead. */
  healthyAfter: number | null;
  /**
   * Milliseconds until its check succeeds and its port answers, if that is before the engine looks. Default:
   * `healthyAfter`.
   */
  readyAfter?: number;
  /** Milliseconds until it ends with exit code 1; null: it runs. */
  exitsAfter: number | null;
  /** false: Docker does not look at it, and its port is all there is to tell by `healthyAfter`. Default: true. */
  hasHealthcheck?: boolean;
  /** It has a volume. Default: false. */
  hasData?: boolean;
  /**
   * What befalls it so many milliseconds after its first request: it ends, restarts with another address, or answers no
   * more.
   */
  underTraffic?: { after: number; what: 'ends' | 'moves' | 'deaf' };
}

/** What Traefik and its clients make of a container. */
interface Visited {
  container: SimulatedContainer;
  behaviour: Behaviour;
  /** Of its first request; null: none yet. */
  routedAt: number | null;
  /** A request may have chosen it right before the configuration changed. */
  lastRouted: number;
  befell: boolean;
}

/** A listener of the deploy on the loopback. */
export interface SimulatedRelay {
  mode: 'proving' | 'holding' | 'forwarding' | 'refusing' | 'closed';
  proofs: number;
  held: number;
  refused: number;
  /** Until then the last of those that were refused are still being told so. */
  tellsUntil: number;
  /** Somebody was cut off who had not been told yet. */
  cut: boolean;
  usedAt: number;
  targets: string[];
}

const stepMs = 10;
/** So long after its last request a container may still get one. */
const LINGERS_MS = 20;
/** What it takes to tell somebody that nobody serves. */
const TOLD_WITHIN_MS = 1_000;
const SHARED = 'proxynet';
const OWN = 'shop_default';
/** From a start to a check that has failed often enough. */
const UNHEALTHY_MS = 3_000;
const CHECK = { test: ['CMD-SHELL', 'test ! -f /tmp/drain'] };

/**
 * The simulated engine of libs/docker with one Compose service, and a Traefik in front of it, in virtual time. Traefik
 * follows the engine and its dynamic folder with a lag, drops routers that two containers define differently, and lets
 * the longest rule win, of equals the file provider's. Whatever a rollout does, a request for `host` has to find a
 * ready container at every moment; where it does not, `violations` says when and why.
 */
export class SimulatedHost {
  now = 1_000_000;
  violations: string[] = [];
  readonly engine = new SimulatedEngine(
    {
      now: () => this.now,
      sleep: async (ms) => this.advance(ms),
    },
    { readModel: () => this.model() },
  );
  readonly stack: ComposeStack = { project: 'shop', files: [], cwd: '/', env: {} };
  private readonly routes: SimulatedRoutes;
  /** By port. */
  readonly relays = new Map<number, SimulatedRelay>();
  private readonly visited = new Map<string, Visited>();
  /** Events of the engine that were looked at. */
  private told = 0;
  private readonly behaviours = new Map<string, Behaviour>();
  private next: Behaviour;
  private watching = false;
  /** Until then the docker provider goes on showing what it showed before. */
  providerBlindUntil = 0;
  private labelRouter: SimulatedRouter | null = null;
  /** Address of a container as Traefik's docker provider saw it last. */
  private readonly seen = new Map<string, string>();

  constructor(
    readonly dynamicFolder: string,
    readonly host: string,
    first: Behaviour,
    replicas: number,
    /** Its containers are on a network of their own besides proxynet. */
    private readonly hasOwnNetwork = false,
  ) {
    this.routes = new SimulatedRoutes(dynamicFolder);
    this.next = first;
    this.wanted = first;
    this.engine.logsOf = () => 'cannot open the database\n';
    this.engine.exec = async ({ id }, argv) => this.exec(id, argv);
    this.engine.addNetwork({ name: SHARED, subnet: '172.20.0.0/16' });
    this.engine.addNetwork({ name: OWN, subnet: '10.0.0.0/24' });
    const model = this.model();
    for (let number = 1; number <= replicas; number += 1)
      this.engine.start(this.engine.addReplica(this.stack, 'web', model, number));
    this.advance(5_000);
    this.watching = true;
  }

  /** What Compose would start now. */
  get wanted(): Behaviour {
    return this.next;
  }

  set wanted(behaviour: Behaviour) {
    const image = `web:${this.behaviours.size + 1}`;
    const { healthyAfter, exitsAfter } = behaviour;
    const ends = exitsAfter !== null;
    this.engine.addImage(image, image, ends ? 'exits' : healthyAfter === null ? 'unhealthy' : 'healthy', {
      settlingMs: exitsAfter ?? healthyAfter ?? UNHEALTHY_MS,
    });
    this.behaviours.set(image, behaviour);
    this.next = behaviour;
  }

  /** The Compose file. */
  private model(): ComposeModel {
    const image = `web:${this.behaviours.size}`;
    const { labels, hasHealthcheck = true, hasData = false } = this.wanted;
    const volumes = hasData ? [{ type: 'volume' as const, source: 'data', target: '/data' }] : [];
    const networks = { proxynet: null, ...(this.hasOwnNetwork && { default: null }) };
    return {
      name: 'shop',
      services: { web: { image, labels, networks, volumes, ...(hasHealthcheck && { healthcheck: CHECK }) } },
      networks: { proxynet: { name: SHARED, external: true }, default: { name: OWN } },
      volumes: { data: { name: 'shop_data' } },
    };
  }

  /** How those that there are were meant to behave. */
  present(): Behaviour[] {
    return this.all().map(({ behaviour }) => behaviour);
  }

  openRelay(): { port: number; relay: SimulatedRelay } {
    const port = 40_000 + this.relays.size;
    const relay: SimulatedRelay = {
      mode: 'proving',
      proofs: 0,
      held: 0,
      refused: 0,
      tellsUntil: -Infinity,
      cut: false,
      usedAt: 0,
      targets: [],
    };
    this.relays.set(port, relay);
    return { port, relay };
  }

  /** A request to Traefik's own port: whether a listener takes it. */
  prove(path: string): void {
    this.update();
    const router = this.routes.withRule(`Path(\`${path}\`)`);
    const relay = this.relays.get(Number(router?.servers[0]?.split(':')[1]));
    if (relay?.mode === 'proving') relay.proofs += 1;
  }

  /** Whoever waits goes on now. */
  release(relay: SimulatedRelay, targets: string[]): void {
    relay.mode = 'forwarding';
    relay.targets = targets;
    if (relay.held > 0) for (const target of targets) this.arrive(target);
  }

  /** The drain hook makes its check fail; the check itself may be tried at any time. */
  private exec(id: string, argv: string[]): CommandOutput {
    const one = this.visit(id);
    const isCheck = argv.some((word) => word.startsWith('test '));
    if (one && !isCheck) one.container.failsChecks = argv[0] === 'touch';
    const holds = one !== undefined && this.isReady(one) && !one.container.failsChecks;
    return { exitCode: isCheck && !holds ? 1 : 0, stdout: '', stderr: '' };
  }

  list(): ContainerFacts[] {
    this.update();
    return this.all().map(({ container }) =>
      toFacts(
        container.details(this.now, (name) => name),
        [],
      ),
    );
  }

  /** A container started or ended: Traefik's docker provider looks at all of them again. */
  stir(): void {
    this.seen.clear();
  }

  private all(): Visited[] {
    return [...this.engine.containers.keys()].flatMap((id) => this.visit(id) ?? []);
  }

  private visit(id: string): Visited | undefined {
    const known = this.visited.get(id);
    const container = this.engine.containers.get(id);
    if (known !== undefined || container === undefined) return known;
    const behaviour = this.behaviours.get(container.reference) ?? this.wanted;
    const one = { container, behaviour, routedAt: null, lastRouted: -Infinity, befell: false };
    this.visited.set(id, one);
    return one;
  }

  private at(address: string): Visited | undefined {
    return this.all().find(({ container }) =>
      [...container.networks.values()].some((endpoint) => endpoint.address === address),
    );
  }

  private runs({ container }: Visited): boolean {
    return container.state(this.now) === 'running';
  }

  private seenAddress({ container }: Visited): string {
    const others = [...container.networks.values()].map(({ address }) => address);
    const own = container.networks.get(SHARED)?.address ?? others.find((one) => one !== null) ?? '';
    const address = this.seen.get(container.id) ?? own;
    this.seen.set(container.id, address);
    return address;
  }

  /** Moves the time on in small steps, looking after every one. */
  advance(ms: number): void {
    const end = this.now + ms;
    while (this.now < end) {
      this.now = Math.min(end, this.now + stepMs);
      this.update();
    }
    if (ms === 0) this.update();
  }

  /** Whether the routed port of the container at this address answers. */
  answersAt(address: string): boolean {
    const one = this.at(address);
    return one !== undefined && this.runs(one) && this.isReady(one);
  }

  /** Traefik's API. */
  api(path: string): { status: number; body: string } {
    this.update();
    return this.routes.api(path);
  }

  private update(): void {
    this.engine.tidy();
    this.hear();
    for (const one of this.all()) this.suffer(one);
    if (this.now >= this.providerBlindUntil) this.labelRouter = this.routerOfLabels();
    this.routes.follow(this.now, this.labelRouter);
    if (this.watching) this.request();
  }

  /** What happened on the engine since the last look. */
  private hear(): void {
    const events = this.engine.events.slice(this.told);
    this.told += events.length;
    // The docker provider looks at all containers after each.
    if (events.some(({ action }) => action === 'start' || action === 'die')) this.stir();
    for (const { action, id, timeMs } of events) {
      const one = this.visit(id);
      if (action !== 'die' || one === undefined || one.befell || !this.watching) continue;
      if (this.isReady(one) && timeMs - one.lastRouted < LINGERS_MS)
        this.violations.push(`${one.container.name} was stopped while traffic could still reach it`);
    }
  }

  /** One request, right now. */
  private request(): void {
    const chosen = this.routes.chosenFor(this.host);
    if (!chosen) return this.violate('404');
    if (chosen.servers.length === 0) return this.violate('503');
    for (const address of chosen.servers) {
      const relay = address.startsWith('127.') ? this.relays.get(Number(address.split(':')[1])) : undefined;
      if (address.startsWith('127.')) this.arriveAtRelay(address, relay);
      else this.arrive(address);
    }
  }

  private arriveAtRelay(address: string, relay: SimulatedRelay | undefined): void {
    if (relay === undefined || relay.mode === 'closed' || relay.mode === 'proving')
      return this.violate(`502 from the listener ${address}`);
    relay.usedAt = this.now;
    if (relay.mode === 'holding') relay.held += 1;
    else if (relay.mode === 'forwarding') for (const target of relay.targets) this.arrive(target);
    else this.refuse(relay, 1);
  }

  /** So many are told that nobody serves. */
  refuse(relay: SimulatedRelay, count: number): void {
    relay.mode = 'refusing';
    relay.refused += count;
    if (count > 0) relay.tellsUntil = this.now + TOLD_WITHIN_MS;
  }

  private arrive(address: string): void {
    const one = this.at(address);
    if (!one || !this.runs(one)) return this.violate(`502 from ${address}`);
    if (!this.isReady(one)) this.violate(`${one.container.name} gets traffic before it is ready`);
    one.lastRouted = this.now;
    one.routedAt ??= this.now;
  }

  /** What a version does that its health check did not tell. */
  private suffer(one: Visited): void {
    const { behaviour, container, routedAt, befell } = one;
    if (!behaviour.underTraffic || routedAt === null || befell) return;
    if (this.now - routedAt < behaviour.underTraffic.after) return;
    one.befell = true;
    if (behaviour.underTraffic.what === 'ends') this.engine.crash(container);
    if (behaviour.underTraffic.what === 'moves') this.engine.restart(container);
  }

  private violate(what: string): void {
    this.violations.push(`${what} at ${this.now}`);
  }

  private isReady({ behaviour, container, befell }: Visited): boolean {
    if (befell && behaviour.underTraffic?.what === 'deaf') return false;
    const { healthyAfter, readyAfter = healthyAfter } = behaviour;
    return (
      readyAfter !== null && container.startedAt !== null && this.now - container.startedAt >= readyAfter
    );
  }

  /** null: no container is fit, or two define it differently. */
  private routerOfLabels(): SimulatedRouter | null {
    const kept = this.all().filter(
      (one) => this.runs(one) && (one.container.health(this.now) ?? 'healthy') === 'healthy',
    );
    const rules = new Set(
      kept.map(({ behaviour }) => behaviour.labels['traefik.http.routers.web.rule'] ?? ''),
    );
    if (kept.length === 0 || rules.size !== 1) return null;
    const servers = kept.map((one) => this.seenAddress(one)).sort();
    return { rule: [...rules][0] ?? '', service: 'web', servers };
  }
}
