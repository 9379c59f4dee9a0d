import { isDomain } from '@itsup/config';
import type { Project, Workspace } from '@itsup/config';
import { candidatesOf, type Candidate } from '../explain/candidates';
import { doorsOf } from '../explain/connections';
import type { Door } from '../explain/model';
import { entryPointMiddlewares } from '../labels/middlewares';
import { isPublicName } from '../names/public-names';
import type { WorkspaceRouting } from '../model';
import { collect, compareText } from '../names/order';
import type { NetworkNode, ServiceNode, Topology, TopologyEdge, TopologyGroup } from './model';

/** Name of the proxy's group; no project can have it. */
const PROXY = 'proxy';

/**
 * The whole workspace as a graph, the same for the same sources.
 *
 * @param only projects to show, `proxy` among them; absent: all of them. Edges to others stay, as nodes without a
 * partner.
 */
export function topologyOf(
  workspace: Workspace,
  routing: WorkspaceRouting,
  only?: readonly string[],
): Topology {
  const doors = doorsOf(workspace.settings, routing);
  const byProject = new Map<string, Candidate[]>();
  for (const each of candidatesOf(workspace, routing))
    collect(byProject, each.fact.target.project ?? PROXY, each);
  const shown = workspace.projects
    .filter(({ name }) => only === undefined || only.includes(name))
    .sort((a, b) => compareText(a.name, b.name));
  const groups = shown.map((project) =>
    groupOf(project, byProject.get(project.name) ?? [], doors, workspace, routing),
  );
  const names = new Set(shown.map(({ name }) => name));
  const proxy =
    only === undefined || only.includes(PROXY)
      ? [proxyGroup(byProject.get(PROXY) ?? [], doors, workspace)]
      : [];
  return { groups: [...proxy, ...groups], edges: edgesAmong(routing, names) };
}

function groupOf(
  project: Project,
  candidates: readonly Candidate[],
  doors: readonly Door[],
  workspace: Workspace,
  routing: WorkspaceRouting,
): TopologyGroup {
  const group = emptyGroup(project.name, project.kind, project.enabled);
  group.errors = errorsOf(project, workspace, routing);
  for (const service of project.compose?.services ?? []) {
    addService(group, {
      name: service.name,
      kind: 'container',
      detail: service.image ?? (service.hasBuild ? 'built' : ''),
    });
  }
  if (project.host !== null)
    addService(group, { name: project.host, kind: 'external', detail: 'outside Docker' });
  addRouters(group, candidates, doors);
  addNetworks(group, project, routing);
  return sorted(group);
}

function proxyGroup(
  candidates: readonly Candidate[],
  doors: readonly Door[],
  workspace: Workspace,
): TopologyGroup {
  const group = emptyGroup(PROXY, 'proxy', true);
  const { plain, open } = entryPointMiddlewares(workspace.settings);
  for (const { fact } of candidates) {
    const name = fact.service;
    if (!fact.redirects && !group.services.some((each) => each.name === name)) {
      addService(group, { name, kind: 'proxy', detail: '' });
    }
  }
  addRouters(group, candidates, doors);
  for (const door of doors.filter(({ name }) => name === 'web' || name === 'web-secure')) {
    const label = `${door.name === 'web' ? 'http' : 'https'} :${door.port}`;
    const id = `${PROXY}/door/${label}`;
    if (!group.doors.some((known) => known.id === id)) {
      group.doors.push({ id, label, url: null, entryPoint: door.name, redirected: false });
    }
    const middlewares = door.name === 'web' ? plain : open;
    const router = { id: `${PROXY}/router/${door.name}`, name: `every request on ${door.name}` };
    group.routers.push({ ...router, kind: 'http', rule: null, middlewares, tls: 'none' });
    group.links.push([id, router.id]);
  }
  return sorted(group);
}

function emptyGroup(name: string, kind: TopologyGroup['kind'], enabled: boolean): TopologyGroup {
  return { name, kind, enabled, errors: 0, doors: [], routers: [], services: [], networks: [], links: [] };
}

function addService(group: TopologyGroup, service: Omit<ServiceNode, 'id'>): void {
  group.services.push({ id: `${group.name}/service/${service.name}`, ...service });
}

/** Routers with the doors that they answer at. A redirect is a mark on the door that it leads to. */
function addRouters(group: TopologyGroup, candidates: readonly Candidate[], doors: readonly Door[]): void {
  const redirected = new Set(candidates.filter(({ fact }) => fact.redirects).flatMap(({ hosts }) => hosts));
  for (const each of candidates.filter(({ fact }) => !fact.redirects)) {
    const { name, kind, rule, middlewares, tls, target, service } = each.fact;
    const id = `${group.name}/router/${name}`;
    group.routers.push({ id, name, kind, rule, middlewares, tls });
    for (const { label, url, entryPoint, host } of doorsAt(each, doors)) {
      const door = `${group.name}/door/${label}`;
      if (!group.doors.some((known) => known.id === door)) {
        const isRedirected = entryPoint === 'web-secure' && host !== null && redirected.has(host);
        group.doors.push({ id: door, label, url, entryPoint, redirected: isRedirected });
      }
      group.links.push([door, id]);
    }
    const serves = target.host ?? target.service ?? service;
    const node = group.services.find((known) => known.name === serves);
    if (node) group.links.push([id, node.id]);
  }
}

interface Entrance {
  label: string;
  url: string | null;
  entryPoint: string;
  /** null: every name. */
  host: string | null;
}

