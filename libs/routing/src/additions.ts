import type { Project, ServiceFacts, Settings } from '@itsup/config';
import { labelsOf } from './labels';
import type { Edge, NetworkDeclaration, Route, ServiceAdditions } from './model';
import { collect, compareText, sortRecord } from './order';
import { proxynet } from './proxynet';

/** What the artifact adds to the services of a container project, sorted by service; untouched ones are left out. */
export function additionsOf(
  project: Project,
  settings: Settings,
  routes: readonly Route[],
  edges: readonly Edge[],
): ServiceAdditions[] {
  const byService = new Map<string, Route[]>();
  for (const route of routes) if (route.service !== null) collect(byService, route.service, route);
  const edgeNetworks = [...new Set(edges.map(({ network }) => network))].sort(compareText);
  return (project.compose?.services ?? [])
    .map((service) => additionOf(project, settings, service, byService.get(service.name) ?? [], edgeNetworks))
    .filter(({ labels, networks, dns }) => Object.keys(labels).length + networks.length > 0 || dns !== null)
    .sort((a, b) => compareText(a.service, b.service));
}

/** The networks that the additions mention: proxynet, which no stack owns, and the edges', which this stack owns. */
export function networksOf(additions: readonly ServiceAdditions[]): NetworkDeclaration[] {
  const names = new Set(additions.flatMap(({ networks }) => networks.map(({ name }) => name)));
  return [...names].sort(compareText).map((name) => ({ name, external: name === proxynet.name }));
}

function additionOf(
  project: Project,
  settings: Settings,
  service: ServiceFacts,
  routes: readonly Route[],
  edgeNetworks: readonly string[],
): ServiceAdditions {
  const rows = project.ingress.filter((row) => row.service === service.name);
  const networks: ServiceAdditions['networks'] = [];
  if (service.networkMode === null) {
    if (rows.length > 0) {
      const ipv4Address = rows
        .map((row) => row.ipv4Address)
        .filter((address) => address !== null)
        .sort(compareText)[0];
      networks.push(
        ipv4Address === undefined ? { name: proxynet.name } : { name: proxynet.name, ipv4Address },
      );
    }
    networks.push(...edgeNetworks.map((name) => ({ name })));
  }
  return {
    service: service.name,
    labels: labelsWithout(service.labels, routes),
    networks,
    keepDefault: networks.length > 0 && (service.networks === null || service.networks.length === 0),
    dns: dnsOf(settings, service, rows),
  };
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

/**
 * Resolvers of a service: the row's verbatim, else the honeypot with the plain resolvers behind it, so that a honeypot
 * that is down stops no lookup. Names of siblings keep resolving: Docker's own resolver stays in front of these.
 */
function dnsOf(settings: Settings, service: ServiceFacts, rows: Project['ingress']): string[] | null {
  if (service.networkMode !== null) return null;
  const [verbatim] = rows
    .map(({ dns }) => dns)
    .filter((dns) => dns !== null)
    .sort((a, b) => compareText(JSON.stringify(a), JSON.stringify(b)));
  if (verbatim) return [...verbatim];
  if (service.hasDns || !settings.dns.enabled) return null;
  return [proxynet.dns, ...settings.dns.resolvers];
}
