import type { Problem, Project, RouterKind, ServiceFacts, Settings } from '@itsup/config';
import { labelFields, nameOf, qualified, qualifiedBy, type LabelField } from '@itsup/traefik';
import type { Circumstances, Lookups } from '../conflicts/circumstances';
import { writtenRouters } from '../conflicts/claim/claims';
import { partyOf, type RoutedProject } from '../conflicts/conflict';
import { namedObjects } from '../conflicts/name-conflicts';
import { hasWrittenLabels, writtenLabels } from '../labels/label-routers';
import type { Route } from '../model';
import { atLabel, type Flaw } from './flaw';
import { targetFlaw, targetIn, type Here } from './reserved-targets';

/**
 * What one project alone may not publish, by rows or by labels: services of Traefik's own, and what listens on this
 * host for the proxy.
 */
export function reservedProblems(
  project: Project,
  settings: Settings,
  { lookups = () => undefined, addresses = [], engineNetworks = [] }: Circumstances = {},
): Problem[] {
  const here: Here = { settings, addresses, engineNetworks };
  const problems: Problem[] = [];
  for (const row of project.ingress) {
    const report = (key: string, code: string, message: string, help: string): void => {
      const place = row.places[key] ?? row.place;
      problems.push({ code, severity: 'error', message, help, place, project: project.name });
    };
    const internal = row.middleware.find(isInternal);
    if (internal !== undefined) report('middleware', ...internalFlaw(internal));
    if (project.host === null || project.kind !== 'external') continue;
    const flaw = targetFlaw({ host: project.host, port: row.port }, here);
    if (flaw !== null) report('port', ...targetProblem(flaw));
  }
  for (const service of project.compose?.services ?? []) {
    if (!hasWrittenLabels(service)) continue;
    const { labels, open } = writtenLabels(service, lookups(project.name));
    for (const field of labelFields(labels)) {
      const flaw = flawOf(field, service, here, open);
      if (flaw !== null) problems.push(atLabel(project, service, field.label, flaw));
    }
  }
  return problems;
}

function flawOf(
  field: LabelField,
  { networkMode }: ServiceFacts,
  here: Here,
  open: ReadonlySet<string>,
): Flaw | null {
  const internal = field.value.split(',').find(isInternal);
  if (internal !== undefined) return internalFlaw(internal.trim());
  if (isOldSyntax(field)) return OLD_SYNTAX;
  if (field.kind === 'middlewares' && OWN_PLUGIN.test(field.field)) return ownPluginFlaw();
  if (open.has(field.label)) return null;
  // Traefik reaches what has no network of its own by this host's loopback.
  const isHost = networkMode !== null && networkMode !== 'none' && /(?:^|\.)server\.port$/.test(field.field);
  if (!isHost && !/(?:^|\.)(?:url|address)$/.test(field.field)) return null;
  const target = isHost ? { host: '127.0.0.1', port: Number(field.value) } : targetIn(field.value);
  const flaw = target && targetFlaw(target, here);
  return flaw === null ? null : targetProblem(flaw);
}

/** A router's label by which Traefik reads its rule as Traefik 2 did. */
export function isOldSyntax({ kind, field, value }: LabelField): boolean {
  return kind === 'routers' && field === 'rulesyntax' && !/^(?:v3|default)?$/i.test(value);
}

const OLD_SYNTAX: Flaw = [
  'old-rule-syntax',
  'a rule in the syntax of Traefik 2 cannot be compared with what other projects claim',
  'remove it, and write the rule for Traefik 3: https://doc.traefik.io/traefik/migrate/v2-to-v3-details/',
];

/** The plugins that the proxy loads for itself. */
const OWN_PLUGIN = /^plugin\.(?:crowdsec|client-address)(?:\.|$)/;

function ownPluginFlaw(): Flaw {
  return [
    'own-plugin',
    'this plugin is the proxy’s own: its options name files that only Traefik reads, and could show them to anybody',
    'name the middleware that is there for all: crowdsec@file, or remove it',
  ];
}

/** `noop@internal` answers nothing: routers that only redirect name it. */
function isInternal(reference: string): boolean {
  const name = reference.trim().toLowerCase();
  return nameOf(name, 'internal') !== null && name !== 'noop@internal';
}

function internalFlaw(reference: string): Flaw {
  return [
    'internal-reference',
    `${reference} is Traefik's own: whoever reaches it reads every router and service of this host, or worse`,
    'the dashboard has its own place: traefik.domain and traefik.admin in projects/itsup.yml',
  ];
}

function targetProblem(flaw: string): Flaw {
  return [
    'reserved-target',
    `a route must not lead there: ${flaw}`,
    'name the port that your own service listens on',
  ];
}

/**
 * Of several projects: routers that lead to another project's service past its own rules, and routers on another
 * project's port.
 */
