import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Topology, TopologyGroup } from '@itsup/routing';
import { renderTopologyMermaid, renderTopologyPage } from './render-topology';
import { compileTemplates, TOPOLOGY_TEMPLATE_NAMES, type TopologyTemplateName } from '../files/templates';
import { templateFile } from '../files/shipped-templates';
import { WORKSPACE } from '../testing/build';

const templates = compileTemplates(
  Object.fromEntries(
    TOPOLOGY_TEMPLATE_NAMES.map((name) => [name, readFileSync(join(WORKSPACE, templateFile(name)), 'utf8')]),
  ) as Record<TopologyTemplateName, string>,
);

function group(name: string, changes: Partial<TopologyGroup> = {}): TopologyGroup {
  return {
    name,
    kind: 'container',
    enabled: true,
    errors: 0,
    doors: [
      {
        id: `${name}/d`,
        label: `https://${name}.acme.org`,
        url: `https://${name}.acme.org`,
        entryPoint: 'web-secure',
        redirected: true,
      },
    ],
    routers: [
      {
        id: `${name}/r`,
        name: `${name}-web-8080@docker`,
        kind: 'http',
        rule: `Host(\`${name}.acme.org\`)`,
        middlewares: ['rate-limit@file'],
        tls: 'terminated',
      },
    ],
    services: [{ id: `${name}/s`, name: 'web', kind: 'container', detail: 'nginx' }],
    networks: [{ id: `${name}/n`, name: 'proxynet', label: 'proxynet', kind: 'proxynet' }],
    links: [
      [`${name}/d`, `${name}/r`],
      [`${name}/r`, `${name}/s`],
      [`${name}/s`, `${name}/n`],
    ],
    ...changes,
  };
}

const topology: Topology = {
  groups: [group('shop'), group('catalog'), group('off', { enabled: false, errors: 2 })],
  edges: [
    {
      from: 'shop/n',
      to: 'catalog/n',
      consumer: 'shop',
      provider: 'catalog',
      service: 'web',
      network: 'shop--catalog--web',
    },
  ],
};

describe('renderTopologyPage', () => {
  const page = renderTopologyPage(topology, templates);

  it('holds every project with its nodes, and what the script draws between them', () => {
    expect(page.match(/<section /g)).toHaveLength(3);
    expect(page).toContain('<b>shop.<wbr>acme.<wbr>org</b>');
    expect(page).toContain('<code>Host(`shop.acme.org`)</code>');
    expect(page).toContain('2 errors: itsup validate');
    const drawing = JSON.parse(
      /<script type="application\/json" id="links">(.*)<\/script>/.exec(page)?.[1] ?? '',
    ) as {
      links: string[][];
      edges: string[][];
    };
    expect(drawing).toMatchObject({
      edges: [['n3', 'n7']],
      partners: { shop: ['catalog'], catalog: ['shop'] },
    });
    expect(drawing.links).toHaveLength(9);
    for (const id of [...drawing.links, ...drawing.edges].flat()) expect(page).toContain(`id="${id}"`);
  });

  it('tells how what is drawn runs where that is known, and nothing of it elsewhere', () => {
    const health = {
      at: '2026-11-29T14:05:33.120Z',
      services: {
        'shop:web': { isWell: true, text: 'healthy' },
        'catalog:web': { isWell: false, text: 'does <not> run' },
      },
      problems: { catalog: ['catalog:web has no <container>'] },
    };
    const text = renderTopologyPage(topology, templates, health);
    expect(text).toContain('as it ran at 2026-11-29 14:05 UTC');
    expect(text).toContain('<span class="health well">healthy</span>');
    expect(text).toContain('<span class="health ill">does &lt;not&gt; run</span>');
    expect(text).toContain('<p class="problem">catalog:web has no &lt;container&gt;</p>');
    expect(text.match(/class="health /g)).toHaveLength(2);
    expect(page).not.toMatch(/class="(?:health|problem)|as it ran/);
  });

  it('needs nothing from anywhere, and a browser is told to hold it to that', () => {
    expect(page).toContain(
      `content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"`,
    );
    // A name that somebody may open loads nothing.
    const loaded = page.replaceAll(/<a href="https?:[^"]*" rel="noreferrer">/g, '');
    expect(loaded).not.toMatch(/\b(?:src|href)=["'](?!#)|@import|url\(|\bfetch\(/);
  });

  it('shows what the sources hold as text, whatever it is', () => {
    const evil = `"><img src=x onerror=alert(1)></script><script>'&`;
    const nasty = group(evil, {
      doors: [{ id: 'd', label: evil, url: evil, entryPoint: evil, redirected: true }],
      routers: [{ id: 'r', name: evil, kind: 'http', rule: evil, middlewares: [evil], tls: 'none' }],
      services: [{ id: 's', name: evil, kind: 'container', detail: evil }],
      networks: [{ id: 'n', name: evil, label: evil, kind: 'own' }],
      links: [['d', 'r']],
    });
    const edge = { ...topology.edges[0], consumer: evil, provider: evil, from: 'n', to: 'n' };
    const text = renderTopologyPage(
      { groups: [nasty], edges: [edge as Topology['edges'][number]] },
      templates,
    );
    expect(text).not.toContain('<img');
    expect(text.match(/<script/g)).toHaveLength(2);
    expect(text.match(/<\/script>/g)).toHaveLength(2);
    expect(text).toContain('&quot;&gt;&lt;img src=x onerror=alert(1)&gt;');
  });
});

describe('renderTopologyMermaid', () => {
  it('is a flowchart with a subgraph for each project', () => {
    const text = renderTopologyMermaid({ ...topology, groups: topology.groups.slice(0, 2) }, templates);
    expect(text.split('\n')).toEqual(
      expect.arrayContaining([
        'flowchart LR',
        '  subgraph g0["shop"]',
        '    n0(["https://shop.acme.org"])',
        '    n1["shop-web-8080<br/>rate-limit@file"]',
        '    n2[["web"]]',
        '    n3{{"proxynet"}}',
        '  n0 --- n1',
        '  n3 -. egress .-> n7',
      ]),
    );
    expect(text.match(/^ {2}subgraph /gm)).toHaveLength(2);
    expect(text.match(/^ {2}end$/gm)).toHaveLength(2);
  });

  it('writes by its number whatever Mermaid could read as more than text', () => {
    const only = { groups: [group('a"]; end`<b>#')], edges: [] };
    expect(renderTopologyMermaid(only, templates)).toContain(
      'subgraph g0["a#34;#93;#59; end#96;#60;b#62;#35;"]',
    );
  });

  it('gives a project without anything a box all the same', () => {
    const bare = group('bare', { doors: [], routers: [], services: [], networks: [], links: [] });
    expect(renderTopologyMermaid({ groups: [bare], edges: [] }, templates)).toContain('    g0x[" "]');
  });
});
