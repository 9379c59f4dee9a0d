import type { DoorNode, RouterNode, Topology, TopologyGroup } from '@itsup/routing';
import { splitName } from '@itsup/traefik';
import type { TopologyTemplates } from '../files/templates';

/** How what is drawn runs. */
export interface TopologyHealth {
  /** When it was looked at, ISO 8601. */
  at: string;
  /** By `project:service`. */
  services: Readonly<Record<string, { isWell: boolean; text: string }>>;
  /** What of a project is not served, by its name. */
  problems: Readonly<Record<string, readonly string[]>>;
}

/**
 * The topology as one HTML page that needs nothing else: no network, no other file. The same topology gives the same
 * bytes; whatever the sources hold stays text.
 * @param health absent: from the sources alone
 */
export function renderTopologyPage(
  topology: Topology,
  templates: TopologyTemplates,
  health: TopologyHealth | null = null,
): string {
  const { groups, links, edges, partners } = numbered(topology);
  return templates.render('topology/page.html', {
    html,
    dotted,
    json,
    style: templates.render('topology/style.css', {}).trimEnd(),
    script: templates.render('topology/script.js', {}).trimEnd(),
    counts: [countsOf(topology), ...(health === null ? [] : [`as it ran at ${minuteOf(health.at)}`])].join(
      ' · ',
    ),
    groups: groups.map((group) => withHealth(group, health)),
    drawing: { links, edges, partners },
  });
}

/** The topology as the text of a Mermaid flowchart. */
export function renderTopologyMermaid(topology: Topology, templates: TopologyTemplates): string {
  const { groups, edges } = numbered(topology);
  return templates.render('topology/mermaid.mmd', { text: mermaidText, groups, edges });
}

/** A topology as the templates print it: ids are short and nothing but letters and digits. */
interface Numbered {
  groups: ReturnType<typeof groupFor>[];
  links: [string, string][];
  edges: [string, string][];
  /** By group, the groups that share an edge with it. */
  partners: Record<string, string[]>;
}

function numbered({ groups, edges }: Topology): Numbered {
  const ids = new Map<string, string>();
  for (const { doors, routers, services, networks } of groups) {
    for (const { id } of [...doors, ...routers, ...services, ...networks]) ids.set(id, `n${ids.size}`);
  }
  const idOf = (id: string): string => ids.get(id) ?? '';
  const shown = groups.map((group, index) => groupFor(group, `g${index}`, idOf));
  const partners = new Map<string, Set<string>>();
  for (const { consumer, provider } of edges) {
    partners.set(consumer, (partners.get(consumer) ?? new Set<string>()).add(provider));
    partners.set(provider, (partners.get(provider) ?? new Set<string>()).add(consumer));
  }
  return {
    groups: shown,
    links: shown.flatMap(({ links }) => links),
    edges: edges.map(({ from, to }) => [idOf(from), idOf(to)]),
    partners: Object.fromEntries([...partners].map(([name, others]) => [name, [...others]])),
  };
}

function groupFor(group: TopologyGroup, id: string, idOf: (id: string) => string) {
  const { doors, routers, services, networks, links } = group;
  const renamed = <T extends { id: string }>(node: T): T => ({ ...node, id: idOf(node.id) });
  return {
    ...group,
    id,
    isEmpty: doors.length + routers.length + services.length + networks.length === 0,
    doors: doors.map((door) => ({ ...renamed(door), ...partsOfDoor(door) })),
    routers: routers.map((router) => ({ ...renamed(router), ...partsOfRouter(router) })),
    services: services.map(renamed),
    networks: networks.map(renamed),
    links: links.map(([from, to]): [string, string] => [idOf(from), idOf(to)]),
  };
}

/** What runs is known of the project's own containers alone. */
function withHealth(group: ReturnType<typeof groupFor>, health: TopologyHealth | null) {
  return {
    ...group,
    problems: health?.problems[group.name] ?? [],
    services: group.services.map((service) => ({
      ...service,
      health:
        service.kind === 'container' ? (health?.services[`${group.name}:${service.name}`] ?? null) : null,
    })),
  };
}

/** `2026-11-29 14:05 UTC`. */
function minuteOf(time: string): string {
  return time.replace('T', ' ').replace(/:\d\d(?:\.\d+)?Z$/, ' UTC');
}

/** The scheme stands behind the name: it says less. */
function partsOfDoor({ label }: DoorNode): { scheme: string; name: string } {
  const [, scheme = '', name = label] = /^([a-z]+(?::\/\/| ))?(.*)$/.exec(label) ?? [];
  return { scheme, name };
}

function partsOfRouter(router: RouterNode): { name: string; provider: string } {
  const { name, provider } = splitName(router.name);
  return { name, provider: provider ?? '' };
}

function countsOf({ groups, edges }: Topology): string {
  const projects = groups.filter(({ kind }) => kind !== 'proxy');
  const count = (number: number, one: string, many: string): string =>
    `${number} ${number === 1 ? one : many}`;
  return [
    count(projects.length, 'project', 'projects'),
    count(projects.flatMap(({ doors }) => doors).length, 'way in', 'ways in'),
    count(projects.flatMap(({ services }) => services).length, 'service', 'services'),
    count(edges.length, 'edge', 'edges'),
  ].join(' · ');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for an element or a quoted attribute. */
function html(value: unknown): string {
  return String(value).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** A name that may be broken after its dots, and nowhere else as long as it fits. */
function dotted(name: string): string {
  return html(name).replaceAll('.', '.<wbr>');
}

/** JSON that no parser of HTML takes for a tag. */
function json(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}

/** Text between Mermaid's quotes: whatever could mean something there is written by its number. */
function mermaidText(value: unknown): string {
  return String(value).replace(/[^\w .:/@*←→-]/gu, (character) => `#${character.codePointAt(0) ?? 32};`);
}