export function foreignProblems(
  routed: readonly RoutedProject[],
  settings: Settings,
  lookups: Lookups = () => undefined,
): Problem[] {
  const labelled = routed.filter(
    ({ project }) => project.enabled && (project.compose?.services ?? []).some(hasWrittenLabels),
  );
  if (labelled.length === 0) return [];
  const owners = serviceOwners(routed, lookups);
  const doors = entryPointOwners(routed);
  return labelled.flatMap((each) => [
    ...foreignServices(each, owners, lookups),
    ...foreignEntryPoints(each, doors, settings, lookups),
  ]);
}

/** By `protocol name@provider`: the projects whose containers or hosts the service leads to. */
function serviceOwners(routed: readonly RoutedProject[], lookups: Lookups): Map<string, Set<string>> {
  const owners = new Map<string, Set<string>>();
  const add = (key: string, project: string): void => {
    owners.set(key, (owners.get(key) ?? new Set()).add(project));
  };
  for (const { kind, protocol, name, party } of namedObjects(routed, lookups)) {
    if (kind === 'services') add(`${protocol} ${qualified(name, 'docker')}`, party.project);
  }
  for (const route of routed.flatMap(({ routing }) => routing.routes)) {
    if (route.servedBy === 'file')
      add(`${route.kind} ${qualified(route.serviceName, 'file')}`, route.project);
  }
  return owners;
}

function foreignServices(
  { project }: RoutedProject,
  owners: ReadonlyMap<string, ReadonlySet<string>>,
  lookups: Lookups,
): Problem[] {
  return (project.compose?.services ?? []).flatMap((service) =>
    labelFields(writtenLabels(service, lookups(project.name)).labels).flatMap((field) => {
      if (!/(?:^|\.)service$/.test(field.field) && !/services\[\d+\]\.name$/.test(field.field)) return [];
      const name = field.value.trim();
      const known = owners.get(`${field.protocol} ${qualifiedBy(name, 'docker')}`);
      if (!known || known.has(project.name)) return [];
      return [
        atLabel(project, service, field.label, [
          'service-taken',
          `${name} is a service of ${[...known].join(', ')}: led there past its own rules and middlewares`,
          `name a service of ${project.name}, or write the row in that project`,
        ]),
      ];
    }),
  );
}

function entryPointOwners(routed: readonly RoutedProject[]): Map<string, Route[]> {
  const doors = new Map<string, Route[]>();
  for (const route of routed.flatMap(({ routing }) => routing.routes)) {
    if (route.hostport === null) continue;
    for (const point of route.routers[route.serviceName]?.entryPoints ?? []) {
      doors.set(point, [...(doors.get(point) ?? []), route]);
    }
  }
  return doors;
}

/** On the loopback, for the proxy itself: what CrowdSec is asked there is every visitor's request. */
const PROXYS_OWN = new Set(['traefik', 'crowdsec-lapi', 'crowdsec-appsec']);

/**
 * Where a router is that names no entry point: UDP's is on all of them, and only one router has each
 * (pkg/config/runtime).
 */
function pointsOf(
  kind: RouterKind,
  written: readonly string[],
  doors: ReadonlyMap<string, readonly Route[]>,
): string[] {
  if (written.length > 0) return [...written];
  if (kind !== 'udp') return ['web-secure'];
  return [...doors].flatMap(([point, routes]) =>
    routes.some((route) => route.kind === 'udp') ? [point] : [],
  );
}

function foreignEntryPoints(
  each: RoutedProject,
  doors: ReadonlyMap<string, readonly Route[]>,
  settings: Settings,
  lookups: Lookups,
): Problem[] {
  const { project } = each;
  return writtenRouters(each, settings, lookups).flatMap(({ name, kind, router, place, service }) =>
    pointsOf(kind, router.entryPoints, doors).flatMap((point): Problem[] => {
      const routes = doors.get(point) ?? [];
      const [first] = routes;
      const isShared = point === 'web' || point === 'web-secure';
      const takesAll = kind === 'tcp' && router.tls === undefined;
      const isOwn = PROXYS_OWN.has(point);
      if (
        !isOwn &&
        !(isShared && takesAll) &&
        (!first || routes.some((route) => route.project === project.name))
      )
        return [];
      return [
        {
          code: 'entry-point-taken',
          severity: 'error',
          message: isOwn
            ? `router ${name} of ${project.name}:${service} is on ${point}, by which the parts of the proxy talk to each other`
            : isShared
              ? `router ${name} of ${project.name}:${service} takes every connection without TLS on ${point}, before everybody's HTTP`
              : `router ${name} of ${project.name}:${service} is on ${point}, a port of ${first?.project ?? ''}`,
          help: 'give it a port of its own: a row with hostport',
          ...(place ? { place } : {}),
          ...(first && !isShared
            ? { related: [{ message: `${partyOf(first).label} opens it here`, place: first.place }] }
            : {}),
          project: project.name,
        },
      ];
    }),
  );
}
