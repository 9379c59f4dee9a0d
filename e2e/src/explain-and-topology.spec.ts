import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findChromium, renderedDocument } from './harness/traffic/browser';
import { succeeded } from './harness/run';
import { createWorkspace, type TestWorkspace } from './harness/workspace/workspace';

const PROJECTS = 50;
const NO_ENGINE = { DOCKER_HOST: 'unix:///nonexistent/docker.sock' };

let workspace: TestWorkspace;

/**
 * A tree of fifty projects: each with a name, every tenth with a port, every seventh with an edge to the one before.
 */
beforeAll(async () => {
  workspace = await createWorkspace({ projects: ['website', 'echo'] });
  const compose = 'services:\n  web:\n    image: busybox:stable\n  db:\n    image: busybox:stable\n';
  for (let index = 0; index < PROJECTS - 2; index++) {
    const port =
      index % 10 === 0 ? `  - { service: db, router: tcp, port: 5432, hostport: ${21000 + index} }\n` : '';
    const edge = index % 7 === 3 ? `egress: ['p${index - 1}:db']\n` : '';
    const row = `  - { service: web, domain: p${index}.example.org, port: 8080 }\n`;
    await workspace.write(`projects/p${index}/docker-compose.yml`, compose);
    await workspace.write(`projects/p${index}/ingress.yml`, `ingress:\n${row}${port}${edge}`);
  }
});
afterAll(() => workspace.dispose());

describe('itsup explain, without an engine', () => {
  const explain = (...args: string[]) => workspace.itsup(['explain', ...args], { env: NO_ENGINE });

  it('names the way of a URL from the sources alone, and where each part is written', async () => {
    const { stdout } = succeeded(await explain('https://p3.example.org/any'));
    expect(stdout).toContain('→ p3:web, port 8080');
    expect(stdout).toContain('router       p3-web-8080@docker  projects/p3/ingress.yml:2:5');
    expect(stdout).toContain('From the sources alone');
  });

  it('answers machines with the same', async () => {
    const { stdout } = succeeded(await explain('p10.example.org:21010', '--json'));
    expect(JSON.parse(stdout)).toMatchObject({
      question: { host: 'p10.example.org', port: 21010 },
      answers: [{ outcome: 'served', router: { name: 'p10-db-5432@file', target: { service: 'db' } } }],
      running: { engine: { reachable: false } },
    });
  });

  it('fails for what nobody serves, with what was probably meant', async () => {
    const { exitCode, stdout } = await explain('https://p3.exmaple.org');
    expect(exitCode).toBe(1);
    expect(stdout).toContain('no route names p3.exmaple.org');
    expect(stdout).toContain('did you mean p3.example.org?');
  });

  it('asks again for what is no question', async () => {
    const { exitCode, stderr } = await explain('ftp://p3.example.org');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('there are no routes for ftp://');
    expect(stderr).not.toContain('    at ');
  });
});

