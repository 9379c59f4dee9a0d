import type { ComposeFacts, Problem, Project, ServiceFacts } from '@itsup/config';
import { comparePlaces } from '../names/order';
import { addressFlaw, PROXYNET, type Proxynet } from './proxynet';
import { engineName, isInReach, NETWORK_LABEL, resolvedName } from './traefik-network';

/**
 * What is to be known of the networks of services: which the operator's own `traefik.docker.network` names, and who
 * shares proxynet, the one network on which projects meet.
 */
export function checkNetworks(project: Project, proxynet: Proxynet): Problem[] {
  const { compose } = project;
  if (compose === null) return [];
  return [
    ...compose.services.flatMap((service) => labelProblems(project, compose, service)),
    ...sharedNotes(project, compose, proxynet),
  ];
}

/**
 * Where the label names a network that the container is not on, Traefik takes one of the others at random, anew at each
 * event (tried).
 */
function labelProblems(project: Project, compose: ComposeFacts, service: ServiceFacts): Problem[] {
  const label = Object.entries(service.labels).find(([key]) => key.toLowerCase() === NETWORK_LABEL)?.[1];
  // What only Compose knows is taken as right.
  if (
    label === undefined ||
    service.networkMode !== null ||
    service.partial === true ||
    compose.partial === true
  )
    return [];
  const named = resolvedName(label, STAND_IN);
  const own = service.networks ?? ['default'];
  const keys = new Map(own.map((key) => [resolvedName(engineName(compose, key), STAND_IN), key]));
  const isOpen = named === null || keys.has(null) || compose.name?.includes('$') === true;
  const literal = [...keys].find(
    ([name]) => name === named || name?.replace(STAND_IN, nameOf(project)) === named,
  );
  const written = Object.keys(service.labels).find((key) => key.toLowerCase() === NETWORK_LABEL) ?? '';
  const at = { place: service.labelPlaces?.[written] ?? service.place, project: project.name };
  if (literal === undefined) {
    if (isOpen || pinned(project, service, named)) return [];
    if (isAlone(project, compose, own)) return [{ ...at, ...needless(service, label) }];
    return [
      {
        ...at,
        code: 'network-not-joined',
        severity: 'error',
        message: `the label ${NETWORK_LABEL} of ${service.name} names ${label}, which ${service.name} is not on: Traefik would take one of its networks at random`,
        help: 'remove the label: the right one is added',
      },
    ];
  }
  const [, key] = literal;
  if (isInReach(compose, key) || compose.networkFacts?.[key]?.external === true) return [];
  return [
    {
      ...at,
      code: 'network-out-of-reach',
      severity: 'warning',
      message: `the label ${NETWORK_LABEL} of ${service.name} names ${label}, which Traefik on the host does not reach`,
      help: 'remove the label: a network that it reaches is added',
    },
  ];
}

/** On one network, within reach, Traefik has no choice: the label is wrong, and does no harm. */
function isAlone(project: Project, compose: ComposeFacts, own: readonly string[]): boolean {
  const [key] = own;
  const joinsMore =
    project.egress.length > 0 || project.ingress.some(({ ipv4Address }) => ipv4Address !== null);
  return own.length === 1 && key !== undefined && !joinsMore && isInReach(compose, key);
}

function needless(
  { name }: ServiceFacts,
  label: string,
): Pick<Problem, 'code' | 'severity' | 'message' | 'help'> {
  return {
    code: 'network-not-joined',
    severity: 'warning',
    message: `the label ${NETWORK_LABEL} of ${name} names ${label}, which ${name} is not on: Traefik takes the one network that it is on`,
    help: 'remove the label: the right one is added',
  };
}

/** Any name that no variable is part of; the project's own may be another one at deploy. */
const STAND_IN = '\0';

function nameOf({ name, compose }: Project): string {
  return compose?.name ?? name;
}

/** A row's fixed address puts the service on proxynet. */
function pinned(project: Project, service: ServiceFacts, named: string | null): boolean {
  return (
    named === PROXYNET &&
    project.ingress.some((row) => row.service === service.name && row.ipv4Address !== null)
  );
}

function sharedNotes(project: Project, compose: ComposeFacts, proxynet: Proxynet): Problem[] {
  const shared = (name: string): Pick<Problem, 'message' | 'help'> => ({
    message: `${name} shares the network ${PROXYNET} with every other service that has an address there, of other projects too: they reach each other's ports past Traefik, and answer each other's names`,
    help: 'leave it out where nothing needs a fixed address; another project reaches a service by `egress`',
  });
  const noted = new Set<string>();
  const ordered = [...project.ingress].sort((a, b) => comparePlaces(a.place, b.place));
  const rows = ordered.flatMap((row): Problem[] => {
    const { service, ipv4Address } = row;
    if (service === null || ipv4Address === null || addressFlaw(ipv4Address, proxynet) !== null) return [];
    if (noted.has(service)) return [];
    noted.add(service);
    return [
      {
        code: 'shared-network',
        severity: 'note',
        ...shared(service),
        place: row.places['ipv4_address'] ?? row.place,
        project: project.name,
      },
    ];
  });
  const own = compose.services.flatMap((service): Problem[] =>
    service.networkMode === null &&
    (service.networks ?? []).some((key) => {
      return compose.networkFacts?.[key]?.external === true && engineName(compose, key) === PROXYNET;
    })
      ? [
          {
            code: 'shared-network',
            severity: 'note',
            ...shared(service.name),
            place: service.place,
            project: project.name,
          },
        ]
      : [],
  );
  return [...rows, ...own];
}
