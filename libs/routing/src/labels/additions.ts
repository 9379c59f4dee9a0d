import type { ComposeFacts, Project, ServiceFacts, Settings } from '@itsup/config';
import { enabledByLabels } from '@itsup/traefik';
import { exposedByDefault } from './exposed';
import { enabledByOperator, hasWrittenLabels } from './label-routers';
import { labelsOf } from './labels';
import type { Edge, NetworkDeclaration, Route, ServiceAdditions } from '../model';
import { collect, compareText, sortRecord } from '../names/order';
import { PROXYNET, proxynetOf } from '../networks/proxynet';
import { engineName, freeKey, NETWORK_LABEL, traefikNetworkOf } from '../networks/traefik-network';

/** What the artifact adds to the services of a project. */
export interface Additions {
  /** Sorted by service; untouched ones are left out. */
  services: ServiceAdditions[];
  /** The networks that they mention, sorted by key. */
  networks: NetworkDeclaration[];
}

/** What the artifact adds to the services of a container project, and the networks that it declares for it. */
export function additionsOf(
  project: Project,
  settings: Settings,
  routes: readonly Route[],
  edges: readonly Edge[],
): Additions {
  const { compose } = project;
  if (compose === null) return { services: [], networks: [] };
  const byService = new Map<string, Route[]>();
  for (const route of routes) if (route.service !== null) collect(byService, route.service, route);
  const declared = new Map<string, NetworkDeclaration>();
  const join = (declaration: NetworkDeclaration): string => {
    declared.set(declaration.key, declaration);
    return declaration.key;
  };
  const services = compose.services
    // Of a provider's there is no container.
    .filter(({ isProvider }) => !isProvider)
    .map((service) =>
      additionOf({
        project,
        compose,
        settings,
        service,
        routes: byService.get(service.name) ?? [],
        edges,
        join,
      }),
    )
    .filter(({ labels, networks, dns, traefikNetwork }) => {
      return Object.keys(labels).length + networks.length > 0 || dns !== null || traefikNetwork !== null;
    })
    .sort((a, b) => compareText(a.service, b.service));
  return { services, networks: [...declared.values()].sort((a, b) => compareText(a.key, b.key)) };
}

interface ServiceContext {
  project: Project;
  compose: ComposeFacts;
  settings: Settings;
  service: ServiceFacts;
  routes: readonly Route[];
  edges: readonly Edge[];
  /** Declares a network and gives its key. */
  join: (declaration: NetworkDeclaration) => string;
}

function additionOf(context: ServiceContext): ServiceAdditions {
  const { project, service, routes } = context;
  const rows = project.ingress.filter((row) => row.service === service.name);
  const labels = labelsWithout(service.labels, routes);
  const isNetworked = service.networkMode === null;
  const { engine } = context.settings;
  // A label that names a network of one machine says nothing on a swarm.
  const isSaid = engine !== 'swarm' && labelOf(service, NETWORK_LABEL) !== undefined;
  const comes = isNetworked && isForTraefik(service, labels, context.settings) && !isSaid;
  const reached = comes ? traefikNetworkOf(context.compose, service, engine) : null;
  const networks = isNetworked
    ? networksFor(context, rows, reached?.added === true ? reached.key : null)
    : [];
  const hasNone = service.networks === null || service.networks.length === 0;
  return {
    service: service.name,
    labels,
    traefikNetwork: reached?.name ?? null,
    networks,
    // Of a service that we see in part the label would be a guess, unless we say ourselves where it is.
    keepDefault: hasNone && (networks.length > 0 || (reached !== null && service.partial === true)),
    dns: dnsOf(context, rows),
  };
}

/**
 * A service that the operator's own labels show to Traefik needs to be reached as much as one with a row; one that only
 * a deploy knows of may be shown.
 */
function isForTraefik(
  service: ServiceFacts,
  added: Readonly<Record<string, string>>,
  settings: Settings,
): boolean {
  const says = enabledByOperator(service) ?? enabledByLabels(added);
  return says === null ? exposedByDefault(settings) && hasWrittenLabels(service) : says !== false;
}

function networksFor(
  { compose, edges, join }: ServiceContext,
  rows: Project['ingress'],
  proxyKey: string | null,
): ServiceAdditions['networks'] {
  const networks: ServiceAdditions['networks'] = [];
  const ipv4Address = rows
    .map((row) => row.ipv4Address)
    .filter((address) => address !== null)
    .sort(compareText)[0];
  if (ipv4Address !== undefined) {
    const key = join({ key: proxynetKey(compose), name: PROXYNET, kind: 'proxynet' });
    networks.push({ name: key, ipv4Address });
  }
  if (proxyKey !== null) networks.push({ name: join({ key: proxyKey, name: null, kind: 'proxy' }) });
  for (const network of [...new Set(edges.map((edge) => edge.network))].sort(compareText)) {
    networks.push({ name: join({ key: network, name: network, kind: 'edge' }) });
  }
  return networks;
}

/** Where the file joins proxynet by itself, its own key; Compose would connect a container to it twice. */
function proxynetKey(compose: ComposeFacts): string {
  const joined = compose.networks.find(
    (key) => compose.networkFacts?.[key]?.external === true && engineName(compose, key) === PROXYNET,
  );
  return joined ?? freeKey(compose, PROXYNET);
}

/** Traefik compares the segments of a label without case, so an operator's label wins in any spelling. */
function labelsWithout(
  own: Readonly<Record<string, string>>,
  routes: readonly Route[],
): Record<string, string> {
  const taken = new Set(Object.keys(own).map((key) => key.toLowerCase()));
  const ours = routes.flatMap((route) => Object.entries(labelsOf(route)));
  return sortRecord(Object.fromEntries(ours.filter(([key]) => !taken.has(key.toLowerCase()))));
}

/** A label of the operator, whatever the case of its key. */
function labelOf(service: ServiceFacts, wanted: string): string | undefined {
  return Object.entries(service.labels).find(([key]) => key.toLowerCase() === wanted)?.[1];
}

/**
 * Resolvers of a service: the row's verbatim, else the honeypot with the plain resolvers behind it, so that a honeypot
 * that is down stops no lookup. Names of siblings keep resolving: Docker's own resolver stays in front of these. A
 * service that Compose cut off from the outside gets none: what it cannot look up it shall not look up through us.
 */
function dnsOf({ compose, settings, service }: ServiceContext, rows: Project['ingress']): string[] | null {
  if (service.networkMode !== null) return null;
  const [verbatim] = rows
    .map(({ dns }) => dns)
    .filter((dns) => dns !== null)
    .sort((a, b) => compareText(JSON.stringify(a), JSON.stringify(b)));
  if (verbatim) return [...verbatim];
  if (service.hasDns || !settings.dns.enabled || isCutOff(compose, service)) return null;
  return [proxynetOf(settings).dns, ...settings.dns.resolvers];
}

/**
 * Are all networks that the project's file gives the service internal for certain? What is external, or a variable, the
 * engine alone knows; the packet filter's rules go by that. The networks that we add lead nowhere and change nothing.
 */
function isCutOff({ networkFacts = {} }: ComposeFacts, { networks, partial }: ServiceFacts): boolean {
  const keys = networks === null || networks.length === 0 ? ['default'] : networks;
  if (partial === true) return false;
  return keys.every((key) => {
    const facts = networkFacts[key];
    return facts !== undefined && facts.internal && facts.internalUnknown !== true && !facts.external;
  });
}
