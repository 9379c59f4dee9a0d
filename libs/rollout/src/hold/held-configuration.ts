import type { RelayKind, RelayTarget } from '../types';
import { field, textField, withField, withoutField } from '../tree-access';
import type { Protocol, ProvidedConfiguration, ProvidedService } from '../provider/provided-configuration';

/** A service of Traefik's that a listener stands in for. */
export interface HeldService {
  protocol: RelayKind;
  name: string;
}

/**
 * What a pin to the listeners leaves out of a service: what judges the listener, or the wait, as a fault of the
 * service.
 */
const LEFT_OUT = ['healthCheck', 'passiveHealthCheck', 'sticky', 'serversTransport'];

/**
 * The services of Traefik's that lead to containers, in the order of their names; UDP cannot be held.
 *
 * @param verifies whether Traefik's transport of that name (undefined: the default one) checks the certificate of a
 * container, or shows one
 * @returns a sentence when they cannot be held
 */
export function heldServices(
  provided: ProvidedConfiguration,
  verifies: (transport: string | undefined) => boolean,
): HeldService[] | string {
  const found: HeldService[] = [];
  for (const protocol of ['http', 'tcp'] as const) {
    for (const [name, service] of Object.entries(provided[protocol].services)) {
      const [end] = service.ends;
      if (end === undefined) continue;
      if (end.scheme === 'https' && verifies(textField(service.loadBalancer, 'serversTransport')))
        return `Traefik checks the certificate of ${name}, which a listener cannot do in its place`;
      found.push({ protocol, name });
    }
  }
  return found.length === 0 ? 'no HTTP or TCP route leads to it' : found;
}

/**
 * Where the bytes that were held for a service go: to its containers, or where the services are named anew, to those of
 * its protocol.
 */
export function targetsOf(provided: ProvidedConfiguration, { protocol, name }: HeldService): RelayTarget[] {
  const { services } = provided[protocol];
  const own = services[name];
  const ends = own === undefined ? Object.values(services).flatMap((service) => service.ends) : own.ends;
  return ends.map(({ address, port, scheme }) => ({ address, port, tls: scheme === 'https' }));
}

/**
 * The routes of a service with the listeners in place of its containers. UDP is left out: it cannot be held.
 *
 * @param listening the listener's port by `keyOf`
 */
export function heldConfiguration(
  provided: ProvidedConfiguration,
  listening: ReadonlyMap<string, number>,
): ProvidedConfiguration {
  const section = (protocol: 'http' | 'tcp'): ProvidedConfiguration[Protocol] => ({
    ...provided[protocol],
    services: Object.fromEntries(
      Object.entries(provided[protocol].services).map(([name, service]) => [
        name,
        heldService(protocol, service, listening.get(keyOf({ protocol, name }))),
      ]),
    ),
  });
  return { http: section('http'), tcp: section('tcp'), udp: { routers: {}, services: {}, middlewares: {} } };
}

/** By which a listener is found. */
export function keyOf({ protocol, name }: HeldService): string {
  return `${protocol} ${name}`;
}

function heldService(
  protocol: RelayKind,
  service: ProvidedService,
  port: number | undefined,
): ProvidedService {
  const [end] = service.ends;
  if (end === undefined || port === undefined) return service;
  const at = `127.0.0.1:${port}`;
  if (protocol === 'tcp') {
    // Who half-closes while he waits is not cut off a tenth of a second later. Where a transport is named, that one
    // says it.
    const loadBalancer =
      field(service.loadBalancer, 'serversTransport') === undefined
        ? withField(service.loadBalancer, 'terminationDelay', -1)
        : service.loadBalancer;
    const [first = {}] = service.servers;
    return { ...service, loadBalancer, servers: [withField(first, 'address', at)], ends: [] };
  }
  const scheme = end.scheme === 'h2c' ? 'h2c' : 'http';
  const loadBalancer = LEFT_OUT.reduce((tree, name) => withoutField(tree, name), service.loadBalancer);
  return { ...service, loadBalancer, servers: [{ url: `${scheme}://${at}` }], ends: [] };
}
