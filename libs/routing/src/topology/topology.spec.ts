import { routeWorkspace } from '../route-workspace';
import { externalProject, project, service, workspace } from '../testing/build';
import type { Topology, TopologyGroup } from './model';
import { topologyOf } from './topology';

const sources = workspace(
  [
    project('shop', {
      rows: [
        { domains: ['shop.acme.org'], middleware: ['rate-limit'] },
        { service: 'db', router: 'tcp', hostport: 5432, port: 5432 },
      ],
      services: ['web', 'db', service('host', { networkMode: 'host' })],
      egress: ['catalog:api'],
    }),
    project('catalog', { services: ['api', service('store', { networks: ['back'] })] }),
    externalProject('printer', '192.168.1.9', [{ domains: ['printer.acme.org'] }]),
    project('off', { rows: [{ domains: ['off.acme.org'] }], enabled: false }),
    project('broken', { rows: [{ domains: ['x.acme.org'], service: 'nobody' }], services: ['web'] }),
  ],
  { traefikDomain: 'traefik.acme.org', traefikAdmin: ['a:b'] },
);
const topology = topologyOf(sources, routeWorkspace(sources));

function group(name: string, from: Topology = topology): TopologyGroup {
  const found = from.groups.find((each) => each.name === name);
  if (!found) throw new Error(`no group ${name}`);
  return found;
}

/** Links as texts, each end by its label. */
function ways(name: string): string[] {
  const { doors, routers, services, networks, links } = group(name);
  const labels = new Map([
    ...[...doors, ...networks].map(({ id, label }) => [id, label] as const),
    ...[...routers, ...services].map((node) => [node.id, node.name] as const),
  ]);
  return links.map(([from, to]) => `${labels.get(from)} > ${labels.get(to)}`);
}

describe('topologyOf', () => {
  it('draws the way of a request, from the name to the network', () => {
    expect(ways('shop')).toEqual(
      expect.arrayContaining([
        'https://shop.acme.org > shop-web-8080@docker',
        'shop-web-8080@docker > web',
        'web > default',
        'web > → catalog:api',
        'tcp :5432 > shop-db-5432@file',
        'shop-db-5432@file > db',
        'host > network_mode: host',
      ]),
    );
    expect(group('shop').doors).toContainEqual(
      expect.objectContaining({
        label: 'https://shop.acme.org',
        url: 'https://shop.acme.org',
        redirected: true,
        entryPoint: 'web-secure',
      }),
    );
    expect(group('shop').routers).toContainEqual(
      expect.objectContaining({
        rule: 'Host(`shop.acme.org`)',
        middlewares: ['rate-limit@file'],
        tls: 'terminated',
      }),
    );
  });

  it('draws both sides of an egress edge, and the edge between them', () => {
    expect(ways('catalog')).toEqual(['api > default', 'api > ← shop', 'store > back']);
    const ids = new Set(topology.groups.flatMap(({ networks }) => networks.map(({ id }) => id)));
    expect(topology.edges).toMatchObject([{ consumer: 'shop', provider: 'catalog', service: 'api' }]);
    for (const { from, to } of topology.edges) expect([ids.has(from), ids.has(to)]).toEqual([true, true]);
  });

  it('draws external hosts, the dashboard, what is off and what has errors', () => {
    expect(ways('printer')).toEqual([
      'https://printer.acme.org > printer-host-8080@file',
      'printer-host-8080@file > 192.168.1.9',
    ]);
    expect(ways('proxy')).toEqual(
      expect.arrayContaining([
        'https://traefik.acme.org > traefik-dashboard@file',
        'traefik-dashboard@file > api@internal',
        'https :8443 > every request on web-secure',
      ]),
    );
    expect(group('off')).toMatchObject({ enabled: false, doors: [], errors: 0 });
    expect(group('broken')).toMatchObject({ errors: 1 });
  });

  it('puts the proxy first, then projects by name, whatever their order', () => {
    const names = topology.groups.map(({ name }) => name);
    expect(names).toEqual(['proxy', 'broken', 'catalog', 'off', 'printer', 'shop']);
    const reversed = { ...sources, projects: [...sources.projects].reverse() };
    expect(topologyOf(reversed, routeWorkspace(reversed))).toEqual(topology);
  });

  it('has unique ids, and links between them alone', () => {
    for (const { doors, routers, services, networks, links } of topology.groups) {
      const ids = [...doors, ...routers, ...services, ...networks].map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(links.flat().filter((id) => !ids.includes(id))).toEqual([]);
    }
  });

  it('shows some projects alone', () => {
    const some = topologyOf(sources, routeWorkspace(sources), ['shop']);
    expect(some.groups.map(({ name }) => name)).toEqual(['shop']);
    expect(some.edges).toEqual([]);
    expect(group('shop', some)).toEqual(group('shop'));
  });
});
