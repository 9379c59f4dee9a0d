import { listed, isActive, portsOf, type Settings } from '@itsup/config';
import type { Route } from '../model';
import { collect } from '../names/order';
import { reservedPorts, type ReservedPort } from './reserved-ports';
import type { Lookups } from './circumstances';
import {
  claimKey,
  compareParties,
  conflictAt,
  partyOf,
  type Conflict,
  type Party,
  type RoutedProject,
} from './conflict';

/**
 * Ports of the host that are asked for twice: by rows, by the proxy, or by what Compose services publish themselves.
 */
export function portConflicts(
  routed: readonly RoutedProject[],
  settings: Settings,
  lookups: Lookups = () => undefined,
): Conflict[] {
  const reserved = reservedPorts(settings);
  const rows = new Map<string, Route[]>();
  for (const { routing } of routed) {
    for (const route of routing.routes) {
      if (route.hostport !== null) collect(rows, portOf(route), route);
    }
  }
  const conflicts: Conflict[] = [];
  for (const [port, routes] of rows) {
    const parties = routes.map((route) => partyOf(route, [portKey(port)])).sort(compareParties);
    const use = reserved.get(port);
    if (use !== undefined)
      conflicts.push(...parties.map((party) => reservedPort(party, port, use, 'hostport')));
    else if (!canShare(routes)) conflicts.push(sharedPort(parties, port));
  }
  return [...conflicts, ...publishedPorts(routed, rows, reserved, lookups)];
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

/** Ports that Compose services publish past the proxy, beside the proxy's own, rows' and each other's. */
function publishedPorts(
  routed: readonly RoutedProject[],
  rows: ReadonlyMap<string, readonly Route[]>,
  reserved: ReadonlyMap<string, ReservedPort>,
  lookups: Lookups,
): Conflict[] {
  const conflicts: Conflict[] = [];
  const published = routed.flatMap((each) => portsPublishedBy(each, lookups));
  for (const { port, party, assumed } of published) {
    const use = reserved.get(port);
    if (use !== undefined) conflicts.push(judged(reservedPort(party, port, use, 'published port'), assumed));
    const others = (rows.get(port) ?? [])
      .map((route) => partyOf(route, [portKey(port)]))
      .sort(compareParties);
    const [first] = others;
    if (use !== undefined || !first) continue;
    const conflict = conflictAt(
      first,
      [...others.slice(1), party],
      {
        code: 'hostport-conflict',
        message: `hostport ${port} of ${first.label} is published by ${party.label} itself`,
        help: 'remove the port from ports: in the Compose file, or choose another hostport',
        subject: party.label,
      },
      ({ label }) => (label === party.label ? `${label} publishes it here` : `${label} takes it here`),
    );
    conflicts.push(judged(conflict, assumed));
  }
  return [...conflicts, ...publishedTwice(published)];
}

/** A port of the host that a service publishes. */
export interface PublishedBy {
  /** `port/protocol`. */
  port: string;
  /** null: every address of the host. */
  ip: string | null;
  party: Party;
  /** It is a variable's default: the value that counts is not known here. */
  assumed: boolean;
}

/** Of a port that a variable decides on only a plan or a deploy knows for certain, which read the project's `.env`. */
function judged(conflict: Conflict, assumed: boolean): Conflict {
  if (!assumed) return conflict;
  const { help, ...problem } = conflict.problem;
  return {
    ...conflict,
    problem: {
      ...problem,
      severity: 'warning',
      message: `${problem.message}, unless a variable says otherwise`,
      ...(help === undefined ? {} : { help: `${help}; plan and deploy go by the variable’s value` }),
    },
  };
}

/** The ports that services of a project publish; one of a profile runs only when it is asked for. */
export function portsPublishedBy({ project }: RoutedProject, lookups: Lookups): PublishedBy[] {
  if (!project.enabled) return [];
  const lookup = lookups(project.name);
  return (project.compose?.services ?? [])
    .filter((service) => isActive(project.compose ?? {}, service))
    .flatMap((service) =>
      portsOf(service, lookup).map(({ port, protocol, ip, place }, index) => ({
        port: `${port}/${protocol}`,
        ip: ip ?? null,
        assumed: lookup === undefined && index >= service.publishedPorts.length,
        party: {
          project: project.name,
          label: `${project.name}:${service.name}`,
          place,
          holds: [portKey(`${port}/${protocol}`)],
        },
      })),
    );
}

/** Two projects on one port of one address; two services of a project are Compose's to judge. */
function publishedTwice(published: readonly PublishedBy[]): Conflict[] {
  const byPort = new Map<string, PublishedBy[]>();
  for (const each of published) collect(byPort, each.port, each);
  return [...byPort].flatMap(([port, all]) => {
    const meeting = all.filter((one) => all.some((other) => meet(one, other)));
    const parties = [
      ...new Map([...meeting].reverse().map(({ party }) => [party.project, party])).values(),
    ].sort(compareParties);
    const at = parties.at(-1);
    if (!at || parties.length < 2) return [];
    const conflict = conflictAt(
      at,
      parties.slice(0, -1),
      {
        code: 'published-port-conflict',
        message: `${listed(parties.map(({ label }) => label))} publish one port of the host, ${port}`,
        help: 'give each its own port, or an address of its own before it',
      },
      ({ label }) => `${label} publishes it here`,
    );
    // Certain where two are left that no variable decides on.
    const certain = meeting.filter(({ assumed }) => !assumed);
    return [judged(conflict, !certain.some((one) => certain.some((other) => meet(one, other))))];
  });
}

function meet(one: PublishedBy, other: PublishedBy): boolean {
  if (one.party.project === other.party.project) return false;
  return one.ip === null || other.ip === null || one.ip === other.ip;
}

function portKey(port: string): string {
  return claimKey('port', port);
}
