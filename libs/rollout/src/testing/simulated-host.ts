import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

import type { ContainerFacts } from '../types';

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
  /**
   * What befalls it so many milliseconds after its first request: it ends, restarts with another address, or answers no
   * more.
   */
  underTraffic?: { after: number; what: 'ends' | 'moves' | 'deaf' };
}

interface Container {
  facts: ContainerFacts;
  behaviour: Behaviour;
  bornAt: number;
  drained: boolean;
  /** Of its first request; null: none yet. */
  routedAt: number | null;
  befell: boolean;
}

interface Served {
  /** Middleware markers of pins. */
  markers: string[];
  routers: Record<string, { rule: string; priority?: number; service: string; servers: string[] }>;
}

/** A listener of the deploy on the loopback. */
export interface SimulatedRelay {
  mode: 'proving' | 'holding' | 'forwarding' | 'refusing' | 'closed';
  proofs: number;
  held: number;
  refused: number;
  usedAt: number;
  targets: string[];
}

interface DynamicFile {
  http: {
    routers: Record<string, { rule: string; priority?: number; service: string }>;
    services: Record<string, { loadBalancer: { servers: { url: string }[] } }>;
    middlewares?: Record<string, unknown>;
  };
}

const lag = 120;
const stepMs = 10;

/**
 * An engine with one Compose service and a Traefik in front of it, in virtual time. Traefik follows the engine and its
 * dynamic folder with a lag, drops routers that two containers define differently, and lets the longest rule win, of
 * equals the file provider's. Whatever a rollout does, a request for `host` has to find a ready container at every
 * moment; where it does not, `violations` says when and why.
 */
