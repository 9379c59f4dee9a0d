import { listed, type Project, type RouterKind, type ServiceFacts } from '@itsup/config';
import { labelFields, unnamedService } from '@itsup/traefik';
import { composeProjectName } from '../names/compose-name';
import { hasWrittenLabels, writtenLabels } from '../labels/label-routers';
import { collect, compareText } from '../names/order';
import type { Lookups } from './circumstances';
import {
  claimKey,
  compareParties,
  conflictAt,
  holding,
  partyOf,
  type Conflict,
  type Party,
  type RoutedProject,
} from './conflict';

/** An object of Traefik's docker provider, whose names all containers of the host share. */
export interface NamedObject {
  protocol: RouterKind;
  kind: string;
  name: string;
  party: Party & { project: string };
  /** The operator wrote labels for it; else a row made it. */
  isWritten: boolean;
  /** What it says, where that is known. */
  content: string | null;
}

const KINDS = new Set(['routers', 'services', 'middlewares', 'serverstransports']);
/** Objects that are one and the same when they say the same. */
const SHAREABLE = new Set(['middlewares', 'serverstransports']);

/** Everything that the projects' containers define in Traefik, by rows and by labels. */
export function namedObjects(routed: readonly RoutedProject[], lookups: Lookups): NamedObject[] {
  return routed.flatMap((each) => [...ofRows(each), ...ofLabels(each, lookups)]);
}

function ofRows({ routing }: RoutedProject): NamedObject[] {
  return routing.routes.flatMap((route) => {
    const party = { ...partyOf(route), project: route.project };
    const object = (kind: string, name: string): NamedObject => {
      return { protocol: route.kind, kind, name, party, isWritten: false, content: null };
    };
    const service = object('services', route.serviceName);
    // What stands in files is a namespace of its own.
    if (route.via === 'file') return [service];
    return [
      ...Object.keys(route.routers).map((name) => object('routers', name)),
      service,
      ...Object.keys(route.middlewares).map((name) => object('middlewares', name)),
    ];
  });
}

function ofLabels({ project }: RoutedProject, lookups: Lookups): NamedObject[] {
  if (!project.enabled) return [];
  return (project.compose?.services ?? []).filter(hasWrittenLabels).flatMap((service) => {
    const objects = new Map<string, NamedObject & { lines: string[] }>();
    for (const { label, protocol, kind, name, field, value } of labelFields(
      writtenLabels(service, lookups(project.name)).labels,
    )) {
      if (!KINDS.has(kind)) continue;
      const key = `${protocol} ${kind} ${name}`;
      const party = {
        project: project.name,
        label: `${project.name}:${service.name}`,
        place: service.labelPlaces?.[label] ?? service.place,
      };
      const known: NamedObject & { lines: string[] } = objects.get(key) ?? {
        protocol,
        kind,
        name,
        party,
        isWritten: true,
        content: '',
        lines: [],
      };
      known.lines.push(`${field}=${value}`);
      objects.set(key, known);
    }
    const written = [...objects.values()].map(({ lines, ...object }) => ({
      ...object,
      content: lines.sort(compareText).join('\n'),
    }));
    return [...written, ...unnamedServices(project, service, written)];
  });
}

/** Where labels define routers and no service, the docker provider makes one, whose name is nobody else's either. */
function unnamedServices(
  project: Project,
  service: ServiceFacts,
  written: readonly NamedObject[],
): NamedObject[] {
  const name = unnamedService(service.name, composeProjectName(project));
  const party = { project: project.name, label: `${project.name}:${service.name}`, place: service.place };
  return ROUTER_KINDS.filter((protocol) => {
    const kinds = new Set(written.filter((each) => each.protocol === protocol).map(({ kind }) => kind));
    return kinds.has('routers') && !kinds.has('services') && !hasRow(project, service.name);
  }).map((protocol) => {
    return { protocol, kind: 'services', name, party, isWritten: false, content: null };
  });
}

const ROUTER_KINDS = ['http', 'tcp', 'udp'] as const;

/** A row gives the container a service with a name. */
function hasRow({ ingress }: Project, service: string): boolean {
  return ingress.some((row) => row.service === service);
}

/**
 * Names that two projects give: Traefik drops both routers when they differ, and mixes the services' servers. Whoever
 * writes a label for what another project's rows define takes it; two who wrote the same name are equal.
 */
export function nameConflicts(objects: readonly NamedObject[]): Conflict[] {
  const byName = new Map<string, NamedObject[]>();
  for (const object of objects) {
    collect(byName, claimKey('name', object.protocol, object.kind, object.name), object);
  }
  // A row's router, its redirect and its service have one name: one mistake.
  const told = new Set<string>();
  return [...byName].flatMap(([key, named]) => {
    if (new Set(named.map(({ party }) => party.project)).size < 2 || areOne(named)) return [];
    const [{ kind, name }] = named as [NamedObject, ...NamedObject[]];
    const parties = onePerProject(named)
      .map(({ party }) => holding(party, key))
      .sort(compareParties);
    const id = parties.map(({ label }) => label).join();
    const made = new Set(named.filter(({ isWritten }) => !isWritten).map(({ party }) => party.project));
    const takers = [...new Set(named.map(({ party }) => party.project))].filter((one) => !made.has(one));
    const isTaken = made.size === 1 && takers.length > 0;
    if (!isTaken && told.has(id)) return [];
    told.add(id);
    const at =
      (isTaken ? parties.find(({ project }) => project === takers[0]) : parties.at(-1)) ?? parties[0];
    if (!at) return [];
    const others = parties.filter((party) => party !== at);
    const what = SINGULAR[kind] ?? 'object';
    return [
      conflictAt(
        at,
        others,
        isTaken
          ? {
              code: 'name-taken',
              message: `a label of ${at.label} defines the ${what} ${name}, which is ${listed(others.map(({ label }) => label))}'s: Traefik would mix or drop them`,
              help: `give it a name of its own, such as ${at.project}-${name}`,
            }
          : {
              code: 'name-conflict',
              message: `${listed(parties.map(({ label }) => label))} would share the ${what} name ${name}`,
              help: named.some(({ isWritten }) => isWritten)
                ? `put the project's name into it: ${at.project}-${name}`
                : 'rename a project or a service',
            },
        ({ label }) => `${label} gets the name here`,
        isTaken ? takers : [],
      ),
    ];
  });
}

const SINGULAR: Readonly<Record<string, string>> = {
  routers: 'router',
  services: 'service',
  middlewares: 'middleware',
  serverstransports: 'servers transport',
};

/** One and the same middleware, written twice, is no conflict. */
function areOne(named: readonly NamedObject[]): boolean {
  const [first] = named;
  return (
    first !== undefined &&
    SHAREABLE.has(first.kind) &&
    first.content !== null &&
    named.every(({ content }) => content === first.content)
  );
}

function onePerProject(named: readonly NamedObject[]): NamedObject[] {
  const byProject = new Map<string, NamedObject>();
  for (const object of named) {
    const known = byProject.get(object.party.project);
    if (!known || compareParties(object.party, known.party) < 0) byProject.set(object.party.project, object);
  }
  return [...byProject.values()];
}
