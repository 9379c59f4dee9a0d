import { field, internalEntryPoint, nameOf, subtree, textField, type Tree } from '@itsup/traefik';
import { randomUUID } from 'node:crypto';

import type { PinManner } from '../pin/pin';
import type { ProvidedConfiguration } from '../provider/provided-configuration';
import type { Session } from '../pin/session';
import type { ContainerFacts, DynamicConfiguration, ProxyAccess, Relay } from '../types';
import {
  heldConfiguration,
  heldServices,
  keyOf,
  targetsOf,
  type HeldService,
  type TransportFacts,
} from './held-configuration';

/** A connection is let go of when nothing came for so long: closing a listener resets what waits to be accepted. */
const QUIET_MS = 500;
const PROOF_MS = 2_000;

/**
 * Listeners on the loopback that stand in for a service while it is being replaced, one for each of Traefik's services
 * that lead to it.
 */
export class Hold {
  private constructor(
    private readonly session: Session,
    private readonly relays: ReadonlyMap<HeldService, Relay>,
  ) {}

  /** @returns a sentence when the traffic of these containers cannot be held */
  static async open(session: Session, old: ContainerFacts[]): Promise<Hold | string> {
    const { proxy, openRelay } = session.context;
    if (!proxy) return 'no Traefik runs';
    if (!openRelay) return 'the engine is on another host';
    const published = await session.published();
    const services = heldServices(session.provided(old), transportFacts(proxy, published), published);
    if (typeof services === 'string') return services;
    const relays = new Map<HeldService, Relay>();
    const hold = new Hold(session, relays);
    try {
      for (const service of services) relays.set(service, await openRelay(service.kind));
    } catch (error) {
      hold.close();
      return `no port of this host can be listened on: ${error instanceof Error ? error.message : String(error)}`;
    }
    const unreachable = await hold.unreachable();
    if (unreachable !== null) {
      hold.close();
      return unreachable;
    }
    return hold;
  }

  /** What a pin needs so that `isProved` can ask. */
  get manner(): Required<Pick<PinManner, 'proof'>> {
    return { proof: { entryPoint: internalEntryPoint, path: this.path, port: this.first.port } };
  }

  /** What speaks HTTP/2 alone by TLS, as gRPC does, or wants a certificate, no listener could hand over to. */
  private async unreachable(): Promise<string | null> {
    for (const [{ name, secured }, relay] of this.relays)
      for (const target of secured)
        if (!(await relay.reaches(target))) return `${name} does not speak HTTP/1.1 by TLS to a listener`;
    return null;
  }

  /** Connections that outlasted the listeners. */
  private cut = 0;
  private isClosed = false;
  private readonly path = `/itsup-hold-${randomUUID()}`;

  private get first(): Relay {
    const [relay] = this.relays.values();
    if (relay === undefined) throw new TypeError('a hold has a listener');
    return relay;
  }

  /**
   * Whether a request through every Traefik arrives here: one in another network namespace would lead its clients to
   * nowhere.
   */
  async isProved(): Promise<boolean> {
    const { get, proxy } = this.session.context;
    for (const api of (await proxy?.apis()) ?? []) {
      const before = this.first.proofs;
      await get(`${api}${this.path}`, { timeoutMs: PROOF_MS, headOnly: true }).catch(() => undefined);
      if (this.first.proofs === before) return false;
    }
    return true;
  }

  /** The routes of these containers, with the listeners in their place. */
  configuration(old: ContainerFacts[]): ProvidedConfiguration {
    const ports = new Map([...this.relays].map(([service, relay]) => [keyOf(service), relay.port]));
    return heldConfiguration(this.session.provided(old), ports);
  }

  /** From here on whoever comes waits, at most so long; then he gets the page. */
  begin(limitMs: number, page: string): void {
    for (const relay of this.relays.values()) relay.hold(limitMs, page);
  }

  /** Who waits gets the page, and who comes as well. */
  refuse(): void {
    for (const relay of this.relays.values()) relay.refuse();
  }

  /**
   * Who waits goes on to these containers, and who comes as well.
   * @param fileRoutes static routes that lead to them
   */
  async release(ready: ContainerFacts[], fileRoutes: DynamicConfiguration | null): Promise<void> {
    const { session, relays } = this;
    const services = [...relays.keys()];
    const { serverNameOf } = transportFacts(session.context.proxy, await session.published());
    const targets = targetsOf(session.provided(ready), fileRoutes ?? {}, services, serverNameOf);
    await Promise.all(
      [...relays.values()].map(async (relay, index) => {
        const own = targets[index] ?? [];
        if (own.length > 0) return relay.release(own);
        const { name = '' } = services[index] ?? {};
        if (relay.total > 0)
          session.note(`no route that led to ${name} is there any more: who waited for it was sent away`);
        relay.refuse();
      }),
    );
  }

  /**
   * Closes the listeners, if they are not, once no Traefik leads anybody there and what they carry has come to an end.
   * @param limitMs what is open then is cut, whatever it is, and told
   */
  async closeWhenQuiet(limitMs: number): Promise<void> {
    const { clock } = this.session.context;
    const until = clock.now() + limitMs;
    const isQuiet = (): boolean => [...this.relays.values()].every((relay) => relay.isQuiet(QUIET_MS));
    while (!this.isClosed && clock.now() < until && !isQuiet()) await clock.sleep(50);
    if (this.isClosed) return;
    this.cut = [...this.relays.values()].reduce((sum, relay) => sum + relay.carried, 0);
    this.close();
  }

  close(): void {
    this.isClosed = true;
    for (const relay of this.relays.values()) relay.close();
  }

  /** What became of those who came meanwhile, in words. */
  account(): string {
    const relays = [...this.relays.values()];
    const total = relays.reduce((sum, relay) => sum + relay.total, 0);
    if (total === 0) return 'nobody had to wait';
    const longest = Math.max(...relays.map((relay) => relay.longestMs));
    const refused = relays.reduce((sum, relay) => sum + relay.refused, 0);
    const words = `${total} connection${total === 1 ? '' : 's'} waited, at most ${Math.ceil(longest / 100) / 10} s`;
    const page = refused === 0 ? '' : `; ${refused} got the page that says so`;
    return this.cut === 0
      ? `${words}${page}`
      : `${words}${page}; ${this.cut} were still open after the drain's deadline and were cut`;
  }
}

function transportFacts(
  proxy: Pick<ProxyAccess, 'staticConfiguration'> | null,
  published: DynamicConfiguration,
): TransportFacts {
  const named = (reference: string): Tree | undefined =>
    published.http?.serversTransports?.[nameOf(reference, 'file') ?? ''];
  return {
    verifies: (name) => {
      if (name === undefined) return verifies(subtree(proxy?.staticConfiguration, 'serversTransport'));
      const transport = named(name);
      return transport === undefined || verifies(transport);
    },
    serverNameOf: (name) => (name === undefined ? null : (textField(named(name), 'serverName') ?? null)),
  };
}

/** A listener could not check what such a transport checks, nor show what it shows. */
function verifies(transport: Tree): boolean {
  const certificates = field(transport, 'certificates');
  return (
    textField(transport, 'insecureSkipVerify') !== 'true' ||
    (Array.isArray(certificates) && certificates.length > 0)
  );
}
