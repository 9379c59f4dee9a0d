import { inDependencyOrder, needsOf } from './dependency-order';
import { inGraphOrder } from './graph-order';
import type {
  DesiredDependency,
  DesiredService,
  DesiredStack,
  ObservedContainer,
  ServicePlan,
} from '../model';
import type { Operation, WaitCondition } from '../operation';
import type { MovedPorts } from './moved-ports';

/** How a service that acts comes to what is wanted. */
export type ServiceKind = 'start' | 'recreate' | 'restart' | 'roll' | 'replace-traefik' | 'scale';

export interface OrderInput {
  plans: readonly ServicePlan[];
  desired: DesiredStack;
  containers: readonly ObservedContainer[];
  /** Of the services that act. */
  kinds: ReadonlyMap<string, ServiceKind>;
  facts: { consumed: ReadonlySet<string> };
  /** What all services wait for. */
  begun: string[];
  moved: MovedPorts;
}

/** Operations that are over when the service's new containers are ready. */
const COMPLETE: readonly ServiceKind[] = ['roll', 'replace-traefik', 'scale'];

const CONDITIONS: Record<DesiredDependency['condition'], WaitCondition> = {
  service_started: 'ready',
  service_healthy: 'healthy',
  service_completed_successfully: 'completed',
};

/**
 * The operations of the services that act: each after those it depends on, by the condition that it has for them, and
 * after nothing else. Services that are merely started and wait for the same are one operation, for Compose keeps the
 * order among them itself.
 */
export function orderServices(input: OrderInput): Operation[] {
  return new Ordering(input).operations();
}

class Ordering {
  private readonly services: DesiredService[];
  private readonly byName: ReadonlyMap<string, DesiredService>;
  private readonly plans: ReadonlyMap<string, ServicePlan>;
  /** By service that acts: what its operation waits for. */
  private readonly after = new Map<string, string[]>();
  /** By service that is started: the id of its operation. */
  private readonly groups = new Map<string, string>();
  /** Waits that somebody asks for, by id. */
  private readonly waits = new Map<string, { service: string; until: WaitCondition; isRequired: boolean }>();

  constructor(private readonly input: OrderInput) {
    this.services = inDependencyOrder(input.desired.services);
    this.byName = new Map(this.services.map((service) => [service.name, service]));
    this.plans = new Map(input.plans.map((plan) => [plan.service, plan]));
  }

  operations(): Operation[] {
    const acting = this.services.filter(({ name }) => this.input.kinds.has(name));
    for (const service of acting) this.place(service);
    this.newOnesFirst();
    this.traefikLast();
    const result: Operation[] = [];
    for (const service of acting) {
      const kind = this.input.kinds.get(service.name);
      if (kind === 'start') result.push(...this.groupOf(service.name));
      else if (kind !== undefined) result.push(this.operationOf(service.name, kind));
    }
    for (const service of this.services) result.push(...this.waitsOf(service));
    return inGraphOrder(result);
  }

  /** Finds what the service's operation waits for. */
  private place(service: DesiredService): void {
    const kind = this.input.kinds.get(service.name) ?? 'start';
    const needed = [...this.prerequisites(service, kind), ...this.makingRoomFor(service.name)];
    const own = needed.length > 0 ? needed : this.input.begun;
    if (kind !== 'start') {
      this.after.set(service.name, own);
      return;
    }
    // Those of another process have to be started by then.
    const before = needsOf(service).flatMap((name) => {
      const group = this.groups.get(name);
      const dependency = service.dependsOn.find((one) => one.service === name);
      if (CONDITIONS[dependency?.condition ?? 'service_started'] !== 'ready') return [];
      return group === undefined || keyOf(this.after.get(name)) === keyOf(own) ? [] : [group];
    });
    const after = [...new Set([...own, ...before])];
    this.after.set(service.name, after);
    const known = [...this.groups].find(([name]) => keyOf(this.after.get(name)) === keyOf(after));
    this.groups.set(service.name, known?.[1] ?? `start ${service.name}`);
  }

  /** Who gives up a port that this one takes, unless it waits for this one itself. */
  private makingRoomFor(name: string): string[] {
    const others = this.input.moved.after.get(name) ?? [];
    return others.filter((other) => !this.reaches(other, name)).map((other) => idOf(other, 'recreate'));
  }