function doorsAt({ fact, hosts }: Candidate, doors: readonly Door[]): Entrance[] {
  return fact.entryPoints.flatMap((entryPoint): Entrance[] => {
    const door = doors.find(({ name }) => name === entryPoint);
    const isStandard = entryPoint === 'web' || entryPoint === 'web-secure';
    const port = isStandard || !door ? '' : `:${door.port}`;
    const named = [...new Set(hosts)].filter((host) => host !== '*');
    const scheme = schemeOf(fact);
    if (named.length === 0) {
      return [
        {
          label: `${scheme} ${door ? `:${door.port}` : `on ${entryPoint}`}`,
          url: null,
          entryPoint,
          host: null,
        },
      ];
    }
    return named.map((host) => {
      const label = `${scheme}://${host}${port}`;
      return { label, url: urlOf(label, host, isStandard ? door?.port : undefined), entryPoint, host };
    });
  });
}

/** A public name is reached on the standard port, any other on the entry point's own. */
function urlOf(label: string, host: string, port: number | undefined): string | null {
  if (!/^https?:/.test(label) || !isDomain(host) || host.startsWith('*')) return null;
  return port === undefined || isPublicName(host) ? label : `${label}:${port}`;
}

function schemeOf({ kind, tls }: Candidate['fact']): string {
  if (kind === 'udp') return 'udp';
  if (kind === 'tcp') return tls === 'none' ? 'tcp' : 'tls';
  return tls === 'none' ? 'http' : 'https';
}

function addNetworks(group: TopologyGroup, project: Project, routing: WorkspaceRouting): void {
  const own = routing.projects.find((each) => each.project === project.name);
  const kinds = new Map(own?.networks.map(({ key, kind }) => [key, kind === 'edge' ? 'own' : kind] as const));
  const edges = new Map(routing.projects.flatMap((each) => each.edges).map((edge) => [edge.network, edge]));
  const join = (service: string, network: Omit<NetworkNode, 'id'>): void => {
    const id = `${group.name}/network/${network.name}`;
    if (!group.networks.some((known) => known.id === id)) group.networks.push({ id, ...network });
    group.links.push([`${group.name}/service/${service}`, id]);
  };
  for (const service of project.compose?.services ?? []) {
    const { name, networkMode, networks } = service;
    if (networkMode !== null) {
      join(name, {
        name: `network_mode: ${networkMode}`,
        label: `network_mode: ${networkMode}`,
        kind: 'mode',
      });
      continue;
    }
    const declared = networks === null || networks.length === 0 ? ['default'] : networks;
    for (const network of declared) join(name, { name: network, label: network, kind: 'own' });
    const added = own?.additions.find((each) => each.service === name)?.networks ?? [];
    for (const network of project.enabled ? added : []) {
      const edge = edges.get(network.name);
      join(
        name,
        edge
          ? { name: network.name, label: `→ ${edge.provider}:${edge.service}`, kind: 'consumes' }
          : {
              name: network.name,
              label: network.name,
              kind: kinds.get(network.name) ?? 'own',
            },
      );
    }
  }
  for (const edge of edges.values()) {
    if (edge.provider === project.name) {
      join(edge.service, { name: edge.network, label: `← ${edge.consumer}`, kind: 'provides' });
    }
  }
}

function edgesAmong(routing: WorkspaceRouting, shown: ReadonlySet<string>): TopologyEdge[] {
  return routing.projects
    .flatMap(({ edges }) => edges)
    .filter(({ consumer, provider }) => shown.has(consumer) && shown.has(provider))
    .map(({ consumer, provider, service, network }) => ({
      from: `${consumer}/network/${network}`,
      to: `${provider}/network/${network}`,
      consumer,
      provider,
      service,
      network,
    }))
    .sort((a, b) => compareText(a.network, b.network));
}

function errorsOf({ name }: Project, workspace: Workspace, routing: WorkspaceRouting): number {
  const own = routing.projects.find(({ project }) => project === name)?.problems ?? [];
  // A conflict is everybody's who takes part in it.
  const shared = routing.disputes
    .filter(({ parties }) => parties.some(({ project }) => project === name))
    .map(({ problem }) => ({ ...problem, project: name }));
  return [...workspace.problems, ...own, ...routing.problems, ...shared].filter(
    ({ severity, project }) => severity === 'error' && project === name,
  ).length;
}

const NETWORK_ORDER: NetworkNode['kind'][] = ['proxynet', 'proxy', 'own', 'mode', 'consumes', 'provides'];

/** An order that keeps lines short: what is routed first, networks by what they are for, else by name. */
function sorted(group: TopologyGroup): TopologyGroup {
  group.routers.sort((a, b) => compareText(a.name, b.name));
  const position = new Map(group.routers.map(({ id }, index) => [id, index]));
  const first = (id: string): number =>
    Math.min(...group.links.filter(([from]) => from === id).map(([, to]) => position.get(to) ?? 0));
  group.doors.sort((a, b) => first(a.id) - first(b.id) || compareText(a.label, b.label));
  const isRouted = (id: string): number => Number(!group.links.some(([, to]) => to === id));
  group.services.sort((a, b) => isRouted(a.id) - isRouted(b.id) || compareText(a.name, b.name));
  group.networks.sort(
    (a, b) => NETWORK_ORDER.indexOf(a.kind) - NETWORK_ORDER.indexOf(b.kind) || compareText(a.name, b.name),
  );
  const links = new Map(group.links.map((link) => [link.join('\0'), link]));
  group.links = [...links.values()].sort((a, b) => compareText(a.join('\0'), b.join('\0')));
  return group;
}
