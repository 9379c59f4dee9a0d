import type { ContainerSpec } from '@itsup/docker';
import type { SimulatedContainer } from '@itsup/docker/testing/simulated-container';
import { SimulatedEngine } from '@itsup/docker/testing/simulated-engine';

/** What an instance of Traefik is there for. */
type Kind = 'public' | 'trial' | 'temporary';

/** The image of every instance. */
export const IMAGE = 'traefik';
/**
 * Of the ports that a hand-over takes from 20000 on, the one after those of the two public entry points in the tests.
 */
const TEMPORARY_API = 'http://127.0.0.1:20002';
/** Milliseconds until an instance listens, and until it serves what it should: in between it answers 404. */
const listensAfter = 100;
const servesAfter = 600;

/**
 * The simulated engine of libs/docker with a Traefik on port 8080 of its host, in virtual time. A new connection has to
 * find an instance that serves at every moment; where it does not, `violations` says so.
 */
export class SimulatedProxy {
  now = 1_000_000;
  readonly engine = new SimulatedEngine({
    now: () => this.now,
    sleep: async (ms) => this.advance(ms),
  });
  readonly violations: string[] = [];
  /** What a firewall does with redirected packets that nobody lets in. */
  closed = true;
  /** A firewall that no rule of ours can open. */
  blocked = false;
  trialComesUp = true;
  temporaryServes = true;
  takenPorts: number[] = [];
  /** When the redirect went. */
  restoredAt = NaN;
  private readonly kinds = new Map<string, Kind>();

  constructor(
    readonly publicApi: string,
    readonly filterAvailable = true,
  ) {
    this.engine.exec = async (container) => ({
      exitCode: this.isUp(container) ? 0 : 1,
      stdout: '',
      stderr: '',
    });
    this.engine.run = async ({ command }) => {
      const ports = /for port in ([\d ]+);/.exec(command?.[1] ?? '')?.[1]?.trim() ?? '';
      const lost = this.redirecting && this.blocked;
      return { exitCode: 0, stdout: lost ? '' : `${ports.split(' ').join('\n')}\n`, stderr: '' };
    };
    this.engine.helperLogs = () => 'field not found, node: entrypoint';
    this.start({ image: IMAGE, network: 'host' }, 'public');
    this.now += 10_000;
  }

  /** Starts an instance; without a kind it is one of a hand-over. @returns its id */
  start(spec: ContainerSpec, kind: Kind = spec.network === 'none' ? 'trial' : 'temporary'): string {
    const ends = kind === 'trial' && !this.trialComesUp;
    this.engine.addImage(IMAGE, 'traefik', ends ? 'exits' : 'healthy', { settlingMs: 0 });
    const { id } = this.engine.addFromSpec(spec);
    this.kinds.set(id, kind);
    return id;
  }

  /** Compose recreates the container: gone first, then new. */
  replace(): void {
    this.remove('public');
    this.look();
    this.start({ image: IMAGE, network: 'host' }, 'public');
  }

  /** What somebody else does. */
  remove(kind: Kind): void {
    for (const one of this.instances(kind)) this.engine.remove(one);
  }

  advance(ms: number): void {
    for (let passed = 0; passed < ms; passed += 20) {
      this.now += Math.min(20, ms - passed);
      this.look();
    }
  }

  /** Those that there are, running or not. */
  instances(kind?: Kind): SimulatedContainer[] {
    return [...this.engine.containers.values()].filter(
      ({ id }) => kind === undefined || this.kinds.get(id) === kind,
    );
  }

  ids(): string[] {
    return this.instances().map(({ id }) => id);
  }

  kindsThere(): (Kind | undefined)[] {
    return this.ids().map((id) => this.kinds.get(id));
  }

  /** The one whose API this is; a trial has none that anybody reaches. */
  behind(origin: string): SimulatedContainer | undefined {
    const kind = { [this.publicApi]: 'public', [TEMPORARY_API]: 'temporary' } as const;
    return this.instances(kind[origin]).find((one) => kind[origin] !== undefined && this.isUp(one));
  }

  get redirecting(): boolean {
    return this.engine.packetRules.some(({ table }) => table === 'nat');
  }

  /** When the temporary instance stopped; NaN: never. */
  get removedAt(): number {
    const ends = this.engine.events.filter(
      ({ action, id }) => action === 'die' && this.kinds.get(id) === 'temporary',
    );
    return ends.at(-1)?.timeMs ?? NaN;
  }

  /** Whether it routes by now. */
  serves(one: SimulatedContainer): boolean {
    const isDeaf = this.kinds.get(one.id) === 'temporary' && !this.temporaryServes;
    return this.isUp(one) && !isDeaf && this.now - (one.startedAt ?? this.now) >= servesAfter;
  }

  private isUp(one: SimulatedContainer): boolean {
    return one.state(this.now) === 'running' && this.now - (one.startedAt ?? this.now) >= listensAfter;
  }

  /** One new connection from outside, right now, and one that connection tracking leads past the redirect. */
  private look(): void {
    if (!this.filterAvailable) return;
    const target = this.redirecting ? 'temporary' : 'public';
    const open = !this.redirecting || !this.closed || this.hasRule(/:accept:/);
    if (!open || !this.instances(target).some((one) => this.serves(one)))
      this.violations.push(`no ${open ? target : 'open'} instance at ${this.now}`);
    const listens = this.instances('public').some((one) => this.isUp(one));
    if (!listens && !this.hasRule(/:hold:/)) this.violations.push(`refused past the redirect at ${this.now}`);
  }

  private hasRule(name: RegExp): boolean {
    return this.engine.packetRules.some(({ comment }) => name.test(comment));
  }
}