  private prerequisites(
    service: DesiredService,
    kind: ServiceKind,
    seen: ReadonlySet<string> = new Set(),
  ): string[] {
    const ids = new Set<string>();
    for (const name of needsOf(service)) {
      const other = this.byName.get(name);
      if (other === undefined || seen.has(name)) continue;
      const dependency = service.dependsOn.find((one) => one.service === name);
      for (const id of this.needed(other, kind, dependency, new Set([...seen, service.name]))) ids.add(id);
    }
    return [...ids];
  }

  /** What has to be done of the other service before one of this kind may come. */
  private needed(
    other: DesiredService,
    kind: ServiceKind,
    dependency: DesiredDependency | undefined,
    seen: ReadonlySet<string>,
  ): string[] {
    const { condition = 'service_started', required = true } = dependency ?? {};
    const acts = this.input.kinds.get(other.name);
    const until = CONDITIONS[condition];
    if (acts === undefined) {
      const earlier = this.prerequisites(other, kind, seen);
      return this.holds(other.name, until)
        ? earlier
        : [...earlier, this.waitFor(other.name, until, required)];
    }
    // A circle, which Compose refuses.
    if (!this.after.has(other.name)) return [];
    if (COMPLETE.includes(acts)) {
      const own = idOf(other.name, acts);
      return until === 'completed' ? [own, this.waitFor(other.name, until, required)] : [own];
    }
    if (until !== 'ready') return [this.waitFor(other.name, until, required)];
    const started = acts === 'start' ? (this.groups.get(other.name) ?? '') : idOf(other.name, acts);
    // What serves is replaced by what finds all that it needs; what does not may start beside it, as with Compose.
    if (kind !== 'start') return [this.waitFor(other.name, 'ready', required)];
    if (acts !== 'start') return [started];
    // One process starts both.
    return this.after.get(other.name) ?? [];
  }

  /** Traefik goes last: whatever it asks and whoever asks it is what it will be by then. */
  private traefikLast(): void {
    const traefik = [...this.input.kinds].find(([, kind]) => kind === 'replace-traefik')?.[0];
    if (traefik === undefined) return;
    const others = [...this.input.kinds].filter(([name]) => name !== traefik && !this.reaches(name, traefik));
    const ends = others.map(([name, kind]) =>
      COMPLETE.includes(kind) ? idOf(name, kind) : this.waitFor(name, 'ready', true),
    );
    this.after.set(traefik, [...new Set([...(this.after.get(traefik) ?? []), ...ends])]);
  }

  /** Whether one service needs the other, by whatever way. */
  private reaches(name: string, other: string, seen: ReadonlySet<string> = new Set()): boolean {
    const service = this.byName.get(name);
    if (service === undefined || seen.has(name)) return false;
    return needsOf(service).some(
      (one) => one === other || this.reaches(one, other, new Set([...seen, name])),
    );
  }

  /** What is new goes before all that replaces something: a file may name no dependency and have one. */
  private newOnesFirst(): void {
    const first = [...this.groups].filter(
      ([name]) => keyOf(this.after.get(name)) === keyOf(this.input.begun),
    );
    const id = first[0]?.[1];
    if (id === undefined) return;
    for (const [name, kind] of this.input.kinds) {
      const after = this.after.get(name) ?? [];
      if (kind !== 'start' && !after.includes(id)) this.after.set(name, [...after, id]);
    }
  }

  /** Whether an idle service is already what is waited for. */
  private holds(service: string, until: WaitCondition): boolean {
    const own = this.input.containers.filter((one) => this.plans.get(service)?.current.includes(one.id));
    if ((this.byName.get(service)?.replicas ?? 0) === 0 || until === 'ready') return true;
    if (until === 'healthy') return own.length > 0 && own.every(({ health }) => health === 'healthy');
    return own.length > 0 && own.every(({ state, exitCode }) => state === 'exited' && exitCode === 0);
  }

  private waitFor(service: string, until: WaitCondition, isRequired: boolean): string {
    const id = `wait ${service} ${until}`;
    const known = this.waits.get(id);
    this.waits.set(id, { service, until, isRequired: isRequired || (known?.isRequired ?? false) });
    return id;
  }

