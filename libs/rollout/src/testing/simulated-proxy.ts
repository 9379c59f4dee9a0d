import type { PacketRule } from '@itsup/docker';

interface Instance {
  kind: 'public' | 'trial' | 'temporary';
  /** Address of its API. */
  api: string;
  startedAt: number;
  running: boolean;
  /** null: it ends at start. */
  comesUp: boolean;
}

/** Milliseconds until an instance listens, and until it serves what it should: in between it answers 404. */
const listensAfter = 100;
export const servesAfter = 600;

/**
 * A host with a Traefik on port 8080, its packet filter and its engine, in virtual time. A new connection has to find
 * an instance that serves at every moment; where it does not, `violations` says so.
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