export class SimulatedHost {
  now = 1_000_000;
  violations: string[] = [];
  readonly containers = new Map<string, Container>();
  /** What Compose would start now. */
  wanted: Behaviour;
  private served: Served = { markers: [], routers: {} };
  /** What Traefik has read and not applied yet, in the order of reading. */
  private readonly pending: { at: number; config: Served }[] = [];
  /** By port. */
  readonly relays = new Map<number, SimulatedRelay>();
  private count = 0;
  /** A request may have chosen a server right before the configuration changed. */
  private lastRouted = new Map<string, number>();
  private readonly files = new Map<string, DynamicFile>();
  private watching = false;
  /** Until then the docker provider goes on showing what it showed before. */
  providerBlindUntil = 0;
  private labelRouter: Served['routers'][string] | null = null;
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
    this.wanted = first;
    for (let index = 0; index < replicas; index += 1) this.start();
    this.advance(5_000);
    this.watching = true;
  }

  start(): void {
    this.count += 1;
    const id = `c${this.count}`;
    this.containers.set(id, {
      behaviour: this.wanted,
      bornAt: this.now,
      drained: false,
      routedAt: null,
      befell: false,
      facts: {
        id,
        name: `shop-web-${this.count}`,
        status: 'running',
        exitCode: 0,
        oomKilled: false,
        restartCount: 0,
        error: '',
        startedAt: this.now,
        health:
          this.wanted.hasHealthcheck === false
            ? null
            : {
                status: 'starting',
                interval: 1000,
                timeout: 1000,
                startPeriod: 0,
                retries: 3,
                log: [],
                test: ['CMD-SHELL', 'test ! -f /tmp/drain'],
              },
        labels: this.wanted.labels,
        addresses: {
          proxynet: `172.20.128.${this.count}`,
          ...(this.hasOwnNetwork && { shop_default: `10.0.0.${this.count}` }),
        },
        exposedPorts: [],
      },
    });
  }

  stop(id: string): void {
    const container = this.containers.get(id);
    if (!container || container.facts.status !== 'running') return;
    const routed = this.lastRouted.get(container.facts.addresses['proxynet'] ?? '');
    if (this.watching && this.isReady(container) && routed !== undefined && this.now - routed < 20) {
      this.violations.push(`${container.facts.name} was stopped while traffic could still reach it`);
    }
    container.facts = { ...container.facts, status: 'exited', addresses: {} };
  }

  /** `docker start` of one that was stopped. */
  restart(id: string): void {
    const container = this.containers.get(id);
    if (!container || container.facts.status === 'running') return;
    this.count += 1;
    container.bornAt = this.now;
    const addresses = { proxynet: `172.20.128.${this.count}` };
    this.seen.delete(id);
    container.facts = { ...container.facts, status: 'running', addresses, startedAt: this.now };
  }

  /** A container that is gone, made once more. */
  remake(id: string, behaviour: Behaviour): string {
    if (this.containers.has(id)) {
      this.restart(id);
      return id;
    }
    const { wanted } = this;
    this.wanted = behaviour;
    this.start();
    this.wanted = wanted;
    return `c${this.count}`;
  }

  /** Compose's `up --force-recreate`: what is there goes, as many come. */
  recreate(replicas: number): void {
    for (const id of [...this.containers.keys()]) this.remove(id);
    for (let index = 0; index < replicas; index += 1) this.start();
  }

  openRelay(): { port: number; relay: SimulatedRelay } {
    const port = 40_000 + this.relays.size;
    const relay: SimulatedRelay = { mode: 'proving', proofs: 0, held: 0, refused: 0, usedAt: 0, targets: [] };
    this.relays.set(port, relay);
    return { port, relay };
  }

  /** A request to Traefik's own port: whether a listener takes it. */
  prove(path: string): void {
    this.update();
    const router = Object.values(this.served.routers).find(({ rule }) => rule === `Path(\`${path}\`)`);
    const relay = this.relays.get(Number(router?.servers[0]?.split(':')[1]));
    if (relay?.mode === 'proving') relay.proofs += 1;
  }

  /** Whoever waits goes on now. */
  release(relay: SimulatedRelay, targets: string[]): void {
    relay.mode = 'forwarding';
    relay.targets = targets;
    if (relay.held > 0) for (const target of targets) this.arrive(target);
  }

  /** Its health check, tried from outside the engine. */
  check(id: string): boolean {
    const container = this.containers.get(id);
    return container !== undefined && this.isReady(container) && !container.drained;
  }

  remove(id: string): void {
    this.stop(id);
    this.containers.delete(id);
  }

  drain(id: string, on: boolean): void {
    const container = this.containers.get(id);
    if (container) container.drained = on;
  }

  list(): ContainerFacts[] {
    this.update();
    return [...this.containers.values()].map(({ facts }) => structuredClone(facts));
  }

  /** Leaves a network; Traefik's docker provider does not notice. */
  disconnect(network: string, id: string): void {
    const container = this.containers.get(id);
    if (!container) return;
    const { [network]: _left, ...addresses } = container.facts.addresses;
    container.facts = { ...container.facts, addresses };
  }

  /** A container started or ended: Traefik's docker provider looks at all of them again. */
  stir(): void {
    this.seen.clear();
  }

  private at(address: string): Container | undefined {
    return [...this.containers.values()].find(({ facts }) =>
      Object.values(facts.addresses).includes(address),
    );
  }

  private seenAddress({ facts }: Container): string {
    const { proxynet, ...others } = facts.addresses;
    const address = this.seen.get(facts.id) ?? proxynet ?? Object.values(others)[0] ?? '';
    this.seen.set(facts.id, address);
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
    const container = this.at(address);
    return container !== undefined && container.facts.status === 'running' && this.isReady(container);
  }

  /** Traefik's API. */
  api(path: string): { status: number; body: string } {
    this.update();
    const marker = /^\/api\/http\/middlewares\/(.*)@file$/.exec(decodeURIComponent(path))?.[1];
    if (marker !== undefined) return { status: this.served.markers.includes(marker) ? 200 : 404, body: '{}' };
    const routers: Record<string, unknown> = {};
    const services: Record<string, unknown> = {};
    for (const [name, { rule, service, servers }] of Object.entries(this.served.routers)) {
      routers[name] = { rule, service, status: 'enabled' };
      services[`${service}@${name.split('@')[1]}`] = {
        loadBalancer: {
          servers: servers.map((address) => ({
            url: `http://${address.includes(':') ? address : `${address}:8080`}`,
          })),
        },
      };
    }
    return { status: 200, body: JSON.stringify({ routers, services }) };
  }

  private update(): void {
    for (const container of this.containers.values()) this.age(container);
    const config = this.configuration();
    const target = this.pending.at(-1)?.config ?? this.served;
    if (JSON.stringify(config) !== JSON.stringify(target)) this.pending.push({ at: this.now + lag, config });
    while (this.pending[0] && this.now >= this.pending[0].at) {
      this.served = this.pending.shift()?.config ?? this.served;
    }
    if (this.watching) this.request();
  }

  private parsed(text: string): DynamicFile {
    const known = this.files.get(text) ?? (parse(text) as DynamicFile);
    this.files.set(text, known);
    return known;
  }

  /** One request, right now. */
  private request(): void {
    const matching = Object.entries(this.served.routers).filter(([, { rule }]) =>
      rule.includes(`\`${this.host}\``),
    );
    const priorityOf = ({ rule, priority }: Served['routers'][string]): number => priority ?? rule.length;
    const highest = Math.max(...matching.map(([, router]) => priorityOf(router)));
    const best = matching.filter(([, router]) => priorityOf(router) === highest);
    const [, chosen] = best.find(([name]) => name.endsWith('@file')) ?? best[0] ?? [];
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
    else relay.refused += 1;
  }

  private arrive(address: string): void {
    const container = this.at(address);
    if (!container || container.facts.status !== 'running') this.violate(`502 from ${address}`);
    else if (!this.isReady(container))
      this.violate(`${container.facts.name} gets traffic before it is ready`);
    this.lastRouted.set(address, this.now);
    if (container) container.routedAt ??= this.now;
  }

  /** What a version does that its health check did not tell. */
  private suffer(container: Container): void {
    const { behaviour, facts, routedAt, befell } = container;
    if (!behaviour.underTraffic || routedAt === null || befell) return;
    if (this.now - routedAt < behaviour.underTraffic.after) return;
    container.befell = true;
    if (behaviour.underTraffic.what === 'ends')
      container.facts = { ...facts, status: 'exited', exitCode: 1, addresses: {} };
    if (behaviour.underTraffic.what === 'moves') {
      this.count += 1;
      const addresses = { proxynet: `172.20.128.${this.count}` };
      this.seen.clear();
      container.facts = { ...facts, addresses, restartCount: facts.restartCount + 1, startedAt: this.now };
    }
  }

  private violate(what: string): void {
    this.violations.push(`${what} at ${this.now}`);
  }

  private age(container: Container): void {
    const { behaviour, bornAt, facts } = container;
    if (facts.status !== 'running') return;
    this.suffer(container);
    if (container.befell && behaviour.underTraffic?.what !== 'deaf') return;
    const age = this.now - bornAt;
    if (behaviour.exitsAfter !== null && age >= behaviour.exitsAfter) {
      container.facts = { ...facts, status: 'exited', exitCode: 1, addresses: {} };
      return;
    }
    if (!facts.health) return;
    const status =
      behaviour.healthyAfter === null
        ? age >= 3000
          ? 'unhealthy'
          : 'starting'
        : age < behaviour.healthyAfter
          ? 'starting'
          : container.drained
            ? 'unhealthy'
            : 'healthy';
    container.facts = { ...facts, health: { ...facts.health, status } };
  }

  private isReady({ behaviour, bornAt, befell }: Container): boolean {
    if (befell && behaviour.underTraffic?.what === 'deaf') return false;
    const { healthyAfter, readyAfter = healthyAfter } = behaviour;
    return readyAfter !== null && this.now - bornAt >= readyAfter;
  }

  /** null: no container is fit, or two define it differently. */
  private routerOfLabels(): Served['routers'][string] | null {
    const kept = [...this.containers.values()].filter(
      ({ facts }) => facts.status === 'running' && (facts.health?.status ?? 'healthy') === 'healthy',
    );
    const rules = new Set(
      kept.map(({ behaviour }) => behaviour.labels['traefik.http.routers.web.rule'] ?? ''),
    );
    if (kept.length === 0 || rules.size !== 1) return null;
    const servers = kept.map((container) => this.seenAddress(container)).sort();
    return { rule: [...rules][0] ?? '', service: 'web', servers };
  }

  private configuration(): Served {
    const routers: Served['routers'] = {};
    if (this.now >= this.providerBlindUntil) this.labelRouter = this.routerOfLabels();
    if (this.labelRouter) routers['web@docker'] = this.labelRouter;
    const markers: string[] = [];
    for (const name of readdirSync(this.dynamicFolder).sort()) {
      if (!name.endsWith('.yml')) continue;
      const { http } = this.parsed(readFileSync(join(this.dynamicFolder, name), 'utf8'));
      markers.push(...Object.keys(http.middlewares ?? {}));
      for (const [router, { rule, priority, service }] of Object.entries(http.routers)) {
        const servers = http.services[service]?.loadBalancer.servers ?? [];
        routers[`${router}@file`] = {
          rule,
          ...(priority !== undefined && { priority }),
          service,
          servers: servers.map(({ url }) => {
            const { hostname, host } = new URL(url);
            return hostname.startsWith('127.') ? host : hostname;
          }),
        };
      }
    }
    return { markers, routers };
  }
}