  /** The operation of all services that start with this one, once. */
  private groupOf(service: string): Operation[] {
    const id = this.groups.get(service) ?? '';
    const members = [...this.groups].filter(([, group]) => group === id).map(([name]) => name);
    if (members[0] !== service) return [];
    const services = members.map((name) => ({ service: name, scale: this.scaleOf(name) }));
    return [{ id, kind: 'start', services, after: this.after.get(service) ?? [], reasons: [] }];
  }

  private operationOf(service: string, kind: Exclude<ServiceKind, 'start'>): Operation {
    const base = { id: idOf(service, kind), service, after: this.after.get(service) ?? [], reasons: [] };
    if (kind === 'recreate') return { ...base, kind, scale: this.scaleOf(service) };
    if (kind === 'restart') return { ...base, kind, containers: this.plans.get(service)?.current ?? [] };
    return { ...base, kind };
  }

  /** Those that go later count: Compose would take away what is above the number, and it picks the newest. */
  private scaleOf(service: string): number {
    const plan = this.plans.get(service);
    return (plan?.replicas ?? 0) + (plan?.retired.length ?? 0);
  }

  /**
   * The waits for a service, then what its being ready is the sign for. Those that are started together and that nobody
   * waits for alone are waited for together: every wait looks at the engine again and again.
   */
  private waitsOf({ name }: DesiredService): Operation[] {
    const kind = this.input.kinds.get(name);
    const asked = [...this.waits].filter(([, { service }]) => service === name);
    const isAwaited = kind !== undefined && !COMPLETE.includes(kind);
    const result = asked.map(([id, { until, isRequired }]) => this.wait(id, [name], until, isRequired));
    if (!isAwaited) return result;
    const alone = this.unasked(name);
    const own = result.length === 0 && alone[0] === name;
    if (own) result.push(this.wait(`wait ${name} ready`, alone, 'ready', true));
    const { retired = [] } = this.plans.get(name) ?? {};
    const after = asked.length > 0 ? asked.map(([id]) => id) : [`wait ${alone[0] ?? name} ready`];
    let last = after;
    if (this.input.facts.consumed.has(name)) {
      const id = `attach ${name} to consumers`;
      result.push({
        id,
        kind: 'attach-to-consumers',
        service: name,
        retired,
        after,
        needs: after,
        reasons: [],
      });
      last = [id];
    }
    if (retired.length > 0) {
      result.push({
        id: `remove ${name} retired`,
        kind: 'remove',
        step: 'remove-leftovers',
        services: [name],
        containers: retired,
        after: last,
        needs: after,
        reasons: [],
      });
    }
    return result;
  }

  /** The service and those that are started with it, as far as nobody waits for one of them alone. */
  private unasked(service: string): string[] {
    const group = this.groups.get(service);
    if (group === undefined) return [service];
    const asked = new Set([...this.waits.values()].map((wait) => wait.service));
    return this.services
      .map(({ name }) => name)
      .filter((name) => this.groups.get(name) === group && !asked.has(name));
  }

  private wait(id: string, services: string[], until: WaitCondition, isRequired: boolean): Operation {
    const [first = ''] = services;
    const kind = this.input.kinds.get(first);
    const started = kind === 'start' ? this.groups.get(first) : kind && idOf(first, kind);
    const askers = this.input.desired.services.filter(
      (one) =>
        this.input.kinds.has(one.name) &&
        one.dependsOn.some((other) => other.service === first && CONDITIONS[other.condition] === until),
    );
    return {
      id,
      kind: 'wait',
      services,
      until,
      retired: services.flatMap((name) => this.plans.get(name)?.retired ?? []),
      after: started === undefined ? this.input.begun : [started],
      reasons: until === 'ready' ? [] : askers.map(({ name }) => `${name} needs it`),
      ...(!isRequired && { optional: true as const }),
    };
  }
}

function keyOf(ids: readonly string[] = []): string {
  return [...ids].sort().join('\n');
}

function idOf(service: string, kind: ServiceKind): string {
  return `${kind} ${service}`;
}
