import { composeProjectName } from '../../names/compose-name';
import { PROXY_SERVICES } from '../../names/proxy-services';
import type { Lookups } from '../circumstances';
import {
  claimedTwice,
  claimKey,
  conflictAt,
  holding,
  type Conflict,
  type Party,
  type RoutedProject,
} from '../conflict';
import { interpolate, isActive, type Settings } from '@itsup/config';

/** A `container_name` of a service that runs. */
interface Named {
  name: string;
  party: Party;
}

/**
 * Names of containers that the engine would refuse: one written twice, or one that Compose gives to another service's.
 */
export function containerConflicts(
  routed: readonly RoutedProject[],
  lookups: Lookups,
  engine: Settings['engine'],
): Conflict[] {
  const named = containerNames(routed, lookups, engine);
  const given = givenNames(routed, engine);
  const words = (name: string, labels: string) => ({
    code: 'container-name-conflict',
    message: `Compose would give containers of ${labels} one name, ${name}`,
    help: 'rename a project or a service',
  });
  const alike = claimedTwice(
    'container',
    ofDifferentProjects(given),
    words,
    ({ label }) => `${label} is here`,
  );
  if (named.length === 0) return alike;
  const twice = claimedTwice(
    'container',
    named,
    (name, labels) => ({
      code: 'container-name-conflict',
      message: `${labels} want one container name, ${name}`,
      help: 'give each its own container_name, or none',
    }),
    ({ label }) => `${label} wants it here`,
  );
  return [...twice, ...alike, ...generated(given, named)];
}

/** Two folders of one Compose project are told as that, not service by service. */
function ofDifferentProjects(given: readonly Given[]): Given[] {
  return [...new Map(given.map((each) => [`${each.compose} ${each.name}`, each])).values()];
}

/** Every `container_name` that counts. A swarm, which names containers itself, heeds none. */
export function containerNames(
  routed: readonly RoutedProject[],
  lookups: Lookups,
  engine: Settings['engine'],
): Named[] {
  if (engine === 'swarm') return [];
  return routed.flatMap(({ project }) => {
    if (!project.enabled) return [];
    return (project.compose?.services ?? []).flatMap((service) => {
      if (service.containerName === null || !isActive(project.compose ?? {}, service)) return [];
      const name = interpolate(service.containerName, lookups(project.name) ?? (() => undefined));
      const label = `${project.name}:${service.name}`;
      const place = service.containerNamePlace ?? service.place;
      return name === null ? [] : [{ name, party: { project: project.name, label, place } }];
    });
  });
}

/** A name that Compose gives. */
interface Given extends Named {
  /** The Compose project. */
  compose: string;
}

/**
 * The name of the first container of each service that runs and has none of its own: `a-b` with `c`, and `a` with
 * `b-c`, come to the same.
 */
export function givenNames(routed: readonly RoutedProject[], engine: Settings['engine']): Given[] {
  if (engine === 'swarm') return [];
  return routed.flatMap(({ project }) => {
    if (!project.enabled) return [];
    const compose = composeProjectName(project);
    return (project.compose?.services ?? []).flatMap((service) => {
      const { name, place, containerName, isProvider } = service;
      if (containerName !== null || isProvider || !isActive(project.compose ?? {}, service)) return [];
      return [
        {
          compose,
          name: `${compose}-${name}-1`,
          party: { project: project.name, label: `${project.name}:${name}`, place },
        },
      ];
    });
  });
}

/** `victim-web-6` is the name of the sixth container of victim's web, and of every one after five rollouts. */
function generated(given: readonly Named[], named: readonly Named[]): Conflict[] {
  const patterns = new Map<string, Party>(
    PROXY_SERVICES.map((service) => [
      `proxy-${service}`,
      { project: null, label: `proxy:${service}`, place: null },
    ]),
  );
  for (const { name, party } of given) patterns.set(name.slice(0, -'-1'.length), party);
  return named.flatMap(({ name, party }) => {
    const base = /^(.+)-\d+$/.exec(name)?.[1];
    const owner = base === undefined ? undefined : patterns.get(base);
    if (!owner || owner.project === party.project) return [];
    return [
      conflictAt(
        holding(party, claimKey('container', name)),
        [owner],
        {
          code: 'container-name-taken',
          message: `container_name ${name} of ${party.label} is a name that Compose gives to containers of ${owner.label}`,
          help: 'choose another one, or none',
        },
        ({ label }) => `${label} is here`,
        party.project === null ? [] : [party.project],
      ),
    ];
  });
}
