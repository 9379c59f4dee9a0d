import { field, nameOf, subtree, textField, withField, type Tree } from '@itsup/traefik';
import { noneIdle } from './none-idle';
import type { Protocol, ProvidedService } from '../provider/provided-configuration';

/** Where a pin's transports come from. */
export interface TransportSource {
  /** Transports of the published files, for `serversTransport: name@file`. */
  transports: Record<string, Tree>;
  /** The same for TCP services. */
  tcpTransports?: Record<string, Tree>;
  /** Of the static configuration: what Traefik builds its default transport from; null: its defaults. */
  defaultTransport: Tree | null;
  /** `experimental.fastProxy` is on. */
  fastProxy?: boolean;
}

/** See `PinManner`. */
export type Connections = 'fresh' | 'listener';

/**
 * How long the pin's own transport keeps an idle connection; short, so that what is left open to an old container is in
 * use.
 */
export const idleConnectionTimeout = '250ms';

/** A TCP transport that a service names, for a listener: a client that ends its side while it waits is not cut off. */
export function waitingTransport(
  protocol: Protocol,
  service: ProvidedService,
  source: TransportSource,
  connections: Connections | undefined,
): Tree | null {
  const reference = textField(service.loadBalancer, 'serversTransport');
  if (protocol !== 'tcp' || connections !== 'listener') return null;
  const known = source.tcpTransports?.[nameOf(reference ?? '', 'file') ?? ''];
  return known === undefined ? null : withField(known, 'terminationDelay', '-1ms');
}

/** A copy of the transport in use that lets go of idle connections; null where that transport is out of sight. */
export function ownTransport(
  service: ProvidedService,
  source: TransportSource,
  connections: Connections | undefined,
): Tree | null {
  if (connections === 'listener')
    return {
      maxIdleConnsPerHost: noneIdle(service, {}, source.fastProxy),
      forwardingTimeouts: { idleConnTimeout: idleConnectionTimeout },
    };
  const reference = textField(service.loadBalancer, 'serversTransport');
  let base: Tree;
  if (!reference) {
    const wanted = source.defaultTransport ?? {};
    base = { maxIdleConnsPerHost: 200 };
    for (const name of [
      'insecureSkipVerify',
      'rootCAs',
      'maxIdleConnsPerHost',
      'spiffe',
      'forwardingTimeouts',
    ]) {
      const value = field(wanted, name);
      if (value !== undefined) base[name] = value;
    }
  } else {
    const known = source.transports[nameOf(reference, 'file') ?? ''];
    if (!known) return null;
    base = known;
  }
  const timeouts = withField(subtree(base, 'forwardingTimeouts'), 'idleConnTimeout', idleConnectionTimeout);
  const own = withField(base, 'forwardingTimeouts', timeouts);
  return connections === 'fresh'
    ? withField(own, 'maxIdleConnsPerHost', noneIdle(service, base, source.fastProxy))
    : own;
}
