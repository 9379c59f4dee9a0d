import type { Settings } from '@itsup/config';
import type { Route } from '../model';
import { collect } from '../order';
import { reservedPorts, type ReservedPort } from '../reserved-ports';
import {
  compareParties,
  conflictAt,
  listed,
  partyOf,
  type Conflict,
  type Party,
  type RoutedProject,
} from './conflict';

/** Ports of the host that are asked for twice: by rows, by the proxy, or by what Compose services publish themselves. */
export function portConflicts(routed: readonly RoutedProject[], settings: Settings): Conflict[] {
  const reserved = reservedPorts(settings);
  const rows = new Map<string, Route[]>();
  for (const { routing } of routed) {
    for (const route of routing.routes) {
      if (route.hostport !== null) collect(rows, portOf(route), route);
    }
  }
  const conflicts: Conflict[] = [];
  for (const [port, routes] of rows) {
    const parties = routes.map(partyOf).sort(compareParties);
    const use = reserved.get(port);
    if (use !== undefined)
      conflicts.push(...parties.map((party) => reservedPort(party, port, use, 'hostport')));
    else if (!canShare(routes)) conflicts.push(sharedPort(parties, port));
  }
  return [...conflicts, ...publishedPorts(routed, rows, reserved)];
}

function portOf(route: Route): string {
  return `${route.hostport}/${route.kind === 'udp' ? 'udp' : 'tcp'}`;
}

/**
 * HTTP routes share a port by their rules, TCP routes by the names in TLS. A route that takes every connection without
 * TLS leaves nothing for others, HTTP and TCP need different entry points, and UDP has no rules at all.
 */
function canShare(routes: readonly Route[]): boolean {
  if (routes.length < 2) return true;
  const kinds = new Set(routes.map(({ kind }) => kind));
  if (kinds.size > 1 || kinds.has('udp')) return false;
  if (kinds.has('http')) return true;
  return routes.every((route) => {
    const router = route.routers[route.serviceName];
    return router?.tls !== undefined || router?.rule !== 'HostSNI(`*`)';
  });
}

function sharedPort(parties: readonly Party[], port: string): Conflict {
  const [at, ...others] = [...parties].reverse() as [Party, ...Party[]];
  return conflictAt(
    at,
    others.reverse(),
    {
      code: 'hostport-conflict',
      message: `hostport ${port} is taken more than once: by ${listed([...new Set(parties.map(({ label }) => label))])}`,
      help: 'give each its own hostport; tcp rows share one only if each has a domain',
    },
    ({ label }) => `${label} takes it here`,
  );
}

function reservedPort(party: Party, port: string, { use, place }: ReservedPort, key: string): Conflict {
  return conflictAt(
    party,
    [{ project: null, label: use, place }],
    {
      code: 'port-reserved',
      message: `${key} ${port} of ${party.label} is taken by the proxy: ${use}`,
      help: 'choose another one',
    },
    ({ label }) => `${label} takes it here`,
  );
}

/** Ports that Compose services publish past the proxy. Two of these are left to Docker: they may differ in address. */
function publishedPorts(
  routed: readonly RoutedProject[],
  rows: ReadonlyMap<string, readonly Route[]>,
  reserved: ReadonlyMap<string, ReservedPort>,
): Conflict[] {
  const conflicts: Conflict[] = [];
  for (const { project } of routed) {
    if (!project.enabled) continue;
    for (const service of project.compose?.services ?? []) {
      // A service of a profile runs only when it is asked for.
      if (service.profiles.length > 0) continue;
      for (const published of service.publishedPorts) {
        const port = `${published.port}/${published.protocol}`;
        const party: Party = {
          project: project.name,
          label: `${project.name}:${service.name}`,
          place: published.place,
        };
        const use = reserved.get(port);
        if (use !== undefined) conflicts.push(reservedPort(party, port, use, 'published port'));
        const others = (rows.get(port) ?? []).map(partyOf).sort(compareParties);
        const [first] = others;
        if (use !== undefined || !first) continue;
        conflicts.push(
          conflictAt(
            first,
            [...others.slice(1), party],
            {
              code: 'hostport-conflict',
              message: `hostport ${port} of ${first.label} is published by ${party.label} itself`,
              help: 'remove the port from ports: in the Compose file, or choose another hostport',
            },
            ({ label }) => (label === party.label ? `${label} publishes it here` : `${label} takes it here`),
          ),
        );
      }
    }
  }
  return conflicts;
}