describe('itsup topology', () => {
  let page: string;

  it('writes one page, and says where', async () => {
    page = succeeded(await workspace.itsup(['topology'])).stdout.trim();
    expect(page).toBe(join(workspace.root, 'tmp/topology.html'));
    expect((await workspace.git(['status', '--porcelain', 'tmp'])).stdout).toBe('');
  });

  it('prints Mermaid text of some projects', async () => {
    const { stdout } = succeeded(await workspace.itsup(['topology', 'p2', 'p3', '--mermaid']));
    expect(stdout).toMatch(/^flowchart LR$/m);
    expect(stdout.match(/^ {2}subgraph /gm)).toHaveLength(2);
    expect(stdout).toContain('-. egress .->');
  });

  const chromium = findChromium();
  const inBrowser = chromium === null ? describe.skip : describe;
  inBrowser(`in a browser${chromium === null ? ' (left out: there is no Chromium)' : ''}`, () => {
    const open = (hash = '') => renderedDocument(chromium ?? '', `${pathToFileURL(page).href}${hash}`);
    /** Names of the groups that are to be seen. */
    const shown = (document: string): string[] =>
      (document.match(/<section [^>]*>/g) ?? [])
        .filter((tag) => !/\shidden(=|>|\s)/.test(tag))
        .map((tag) => /data-group="([^"]*)"/.exec(tag)?.[1] ?? '');
    const drawn = (document: string, what: 'wires' | 'edges'): number =>
      Number(new RegExp(`<html[^>]* data-${what}="(\\d+)"`).exec(document)?.[1]);

    it('draws every project, every link and every edge', async () => {
      const document = await open();
      expect(shown(document)).toHaveLength(PROJECTS + 1);
      const { links, edges } = JSON.parse(/id="links">(.*?)<\/script>/.exec(document)?.[1] ?? '{}') as Record<
        'links' | 'edges',
        unknown[]
      >;
      expect(edges).toHaveLength(7);
      expect(drawn(document, 'edges')).toBe(edges.length);
      expect(drawn(document, 'wires')).toBe(links.length);
      expect(document).not.toMatch(/<path d="[^"]*NaN/);
    });

    /**
     * How the page lies at a width: boxes that stick out, and pairs that cover each other. In a frame, because a window
     * of Chromium's is never narrower than 500 pixels.
     */
    const measured = async (width: number, dark: boolean): Promise<Record<string, string>> => {
      const name = `topology-${width}-${dark}`;
      const script = `<script>
        const boxes = [...document.querySelectorAll('.node')].map((node) => node.getBoundingClientRect());
        const inside = document.documentElement.clientWidth;
        const meets = (a, b, from, to) => a[from] < b[to] - 1 && b[from] < a[to] - 1;
        const covers = (a, b) => meets(a, b, 'left', 'right') && meets(a, b, 'top', 'bottom');
        parent.postMessage({
          width: inside,
          boxes: boxes.length,
          out: boxes.filter((box) => box.left < 0 || box.right > inside + 1 || box.width < 60).length,
          covered: boxes.filter((box, at) => boxes.slice(at + 1).some((other) => covers(box, other))).length,
          shade: getComputedStyle(document.body).backgroundColor,
        }, '*');
      </script></body>`;
      const frame = `<!doctype html><html><body><script>
        addEventListener('message', ({ data }) => Object.assign(document.documentElement.dataset, data));
      </script><iframe src="${name}.html" width="${width}" height="900" style="border: 0"></iframe></body></html>`;
      const file = (suffix: string): string => page.replace('topology.html', `${name}${suffix}.html`);
      await writeFile(file(''), (await readFile(page, 'utf8')).replace('</body>', script));
      await writeFile(file('-frame'), frame);
      const document = await renderedDocument(chromium ?? '', pathToFileURL(file('-frame')).href, dark);
      const [tag = ''] = /<html[^>]*>/.exec(document) ?? [];
      return Object.fromEntries(
        [...tag.matchAll(/data-(\w+)="([^"]*)"/g)].map(([, key, value]) => [key, value]),
      ) as Record<string, string>;
    };

    it.each([390, 820, 1500])(
      'can be read at %i pixels: no box sticks out or covers another',
      async (width) => {
        const light = await measured(width, false);
        expect(light).toMatchObject({ out: '0', covered: '0' });
        expect(Number(light['width'])).toBeLessThanOrEqual(width);
        expect(Number(light['width'])).toBeGreaterThan(width - 40);
        const dark = await measured(width, true);
        expect(dark).toMatchObject({ out: '0', covered: '0' });
        expect(dark['shade']).not.toBe(light['shade']);
      },
    );

    it('opens a name where it is clicked', async () => {
      expect(await open()).toContain('<a href="https://p10.example.org" rel="noreferrer">');
    });

    it('shows a project that is asked for, with its partners alone', async () => {
      const document = await open('#q=p10.example.org');
      expect(shown(document)).toEqual(['p10', 'p9']);
      expect(drawn(document, 'edges')).toBe(1);
      expect(document).toMatch(/<p class="found"[^>]*>1 of 51</);
    });
  });
});
