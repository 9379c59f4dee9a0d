import {
  listField,
  qualified,
  routerPriority,
  textField,
  type ServedConfiguration,
  type ServedObject,
} from '@itsup/traefik';

import { protocols, type ProvidedConfiguration } from '../provider/provided-configuration';
import type { Pin } from './pin';

/**
 * Name of a router of the old labels that still serves and gets other requests than the new one of that name; empty:
 * there is none.
 */
export function supersededRouter(
  served: ServedConfiguration,
  before: ProvidedConfiguration,
  wanted: ProvidedConfiguration,
): string {
  for (const protocol of ['http', 'tcp'] as const) {
    for (const name of Object.keys(before[protocol].routers)) {
      const heir = wanted[protocol].routers[name];
      const found = served[protocol].routers.get(qualified(name, 'docker'));
      if (!heir || !found || !isUp(found)) continue;
      const points = listField(heir, 'entryPoints');
      const isHeir =
        (textField(found.definition, 'rule') ?? '') === (textField(heir, 'rule') ?? '') &&
        routerPriority(protocol, found.definition) === routerPriority(protocol, heir) &&
        (points.length === 0 || points.join() === listField(found.definition, 'entryPoints').join());
      if (!isHeir) return name;
    }
  }
  return '';
}

/** Name of a service of the docker provider that has one of these servers; empty: none has. */
export function leadingService(served: ServedConfiguration, gone: ProvidedConfiguration): string {
  for (const protocol of protocols) {
    for (const [name, { servers }] of Object.entries(gone[protocol].services)) {
      const found = served[protocol].services.get(qualified(name, 'docker'));
      const addresses = new Set(servers.map(serverAddress));
      if (found && serversOf(found).some((address) => addresses.has(address))) return name;
    }
  }
  return '';
}

/** Empty: all is served. Else what is missing, in words. */
export function missingLabels(served: ServedConfiguration, provided: ProvidedConfiguration): string {
  for (const protocol of protocols) {
    for (const [name, service] of Object.entries(provided[protocol].services)) {
      const found = served[protocol].services.get(qualified(name, 'docker'));
      if (!found) return `service ${name} is not there`;
      const wanted = service.servers.map(serverAddress).sort();
      if (service.uncertain !== undefined) return service.uncertain;
      const actual = serversOf(found)
        .map((server) => service.instead?.[server] ?? server)
        .sort();
      if (wanted.join() !== actual.join()) {
        return `service ${name} has the servers ${actual.join(', ') || '(none)'} instead of ${wanted.join(', ')}`;
      }
    }
    for (const [name, router] of Object.entries(provided[protocol].routers)) {
      const found = served[protocol].routers.get(qualified(name, 'docker'));
      if (!found) return `router ${name} is not there`;
      if ((textField(router, 'rule') ?? '') !== (textField(found.definition, 'rule') ?? ''))
        return `router ${name} still has its old rule`;
      const points = listField(router, 'entryPoints');
      if (points.length > 0 && points.join() !== listField(found.definition, 'entryPoints').join()) {
        return `router ${name} still has its old entry points`;
      }
    }
  }
  return '';
}

/** Empty: it serves the routers of a pin, those left out that need not work. Else what is wrong, in words. */
export function complaintAbout(served: ServedConfiguration, pin: Pin, excused: ReadonlySet<string>): string {
  for (const { protocol, name } of pin.routers) {
    const full = qualified(name, 'file');
    if (excused.has(full)) continue;
    const found = served[protocol].routers.get(full);
    if (!found) return `router ${name} is not there`;
    if (!isUp(found)) return `router ${name}: ${found.errors.join('; ') || found.status}`;
  }
  return '';
}

/** Whether Traefik serves it, be it with a warning. */
export function isUp(object: ServedObject | undefined): boolean {
  return object !== undefined && object.status !== 'disabled';
}

function serversOf(service: ServedObject): string[] {
  const loadBalancer = service.definition['loadBalancer'];
  const servers = (loadBalancer as { servers?: unknown } | undefined)?.servers;
  return Array.isArray(servers) ? servers.map(serverAddress) : [];
}

function serverAddress(server: { url?: unknown; address?: unknown }): string {
  return String(server.url ?? server.address ?? '');
}
